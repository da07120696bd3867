#include <signal.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "broker_fixture.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/mqtt/client.hpp"
#include "library.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::mqtt;
using namespace lanbridge::test;
using asio::ip::tcp;

namespace {

const bool broker_there = require_mosquitto();

/// A broker of the old times: answers a CONNECT of MQTT 5 with `refusal` and closes, one of 3.1.1 with a
/// welcome.
class OldBroker {
public:
    OldBroker(asio::io_context& io, std::string refusal)
        : acceptor_(io, {asio::ip::address_v4::loopback(), 0}),
          refusal_(std::move(refusal)),
          tasks_(io.get_executor()) {
        tasks_.start("old broker", serve());
    }
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    std::vector<int> versions;

private:
    asio::awaitable<void> serve() {
        for (;;) {
            tcp::socket peer = co_await acceptor_.async_accept(asio::use_awaitable);
            tasks_.start("peer", talk(std::move(peer)));
        }
    }
    asio::awaitable<void> talk(tcp::socket peer) {
        std::array<char, 512> bytes{};
        const auto [ec, size] = co_await peer.async_read_some(asio::buffer(bytes), as_result);
        constexpr std::size_t version_at = 8;
        if (ec || size <= version_at) co_return;
        versions.push_back(bytes[version_at]);
        const bool modern = bytes[version_at] == 5;
        const std::string answer = modern ? refusal_ : std::string("\x20\x02\x00\x00", 4);
        co_await asio::async_write(peer, asio::buffer(answer), as_result);
        if (modern) co_return;
        for (;;) {
            const auto [gone, more] = co_await peer.async_read_some(asio::buffer(bytes), as_result);
            if (gone || more == 0) co_return;
        }
    }
    tcp::acceptor acceptor_;
    std::string refusal_;
    Nursery tasks_;
};

/// Accepts and says nothing.
struct SilentPeer {
    explicit SilentPeer(asio::io_context& io) : acceptor(io, {asio::ip::address_v4::loopback(), 0}) {}
    tcp::acceptor acceptor;
    std::uint16_t port() const { return acceptor.local_endpoint().port(); }
};

}  // namespace

TEST_CASE("a broker that refuses MQTT 5 is spoken to in 3.1.1", "[mqtt][client]") {
    const auto refusal = GENERATE(as<std::string>{}, std::string("\x20\x03\x00\x84\x00", 5),
                                  std::string("\x20\x02\x00\x01", 4), std::string());
    BrokerFixture f;
    OldBroker broker(f.io, refusal);
    LogLines log(log::Level::warn);
    Client client(f.context, f.settings(broker.port()));
    client.start();
    REQUIRE(f.wait_until([&] { return client.connected(); }));
    CHECK(broker.versions == (has_mqtt5() ? std::vector<int>{5, 4} : std::vector<int>{4}));
    CHECK(client.statistics().protocol == Protocol::v3_1_1);
    INFO(log.all());
    CHECK(log.all().empty());
    f.run(client.stop(300ms));
}

TEST_CASE("the next broker of the list takes over", "[mqtt][client]") {
    BrokerFixture f;
    Mosquitto second(f, free_port());
    const auto nobody = free_port();
    LogLines log(log::Level::warn);
    auto settings = f.settings(nobody);
    settings.brokers.emplace_back("127.0.0.1", second.port());
    Client client(f.context, settings);
    client.start();
    REQUIRE(f.wait_until([&] { return client.connected(); }));
    CHECK(client.statistics().broker == "mqtt://127.0.0.1:" + std::to_string(second.port()));
    INFO(log.all());
    CHECK(log.count("mqtt://127.0.0.1:" + std::to_string(nobody) + ": cannot be reached") == 1);
    f.run(client.stop());
}

TEST_CASE("a round of brokers in vain is told, and trying goes on", "[mqtt][client]") {
    BrokerFixture f;
    const auto first = free_port();
    const auto second = free_port();
    auto settings = f.settings(first);
    settings.brokers.emplace_back("127.0.0.1", second);
    Client client(f.context, settings);
    std::vector<Error> told;
    client.on_unreached([&](const Error& why) { told.push_back(why); });
    client.start();
    REQUIRE(f.wait_until([&] { return told.size() == 2; }));
    CHECK(told[0] == Error(Errc::unreachable, "mqtt://127.0.0.1:" + std::to_string(second)));
    CHECK(told[1] == told[0]);
    f.run(client.stop());
}

TEST_CASE("a refused login is one clear error, and ends when the broker is told", "[mqtt][client]") {
    BrokerFixture f;
    std::vector<BrokerUser> right{BrokerUser("bridge", Secret("right"))};
    std::vector<BrokerUser> fixed{BrokerUser("bridge", Secret("wrong"))};
    Mosquitto broker(f, free_port(), right);
    LogLines log(log::Level::warn);
    auto settings = f.settings(broker.port());
    settings.protocol = GENERATE(Protocol::v5, Protocol::v3_1_1);
    settings.username = "bridge";
    settings.password = Secret("wrong");
    Client client(f.context, settings);
    std::vector<Error> told;
    client.on_unreached([&](const Error& why) { told.push_back(why); });
    client.start();
    REQUIRE(f.wait_until([&] { return log.count("refuses the login of user 'bridge'") > 0; }));
    REQUIRE(f.wait_until([&] { return !told.empty(); }));
    CHECK(told.front().is(Errc::wrong_key));
    CHECK_THAT(told.front().text(), ContainsSubstring("mqtt.password"));
    f.run_for(2500ms);  // several attempts
    INFO(log.all());
    CHECK(log.count("refuses the login") == 1);
    CHECK(log.count("mqtt.password") == 1);
    CHECK(log.count("wrong") == 0);
    CHECK_FALSE(client.connected());
    broker.set_users(fixed);
    CHECK(f.wait_until([&] { return client.connected(); }, 8s));
    f.run(client.stop());

    Client anonymous(f.context, f.settings(broker.port()));
    anonymous.start();
    REQUIRE(f.wait_until([&] { return log.count("wants a login") > 0; }));
}

TEST_CASE("a broker that freezes is noticed, left in time and found again", "[mqtt][client]") {
    BrokerFixture f;
    Mosquitto broker(f, free_port());
    auto settings = f.settings(broker.port());
    settings.keep_alive = 1s;
    Client client(f.context, settings);
    Received received;
    REQUIRE(client.subscribe("t", 0, received.handler()).has_value());
    client.start();
    REQUIRE(f.wait_until([&] { return client.connected(); }));
    broker.signal(SIGSTOP);
    for (int i = 0; i < 5000; ++i) (void)client.publish("t/full", std::string(1000, 'x'), 1, false);
    CHECK(client.statistics().queued <= 1024);
    CHECK(f.wait_until([&] { return !client.connected(); }, 8s));
    CHECK(client.statistics().queued == 0);
    CHECK(client.statistics().undelivered > 0);
    broker.signal(SIGCONT);
    CHECK(f.wait_until([&] { return client.connected(); }, 15s));
    REQUIRE(client.publish("t", "back", 1, false).has_value());
    CHECK(f.wait_until([&] { return received.payloads.size() == 1; }));

    broker.signal(SIGSTOP);
    REQUIRE(client.publish("t", "never acknowledged", 1, false).has_value());
    const auto begun = std::chrono::steady_clock::now();
    f.run(client.stop(1s));
    CHECK(std::chrono::steady_clock::now() - begun < 2s);
    CHECK(client.statistics().undelivered > 0);
    broker.signal(SIGCONT);
}

TEST_CASE("a peer that says nothing does not keep the next broker waiting for ever", "[mqtt][client]") {
    BrokerFixture f;
    SilentPeer silent(f.io);
    Mosquitto second(f, free_port());
    auto settings = f.settings(silent.port());
    settings.brokers.emplace_back("127.0.0.1", second.port());
    Client client(f.context, settings);
    client.start();
    CHECK(f.wait_until([&] { return client.connected(); }, 14s));
    const auto begun = std::chrono::steady_clock::now();
    f.run(client.stop());
    CHECK(std::chrono::steady_clock::now() - begun < 2s);
}

TEST_CASE("a client can be dropped at any moment", "[mqtt][client]") {
    BrokerFixture f;
    Mosquitto broker(f, free_port());
    for (const auto period : {0ms, 1ms, 5ms, 20ms, 60ms, 200ms}) {
        Client client(f.context, f.settings(broker.port()));
        client.on_connected([&] { (void)client.publish("t", "x", 1, false); });
        client.start();
        f.run_for(period);
    }
    f.run_for(50ms);
    f.io.restart();
    CHECK(f.io.poll() < 1000);  // and what was under way has nothing left to do
}
