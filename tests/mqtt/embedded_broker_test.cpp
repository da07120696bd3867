#include "lanbridge/mqtt/embedded_broker.hpp"

#include <signal.h>
#include <sys/stat.h>

#include <boost/asio/ip/tcp.hpp>

#include "broker_fixture.hpp"
#include "lanbridge/mqtt/client.hpp"
#include "support/catch.hpp"
#include "support/run.hpp"

using namespace lanbridge;
using namespace lanbridge::mqtt;
using namespace lanbridge::test;

namespace {

const bool broker_there = require_mosquitto();

struct Embedded : BrokerFixture {
    std::uint16_t port = free_port();
    EmbeddedBrokerSettings embedded() {
        EmbeddedBrokerSettings out;
        out.data_directory = folder.path() + "/data";
        out.listen = {BrokerListener("127.0.0.1", port)};
        return out;
    }
    Result<BrokerEndpoint> start(EmbeddedBroker& broker) { return test::run(io, broker.start()); }
    /// Whether a client that is told only the endpoint gets in.
    bool reachable(const BrokerUrl& url, std::chrono::milliseconds limit = 4s) {
        auto client_settings = settings(port, "reach");
        client_settings.brokers = {url};
        Client client(context, client_settings);
        client.start();
        const bool in = wait_until([&] { return client.connected(); }, limit);
        run(client.stop());
        return in;
    }
};

unsigned mode_of(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : 0U;
}

}  // namespace

TEST_CASE("the embedded broker starts, lets us in and stops", "[mqtt][embedded_broker]") {
    Embedded f;
    EmbeddedBroker broker(f.context, f.embedded());
    const auto endpoint = f.start(broker);
    INFO((endpoint.has_error() ? endpoint.error().text() : ""));
    REQUIRE(endpoint.has_value());
    CHECK(endpoint->ours);
    CHECK(endpoint->url == BrokerUrl("127.0.0.1", f.port));
    CHECK(broker.pid() > 0);
    CHECK(f.reachable(endpoint->url));
    CHECK(mode_of(f.folder.path() + "/data/broker") == 0700);
    CHECK(mode_of(f.folder.path() + "/data/broker/mosquitto.conf") == 0600);
    CHECK(mode_of(f.folder.path() + "/data/broker/passwords") == 0600);
    const int pid = broker.pid();
    f.run(broker.stop());
    CHECK(::kill(pid, 0) != 0);
    CHECK(broker.pid() == 0);
}

TEST_CASE("users of the embedded broker: ours gets in, nobody does without a password",
          "[mqtt][embedded_broker]") {
    Embedded f;
    auto settings = f.embedded();
    settings.users = {BrokerUser("ha", Secret("one two"))};
    settings.credentials = BrokerUser("bridge", Secret("p:$7$ \xC3\xA4"));
    EmbeddedBroker broker(f.context, settings);
    const auto endpoint = f.start(broker);
    REQUIRE(endpoint.has_value());
    CHECK(endpoint->url.username == "bridge");
    CHECK(f.reachable(endpoint->url));
    auto other = endpoint->url;
    other.username = "ha";
    other.password = Secret("one two");
    CHECK(f.reachable(other));
    other.password = Secret("three");
    CHECK_FALSE(f.reachable(other, 500ms));
    CHECK_FALSE(f.reachable(BrokerUrl("127.0.0.1", f.port), 500ms));

    settings.users.front().password = Secret("three");
    const int pid = broker.pid();
    CHECK(test::run(f.io, broker.reload(settings)).has_value());
    CHECK(f.wait_until([&] { return f.reachable(other); }));
    CHECK(broker.pid() == pid);  // nobody was disturbed

    settings.listen = {BrokerListener("127.0.0.1", free_port())};
    CHECK(test::run(f.io, broker.reload(settings)).has_value());
    CHECK(broker.endpoint().url.port == settings.listen.front().port);
    CHECK(f.reachable(broker.endpoint().url));
    f.run(broker.stop());
}

TEST_CASE("a broker that already listens there is used when it lets us in", "[mqtt][embedded_broker]") {
    Embedded f;
    Mosquitto foreign(f, f.port);
    LogLines log;
    EmbeddedBroker broker(f.context, f.embedded());
    const auto endpoint = f.start(broker);
    REQUIRE(endpoint.has_value());
    CHECK_FALSE(endpoint->ours);
    CHECK(broker.pid() == 0);
    CHECK(log.count("using the broker that already listens on 127.0.0.1:" + std::to_string(f.port)) == 1);
    CHECK(f.reachable(endpoint->url));
    CHECK(test::run(f.io, broker.reload(f.embedded())).has_error());
    f.run(broker.stop());
    CHECK(f.reachable(endpoint->url));
}

TEST_CASE("a foreign broker that wants a password: the error names both ways out",
          "[mqtt][embedded_broker]") {
    Embedded f;
    std::vector<BrokerUser> users{BrokerUser("ha", Secret("one"))};
    Mosquitto foreign(f, f.port, users);
    EmbeddedBroker stranger(f.context, f.embedded());
    const auto refused = f.start(stranger);
    REQUIRE(refused.has_error());
    CHECK(refused.error().is(Errc::wrong_key));
    CHECK_THAT(refused.error().text(), ContainsSubstring("mqtt.username"));
    CHECK_THAT(refused.error().text(), ContainsSubstring("embedded_broker.listen"));

    auto settings = f.embedded();
    settings.credentials = users.front();
    EmbeddedBroker friendly(f.context, settings);
    const auto endpoint = f.start(friendly);
    REQUIRE(endpoint.has_value());
    CHECK_FALSE(endpoint->ours);
    CHECK(f.reachable(endpoint->url));
}

TEST_CASE("something else on the port is named as such", "[mqtt][embedded_broker]") {
    Embedded f;
    asio::ip::tcp::acceptor other(f.io, {asio::ip::address_v4::loopback(), f.port});
    EmbeddedBroker broker(f.context, f.embedded());
    const auto endpoint = f.start(broker);
    REQUIRE(endpoint.has_error());
    CHECK(endpoint.error().is(Errc::busy));
    CHECK_THAT(endpoint.error().text(), ContainsSubstring("something else than an MQTT broker"));
    CHECK_THAT(endpoint.error().text(), ContainsSubstring("embedded_broker.listen"));
}

TEST_CASE("a second listener that cannot be had is an error with mosquitto's words",
          "[mqtt][embedded_broker]") {
    Embedded f;
    const auto taken = free_port();
    asio::ip::tcp::acceptor other(f.io, {asio::ip::address_v4::loopback(), taken});
    auto settings = f.embedded();
    settings.listen.emplace_back("127.0.0.1", taken);
    EmbeddedBroker broker(f.context, settings);
    const auto endpoint = f.start(broker);
    REQUIRE(endpoint.has_error());
    CHECK_THAT(endpoint.error().text(), ContainsSubstring("Address already in use"));
    CHECK(broker.pid() == 0);
}

TEST_CASE("without mosquitto the error says what to do", "[mqtt][embedded_broker]") {
    Embedded f;
    auto settings = f.embedded();
    settings.program = "lanbridge-no-mosquitto";
    EmbeddedBroker broker(f.context, settings);
    const auto endpoint = f.start(broker);
    REQUIRE(endpoint.has_error());
    CHECK(endpoint.error().is(Errc::not_found));
    CHECK_THAT(endpoint.error().text(), ContainsSubstring("install"));
    CHECK_THAT(endpoint.error().text(), ContainsSubstring("mqtt.broker"));
}

TEST_CASE("a killed broker comes back, its retained messages with it", "[mqtt][embedded_broker]") {
    Embedded f;
    EmbeddedBroker broker(f.context, f.embedded());
    const auto endpoint = f.start(broker);
    REQUIRE(endpoint.has_value());
    Client client(f.context, f.settings(f.port));
    int connected = 0;
    Received seen;
    client.on_connected([&] { ++connected; });
    client.start();
    REQUIRE(f.wait_until([&] { return connected == 1; }));
    REQUIRE(client.publish("kept", "value", 1, true).has_value());
    REQUIRE(f.wait_until([&] { return client.statistics().queued == 0; }));

    const int first = broker.pid();
    ::kill(first, SIGKILL);
    REQUIRE(f.wait_until([&] { return connected == 2; }, 10s));
    CHECK(broker.pid() != first);
    CHECK(broker.restarts() >= 1);

    ::kill(broker.pid(), SIGTERM);  // this time it can write its store
    REQUIRE(f.wait_until([&] { return connected == 3; }, 10s));
    f.run(client.stop());
    f.run(broker.stop());

    REQUIRE(f.start(broker).has_value());
    Client again(f.context, f.settings(f.port));
    REQUIRE(again.subscribe("kept2", 0, seen.handler()).has_value());
    again.on_connected([&] { (void)again.publish("kept2", "value", 1, true); });
    again.start();
    REQUIRE(f.wait_until([&] { return !seen.payloads.empty(); }));
    f.run(again.stop());
    f.run(broker.stop());
    REQUIRE(f.start(broker).has_value());
    Client third(f.context, f.settings(f.port));
    Received replayed;
    REQUIRE(third.subscribe("kept2", 0, replayed.handler()).has_value());
    third.start();
    REQUIRE(f.wait_until([&] { return !replayed.payloads.empty(); }));
    CHECK(replayed.retained.front());
    f.run(third.stop());
    f.run(broker.stop());
}
