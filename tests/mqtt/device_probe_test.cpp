#include "lanbridge/mqtt/device_probe.hpp"

#include <sys/stat.h>
#include <boost/asio/ip/tcp.hpp>
#include <cstdlib>
#include <fstream>

#include "device_fixture.hpp"
#include "lanbridge/base/files.hpp"
#include "lanbridge/mqtt/feature_probe.hpp"
#include "mqtt/certificates.hpp"
#include "support/catch.hpp"
#include "support/run.hpp"

using namespace lanbridge;
using namespace lanbridge::mqtt;
using namespace lanbridge::test;

namespace {

const bool broker_there = require_mosquitto();

DeviceProbe probe_of(const DeviceLogin& login, std::uint16_t port) {
    DeviceProbe probe;
    probe.host = "127.0.0.1";
    probe.port = port;
    probe.client_id = "fmware:190000000000000000000000000000a1_0123456789abcdef";
    probe.username = login.username;
    probe.password = login.password;
    probe.own_read_topic = login.read_topic;
    probe.own_write_topic = login.write_topic;
    probe.foreign_topic = "/appliance/0123456789abcdef/subscribe";
    return probe;
}

/// mosquitto with a TLS listener as an owner might set it up.
struct ForeignBroker {
    ForeignBroker(DeviceBrokerFixture& f, const std::string& certificate, const std::string& key,
                  const std::string& more = "allow_anonymous true\n")
        : fixture(f) {
        const auto conf = f.folder.path() + "/foreign.conf";
        std::ofstream(conf) << "user root\nlistener " << f.devices_port << " 127.0.0.1\ncertfile "
                            << certificate << "\nkeyfile " << key << "\n"
                            << more;
        std::vector<std::string> argv{"mosquitto", "-c", conf};
        auto started = net::Process::start(f.context, argv);
        REQUIRE(started.has_value());
        process = std::move(*started);
        REQUIRE(f.wait_until([&] {
            boost::system::error_code ec;
            asio::ip::tcp::socket socket(f.io);
            socket.connect({asio::ip::address_v4::loopback(), f.devices_port}, ec);
            if (ec) f.run_for(20ms);
            return !ec;
        }));
    }
    ~ForeignBroker() { test::run(fixture.io, process->stop()); }
    DeviceBrokerFixture& fixture;
    std::unique_ptr<net::Process> process;
};

Result<DeviceProbeReport> ask(DeviceBrokerFixture& f, DeviceProbe probe) {
    return test::run(f.io, probe_as_device(f.context, std::move(probe)));
}

CertificateFiles rsa_files(DeviceBrokerFixture& f, const std::string& name) {
    const auto files = ensure_certificates(f.folder.path(), {name}, f.time.wall_s());
    REQUIRE(files.has_value());
    return *files;
}

}  // namespace

TEST_CASE("the probe finds our own listener as a device needs it", "[mqtt][device_probe]") {
    DeviceBrokerFixture f;
    EmbeddedBroker broker(f.context, f.embedded());
    f.start(broker);
    const auto report = ask(f, probe_of(f.login(1), f.devices_port));
    INFO((report.has_error() ? report.error().text() : ""));
    REQUIRE(report.has_value());
    CHECK(report->tls_version == "TLSv1.2");
    CHECK_FALSE(report->cipher.empty());
    CHECK(report->certificate_subject == "127.0.0.1");
    CHECK(report->name_matches);
    CHECK(report->rsa);
    CHECK(report->mqtt_version == "3.1");
    CHECK(report->accepted);
    CHECK(report->subscribed);
    CHECK(report->confined == Confined::yes);
    CHECK(report->warnings.empty());

    auto wrong = probe_of(f.login(1), f.devices_port);
    wrong.own_read_topic = f.login(2).read_topic;
    const auto deaf = ask(f, wrong);
    REQUIRE(deaf.has_value());
    CHECK_FALSE(deaf->subscribed);
    REQUIRE(deaf->warnings.size() == 1);
    CHECK_THAT(deaf->warnings[0], ContainsSubstring("would get no command"));

    wrong = probe_of(f.login(1), f.devices_port);
    wrong.password = Secret("0_wrong");
    const auto refused = ask(f, wrong);
    REQUIRE(refused.has_error());
    CHECK(refused.error().is(Errc::wrong_key));
    CHECK_THAT(refused.error().text(), ContainsSubstring(wrong.username));
    CHECK_THAT(refused.error().text(), !ContainsSubstring("0_wrong"));

    const auto plain = ask(f, probe_of(f.login(1), f.port));
    REQUIRE(plain.has_error());
    CHECK(plain.error().is(Errc::unsupported));
    CHECK_THAT(plain.error().text(), ContainsSubstring("plain MQTT"));
    f.run(broker.stop());

    const auto nobody = ask(f, probe_of(f.login(1), f.devices_port));
    REQUIRE(nobody.has_error());
    CHECK(nobody.error().is(Errc::unreachable));
    CHECK_THAT(nobody.error().text(), ContainsSubstring("listener for devices open"));
}

TEST_CASE("an open broker with another name works, with warnings", "[mqtt][device_probe]") {
    DeviceBrokerFixture f;
    const auto files = rsa_files(f, "other.example");
    ForeignBroker foreign(f, files.server, files.server_key);
    const auto report = ask(f, probe_of(f.login(1), f.devices_port));
    REQUIRE(report.has_value());
    CHECK_FALSE(report->name_matches);
    CHECK(report->confined == Confined::no);
    REQUIRE(report->warnings.size() == 2);
    CHECK_THAT(report->warnings[0], ContainsSubstring("other.example"));
    CHECK_THAT(report->warnings[1], ContainsSubstring("other devices' topics"));

    auto modest = probe_of(f.login(1), f.devices_port);
    modest.foreign_topic.clear();
    const auto unknown = ask(f, modest);
    REQUIRE(unknown.has_value());
    CHECK(unknown->confined == Confined::unknown);
}

TEST_CASE("rights that only show when they are used stay unknown", "[mqtt][device_probe]") {
    DeviceBrokerFixture f;
    const auto files = rsa_files(f, "127.0.0.1");
    const auto rights = f.folder.path() + "/acl";
    std::ofstream(rights) << "topic readwrite " << f.login(1).read_topic << "\n";
    ::chmod(rights.c_str(), 0600);
    ForeignBroker foreign(f, files.server, files.server_key,
                          "allow_anonymous true\nacl_file " + rights + "\n");
    const auto report = ask(f, probe_of(f.login(1), f.devices_port));
    REQUIRE(report.has_value());
    CHECK(report->confined != Confined::no);
}

TEST_CASE("a broker with an EC certificate only is told what devices need", "[mqtt][device_probe]") {
    DeviceBrokerFixture f;
    const auto key = f.folder.path() + "/ec.key", certificate = f.folder.path() + "/ec.crt";
    const auto made =
        std::system(("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
                     "-subj /CN=127.0.0.1 -keyout " +
                     key + " -out " + certificate + " 2>/dev/null")
                        .c_str());
    if (made != 0) {
        WARN("skipped: no openssl program");
        return;
    }
    ForeignBroker foreign(f, certificate, key);
    const auto report = ask(f, probe_of(f.login(1), f.devices_port));
    REQUIRE(report.has_error());
    CHECK(report.error().is(Errc::unsupported));
    CHECK_THAT(report.error().text(), ContainsSubstring("devices need RSA"));
}

TEST_CASE("a port that says nothing ends by its deadline", "[mqtt][device_probe]") {
    DeviceBrokerFixture f;
    asio::ip::tcp::acceptor silent(f.io, {asio::ip::address_v4::loopback(), f.devices_port});
    const auto report = ask(f, probe_of(f.login(1), f.devices_port));
    REQUIRE(report.has_error());
    CHECK(report.error().is(Errc::timeout));
}

TEST_CASE("the features of a broker", "[mqtt][feature_probe]") {
    DeviceBrokerFixture f;
    EmbeddedBroker broker(f.context, f.embedded());
    f.start(broker);
    const BrokerUrl url("127.0.0.1", f.port);
    const auto features = test::run(f.io, probe_features(f.context, url, TlsSettings()));
    INFO((features.has_error() ? features.error().text() : ""));
    REQUIRE(features.has_value());
    CHECK(features->mqtt5);
    CHECK(features->retained);
    CHECK(features->latency > 0us);
    CHECK(features->latency < 1s);
    f.run(broker.stop());
    const auto none = test::run(f.io, probe_features(f.context, url, TlsSettings()));
    REQUIRE(none.has_error());
    CHECK(none.error().is(Errc::unreachable));
}
