#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <fstream>

#include "device_fixture.hpp"
#include "lanbridge/base/files.hpp"
#include "mqtt/broker_probe.hpp"
#include "mqtt/x509.hpp"
#include "support/catch.hpp"
#include "support/run.hpp"

using namespace lanbridge;
using namespace lanbridge::mqtt;
using namespace lanbridge::test;

namespace {

const bool broker_there = require_mosquitto();
constexpr int denied = 0x80;

/// A client of the plain listener, as the bridge is one.
struct Bridge {
    explicit Bridge(DeviceBrokerFixture& f) : fixture(f), client(f.context, f.settings(f.port, "bridge")) {
        REQUIRE(client
                    .subscribe("/appliance/#", 1,
                               [this](const Message& m) { heard.push_back(std::string(m.topic)); })
                    .has_value());
        client.on_connected([this] { ++connects; });
        client.start();
        REQUIRE(fixture.wait_until([this] { return connects > 0; }));
    }
    ~Bridge() { fixture.run(client.stop()); }
    void publish(const std::string& topic, const std::string& payload = "x", bool retain = false) {
        REQUIRE(client.publish(topic, payload, 1, retain).has_value());
        REQUIRE(fixture.wait_until([this] { return client.statistics().queued == 0; }));
    }
    bool hears(const std::string& topic) {
        return fixture.wait_until([&] { return std::ranges::find(heard, topic) != heard.end(); });
    }
    DeviceBrokerFixture& fixture;
    Client client;
    std::vector<std::string> heard;
    int connects = 0;
};

x509::Certificate certificate_in(const std::string& path) {
    const auto text = read_file(path, 100'000);
    REQUIRE(text.has_value());
    auto certificate = x509::parse_certificate(*text);
    REQUIRE(certificate);
    return certificate;
}

}  // namespace

TEST_CASE("a device reaches its two topics over TLS, with MQTT 3.1 and 3.1.1", "[mqtt][device_listener]") {
    DeviceBrokerFixture f;
    EmbeddedBroker broker(f.context, f.embedded());
    f.start(broker);
    CHECK(broker.endpoint().devices == BrokerListener("127.0.0.1", f.devices_port));
    CHECK_FALSE(broker.endpoint().devices_left_to_owner);
    {
        Bridge bridge(f);
        const auto own = f.login(1);
        const int level = GENERATE(level_3_1, level_3_1_1);
        TestDevice device(f);
        REQUIRE(device.connect(f.devices_port, own, level) == 0);
        CHECK(device.facts().version == "TLSv1.2");
        CHECK(device.facts().rsa);
        CHECK(device.facts().subject == "127.0.0.1");
        CHECK(device.facts().names == std::vector<std::string>{"127.0.0.1", "broker.example"});
        CHECK(device.subscribe(own.read_topic) == 1);
        bridge.publish(own.read_topic);
        CHECK(device.heard() == std::vector<std::string>{own.read_topic});
        device.publish(own.write_topic, "{}");
        CHECK(bridge.hears(own.write_topic));
    }
    f.run(broker.stop());
}

TEST_CASE("nobody but the devices gets in on their listener", "[mqtt][device_listener]") {
    DeviceBrokerFixture f;
    auto settings = f.embedded();
    settings.users = {BrokerUser("ha", Secret("one"))};
    EmbeddedBroker broker(f.context, settings);
    f.start(broker);
    const auto code = [&](const std::string& user, const std::string& password) {
        TestDevice device(f);
        return device.connect(f.devices_port, DeviceLogin(user, Secret(password), "a", "b"), level_3_1_1);
    };
    const auto own = f.login(1);
    CHECK(code(own.username, own.password.reveal()) == 0);
    CHECK(code(own.username, "0_wrong").value_or(0) != 0);
    CHECK(code(own.username, f.login(2).password.reveal()).value_or(0) != 0);
    CHECK(code("48:e1:e9:00:00:99", own.password.reveal()).value_or(0) != 0);
    CHECK(code("ha", "one").value_or(0) != 0);
    CHECK(code("", "").value_or(0) != 0);
    // nor a device on the plain one
    BrokerUrl url("127.0.0.1", f.port);
    url.username = own.username;
    url.password = own.password;
    const auto answer = test::run(f.io, probe_broker(f.context, url));
    CHECK(answer.kind == ProbeAnswer::Kind::refused);
    f.run(broker.stop());
}

TEST_CASE("a device reaches nothing else", "[mqtt][device_listener]") {
    DeviceBrokerFixture f;
    EmbeddedBroker broker(f.context, f.embedded());
    f.start(broker);
    {
        Bridge bridge(f);
        const auto own = f.login(1), other = f.login(2);
        bridge.publish("kept", "x", true);
        for (const int level : {level_3_1, level_3_1_1}) {
            TestDevice device(f);
            REQUIRE(device.connect(f.devices_port, own, level) == 0);
            for (const auto& topic : {other.read_topic, other.write_topic, own.write_topic, std::string("#"),
                                      std::string("$SYS/#"), std::string("/appliance/+/subscribe"),
                                      std::string("kept"), std::string("$CONTROL/dynamic-security/v1/#")}) {
                INFO(topic);
                // MQTT 3.1 has no code for a refusal
                if (level == level_3_1_1) CHECK(device.subscribe(topic) == denied);
                if (level == level_3_1) device.subscribe(topic);
            }
            bridge.publish(other.read_topic);
            bridge.publish(other.write_topic);
            bridge.publish("kept", "y", true);
            CHECK(device.heard().empty());
            bridge.heard.clear();
            device.publish(other.write_topic, "{}");
            device.publish(other.read_topic, "{}");
            device.publish(own.read_topic, "{}");
            device.publish("/appliance/any/publish", "{}");
            device.publish(own.write_topic, "{}");
            REQUIRE(bridge.hears(own.write_topic));
            CHECK(bridge.heard == std::vector<std::string>{own.write_topic});
        }
    }
    f.run(broker.stop());
}

TEST_CASE("reload lets a device in and another out, retained messages stay", "[mqtt][device_listener]") {
    DeviceBrokerFixture f;
    EmbeddedBroker broker(f.context, f.embedded(1));
    f.start(broker);
    const auto before = read_file(f.file("server.crt"), 100'000);
    {
        Bridge bridge(f);
        bridge.publish("/appliance/kept", "value", true);
        auto settings = f.embedded(2);
        settings.devices.erase(settings.devices.begin());
        REQUIRE(test::run(f.io, broker.reload(settings)).has_value());
        CHECK(TestDevice(f).connect(f.devices_port, f.login(2)) == 0);
        CHECK(TestDevice(f).connect(f.devices_port, f.login(1)).value_or(0) != 0);
        REQUIRE(f.wait_until([&] { return bridge.connects == 2; }));
        bridge.heard.clear();
        Received replayed;
        REQUIRE(bridge.client.subscribe("/appliance/kept", 1, replayed.handler()).has_value());
        REQUIRE(f.wait_until([&] { return !replayed.payloads.empty(); }));
        CHECK(replayed.retained.front());

        const int pid = broker.pid();
        REQUIRE(test::run(f.io, broker.reload(settings)).has_value());
        CHECK(broker.pid() == pid);  // nothing new, nobody disturbed
    }
    CHECK(*before == *read_file(f.file("server.crt"), 100'000));
    f.run(broker.stop());
}

TEST_CASE("the listener for devices comes and goes by reload", "[mqtt][device_listener]") {
    DeviceBrokerFixture f;
    auto without = f.embedded();
    without.devices_listen.reset();
    EmbeddedBroker broker(f.context, without);
    f.start(broker);
    CHECK_FALSE(broker.endpoint().devices.has_value());
    CHECK_FALSE(TestDevice(f).connect(f.devices_port, f.login(1)).has_value());
    REQUIRE(test::run(f.io, broker.reload(f.embedded())).has_value());
    CHECK(broker.endpoint().devices.has_value());
    CHECK(TestDevice(f).connect(f.devices_port, f.login(1)) == 0);
    REQUIRE(test::run(f.io, broker.reload(without)).has_value());
    CHECK_FALSE(broker.endpoint().devices.has_value());
    CHECK_FALSE(TestDevice(f).connect(f.devices_port, f.login(1)).has_value());
    f.run(broker.stop());
}

TEST_CASE("files: keys for us alone, certificates kept, made anew for a new name or when damaged",
          "[mqtt][device_listener]") {
    DeviceBrokerFixture f;
    EmbeddedBroker broker(f.context, f.embedded());
    f.start(broker);
    for (const auto* name : {"ca.key", "server.key", "device_rights.json"}) CHECK(mode_of(f.file(name)) == 0600);
    const auto rights = read_file(f.file("device_rights.json"), 100'000);
    CHECK_THAT(*rights, !ContainsSubstring("password1"));
    const auto ca = *read_file(f.file("ca.crt"), 100'000);
    const auto server = *read_file(f.file("server.crt"), 100'000);
    f.run(broker.stop());
    f.start(broker);
    CHECK(*read_file(f.file("ca.crt"), 100'000) == ca);
    CHECK(*read_file(f.file("server.crt"), 100'000) == server);

    auto renamed = f.embedded();
    renamed.device_names = {"192.168.1.2", "fe80::1"};
    REQUIRE(test::run(f.io, broker.reload(renamed)).has_value());
    TestDevice device(f);
    REQUIRE(device.connect(f.devices_port, f.login(1)) == 0);
    CHECK(device.facts().subject == "192.168.1.2");
    CHECK(device.facts().names == renamed.device_names);
    CHECK(*read_file(f.file("ca.crt"), 100'000) == ca);
    f.run(broker.stop());

    std::ofstream(f.file("server.crt")) << "nonsense";
    LogLines log;
    f.start(broker);
    CHECK(log.count("server.crt.damaged") == 1);
    CHECK(*read_file(f.file("server.crt.damaged"), 100'000) == "nonsense");
    CHECK(x509::common_name(certificate_in(f.file("server.crt"))) == "192.168.1.2");
    f.run(broker.stop());
}

TEST_CASE("listeners for devices that cannot be had are errors with what to do", "[mqtt][device_listener]") {
    DeviceBrokerFixture f;
    auto settings = f.embedded();
    const auto error = [&] {
        EmbeddedBroker broker(f.context, settings);
        const auto started = test::run(f.io, broker.start());
        CHECK(broker.pid() == 0);
        return started.has_error() ? started.error() : Error();
    };
    asio::ip::tcp::acceptor other(f.io, {asio::ip::address_v4::loopback(), f.devices_port});
    CHECK(error().is(Errc::busy));
    CHECK_THAT(error().text(), ContainsSubstring("embedded_broker.devices_listen"));
    other.close();

    settings.devices_listen->address = "192.0.2.1";
    CHECK(error().is(Errc::invalid_value));
    CHECK_THAT(error().text(), ContainsSubstring("an address of this machine"));
    settings = f.embedded();
    settings.device_plugin = "/nowhere/mosquitto_dynamic_security.so";
    CHECK(error().is(Errc::not_found));
    CHECK_THAT(error().text(), ContainsSubstring("install"));
}

TEST_CASE("a reload that fails leaves the broker as it was", "[mqtt][device_listener]") {
    DeviceBrokerFixture f;
    EmbeddedBroker broker(f.context, f.embedded());
    f.start(broker);
    const int pid = broker.pid();
    const auto taken = free_port();
    asio::ip::tcp::acceptor other(f.io, {asio::ip::address_v4::loopback(), taken});
    auto settings = f.embedded();
    settings.devices_listen->port = taken;
    CHECK(test::run(f.io, broker.reload(settings)).has_error());
    CHECK(broker.pid() == pid);
    settings = f.embedded();
    settings.device_names = {"not a name"};
    const auto refused = test::run(f.io, broker.reload(settings));
    REQUIRE(refused.has_error());
    CHECK_THAT(refused.error().text(), ContainsSubstring("not a name"));
    CHECK(TestDevice(f).connect(f.devices_port, f.login(1)) == 0);
    f.run(broker.stop());
}

TEST_CASE("a foreign broker's owner lets devices in, not we", "[mqtt][device_listener]") {
    DeviceBrokerFixture f;
    Mosquitto foreign(f, f.port);
    EmbeddedBroker broker(f.context, f.embedded());
    f.start(broker);
    CHECK_FALSE(broker.endpoint().ours);
    CHECK(broker.endpoint().devices_left_to_owner);
    CHECK_FALSE(broker.endpoint().devices.has_value());
    f.run(broker.stop());
}
