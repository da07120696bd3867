#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <fstream>

#include "broker_fixture.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/base/bytes.hpp"
#include "lanbridge/base/json.hpp"
#include "lanbridge/mqtt/client.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::mqtt;
using namespace lanbridge::test;
using asio::ip::tcp;

namespace {

OrderedJson wire_vectors() {
    std::ifstream file(LANBRIDGE_TEST_DATA "/gateway_agent.json");
    REQUIRE(file);
    return OrderedJson::parse(file).at("agent_mqtt_wire");
}

/// The first packets of each connection, byte for byte, answered as a broker does.
class Recorder {
public:
    explicit Recorder(asio::io_context& io)
        : acceptor_(io, {asio::ip::address_v4::loopback(), 0}), tasks_(io.get_executor()) {
        tasks_.start("recorder", serve());
    }
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    /// As hexadecimal digits.
    std::vector<std::string> packets;
    /// Of the answer to a SUBSCRIBE, one for each filter.
    std::string granted = std::string(1, '\0');

private:
    asio::awaitable<void> serve() {
        for (;;) {
            tcp::socket peer = co_await acceptor_.async_accept(asio::use_awaitable);
            tasks_.start("peer", talk(std::move(peer)));
        }
    }
    /// Packets of less than 128 bytes: one byte of length.
    asio::awaitable<void> talk(tcp::socket peer) {
        for (;;) {
            std::string packet(2, '\0');
            const auto [no_head, head] = co_await asio::async_read(peer, asio::buffer(packet), as_result);
            if (no_head || head != packet.size()) co_return;
            std::string rest(static_cast<std::uint8_t>(packet[1]), '\0');
            const auto [no_rest, size] = co_await asio::async_read(peer, asio::buffer(rest), as_result);
            if (no_rest || size != rest.size()) co_return;
            packet += rest;
            packets.push_back(to_hex(as_bytes(packet)));
            const auto answer = answer_to(packet);
            co_await asio::async_write(peer, asio::buffer(answer), as_result);
        }
    }
    std::string answer_to(const std::string& packet) const {
        constexpr char connect = 0x10;
        constexpr auto subscribe = static_cast<char>(0x82);
        if (packet[0] == connect) return std::string("\x20\x02\x00\x00", 4);
        if (packet[0] != subscribe) return {};
        const std::string body = packet.substr(2, 2) + granted;
        return std::string("\x90") + static_cast<char>(body.size()) + body;
    }
    tcp::acceptor acceptor_;
    Nursery tasks_;
};

ClientSettings agent_settings(std::uint16_t port) {
    ClientSettings out;
    out.brokers = {BrokerUrl("127.0.0.1", port)};
    out.client_id = "openmiio_agent";
    out.protocol = Protocol::v3_1;
    out.clean_session = false;
    out.keep_alive = 64800s;
    return out;
}

/// The packet's number is the library's choice.
std::string without_number(std::string packet) {
    constexpr std::size_t number_at = 4;
    REQUIRE(packet.size() > number_at + 4);
    return packet.replace(number_at, 4, "0001");
}

void ignore(const Message&) {}

}  // namespace

TEST_CASE("the gateway's connection is byte for byte that of openmiio_agent", "[mqtt][client][wire]") {
    const auto vectors = wire_vectors();
    BrokerFixture f;
    Recorder broker(f.io);
    Client client(f.context, agent_settings(broker.port()));
    client.start();
    REQUIRE(f.wait_until([&] { return client.connected(); }));
    f.run_for(50ms);
    INFO("without a subscription nothing but CONNECT is sent");
    CHECK(broker.packets == std::vector<std::string>{vectors.at("connect").get<std::string>()});
    CHECK(client.statistics().protocol == Protocol::v3_1);
    f.run(client.stop(300ms));
}

TEST_CASE("what was subscribed before the connect is asked for in one packet", "[mqtt][client][wire]") {
    const auto vectors = wire_vectors();
    const auto several = GENERATE(false, true);
    const auto expected = vectors.at("subscribe").at(several ? 1 : 0).at("packet").get<std::string>();
    BrokerFixture f;
    Recorder broker(f.io);
    broker.granted.resize(several ? 2 : 1, '\0');
    Client client(f.context, agent_settings(broker.port()));
    REQUIRE(client.subscribe("miio/command", 0, ignore).has_value());
    if (several) REQUIRE(client.subscribe("foo/#", 0, ignore).has_value());
    client.start();
    REQUIRE(f.wait_until([&] { return broker.packets.size() == 2; }));
    CHECK(without_number(broker.packets[1]) == expected);
    f.run(client.stop(300ms));
}

TEST_CASE("refusals in the answer to several subscriptions name their filters", "[mqtt][client][wire]") {
    BrokerFixture f;
    Recorder broker(f.io);
    broker.granted = std::string("\0\x80\0", 3);
    LogLines log(log::Level::error);
    auto settings = agent_settings(broker.port());
    settings.protocol = Protocol::v3_1_1;
    Client client(f.context, settings);
    for (const auto* filter : {"a/#", "b/#", "c/#"}) REQUIRE(client.subscribe(filter, 0, ignore).has_value());
    client.start();
    REQUIRE(f.wait_until([&] { return !log.all().empty(); }));
    f.run_for(50ms);
    CHECK(log.count("refuses the subscription to 'b/#'") == 1);
    CHECK(log.count("refuses") == 1);
    CHECK(client.connected());
    f.run(client.stop(300ms));
}

TEST_CASE("a kept session gets what was published while it was away", "[mqtt][client]") {
    require_mosquitto();
    const auto protocol = GENERATE(Protocol::v3_1, Protocol::v3_1_1);
    BrokerFixture f;
    Mosquitto broker(f, free_port());
    auto settings = agent_settings(broker.port());
    settings.protocol = protocol;
    Received first;
    {
        Client client(f.context, settings);
        REQUIRE(client.subscribe("miio/command", 1, first.handler()).has_value());
        REQUIRE(client.subscribe("foo/#", 0, ignore).has_value());
        client.start();
        REQUIRE(f.wait_until([&] { return client.connected(); }));
        REQUIRE(client.publish("miio/command", "one", 1, false).has_value());
        REQUIRE(f.wait_until([&] { return first.payloads.size() == 1; }));
        CHECK(client.statistics().protocol == protocol);
        f.run(client.stop());
    }
    Client other(f.context, f.settings(broker.port(), "other"));
    other.start();
    REQUIRE(f.wait_until([&] { return other.connected(); }));
    REQUIRE(other.publish("miio/command", "two", 1, false).has_value());
    REQUIRE(f.wait_until([&] { return other.statistics().queued == 0; }));
    Received second;
    Client client(f.context, settings);
    REQUIRE(client.subscribe("miio/command", 1, second.handler()).has_value());
    client.start();
    REQUIRE(f.wait_until([&] { return !second.payloads.empty(); }));
    CHECK(second.payloads.front() == "two");
    f.run(client.stop());
    f.run(other.stop());
}

TEST_CASE("attempts are as far apart as the settings say", "[mqtt][client]") {
    BrokerFixture f;
    auto settings = agent_settings(free_port());
    settings.first_wait = 20ms;
    settings.longest_wait = 40ms;
    Client client(f.context, settings);
    int rounds = 0;
    client.on_unreached([&](const Error&) { ++rounds; });
    client.start();
    CHECK(f.wait_until([&] { return rounds >= 5; }, 3s));
    f.run(client.stop(100ms));
}
