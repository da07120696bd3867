#include "lanbridge/mqtt/client.hpp"

#include <signal.h>
#include <stdlib.h>

#include "broker_fixture.hpp"
#include "library.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::mqtt;
using namespace lanbridge::test;

namespace {

const bool broker_there = require_mosquitto();

struct Linked : BrokerFixture {
    std::uint16_t port = free_port();
    Mosquitto broker{*this, port};
};

}  // namespace

TEST_CASE("a client connects, publishes, receives and leaves", "[mqtt][client]") {
    Linked f;
    LogLines log;
    auto settings = f.settings(f.port);
    settings.protocol = GENERATE(Protocol::v5, Protocol::v3_1_1);
    Client client(f.context, settings);
    CHECK(client.publish("t/early", "x", 0, false).error().is(Errc::link_down));
    CHECK(client.room() == 0);

    Received zero, one;
    int connected = 0, disconnected = 0;
    client.on_connected([&] { ++connected; });
    client.on_disconnected([&](const std::string&) { ++disconnected; });
    REQUIRE(client.subscribe("t/zero/+", 0, zero.handler()).has_value());
    client.start();
    REQUIRE(f.wait_until([&] { return client.connected(); }));
    CHECK(connected == 1);
    CHECK(client.room() > 100);
    REQUIRE(client.subscribe("t/one/#", 1, one.handler()).has_value());
    CHECK(client.subscribe("t/#/x", 0, one.handler()).error().is(Errc::invalid_value));

    const std::string binary("\0\xFF\x80 text", 8);
    CHECK(client.publish("t/zero/a", binary, 0, false).has_value());
    CHECK(client.publish("t/one", "", 1, false).has_value());
    CHECK(client.publish("t/one/b", "two", 1, false).has_value());
    CHECK(client.publish("t/+", "x", 1, false).error().is(Errc::invalid_value));
    REQUIRE(f.wait_until([&] { return zero.payloads.size() == 1 && one.payloads.size() == 2; }));
    CHECK(zero.payloads.front() == binary);
    CHECK(one.payloads == std::vector<std::string>{"", "two"});
    REQUIRE(f.wait_until([&] { return client.statistics().queued == 0; }));
    const auto statistics = client.statistics();
    CHECK(statistics.connected);
    CHECK(statistics.published == 3);
    CHECK(statistics.refused == 1);
    CHECK(statistics.received == 3);
    CHECK(statistics.protocol == (has_mqtt5() ? settings.protocol : Protocol::v3_1_1));
    CHECK(statistics.broker == "mqtt://127.0.0.1:" + std::to_string(f.port));
    f.run(client.stop());
    CHECK_FALSE(client.connected());
    CHECK(disconnected == 0);
    CHECK(log.count("connected to mqtt://127.0.0.1") == 1);
}

TEST_CASE("retained messages come marked, and not at all where nobody wants them", "[mqtt][client]") {
    Linked f;
    Client client(f.context, f.settings(f.port));
    client.start();
    REQUIRE(f.wait_until([&] { return client.connected(); }));
    REQUIRE(client.publish("state/a", "kept", 1, true).has_value());
    REQUIRE(f.wait_until([&] { return client.statistics().queued == 0; }));
    Received with, without;
    REQUIRE(client.subscribe("state/+", 0, with.handler()).has_value());
    REQUIRE(f.wait_until([&] { return with.payloads.size() == 1; }));
    CHECK(with.retained.front());
    if (!has_mqtt5()) return;  // nobody can ask for that
    REQUIRE(client.subscribe("+/a", 0, without.handler(), RetainedReplay::none).has_value());
    REQUIRE(client.publish("x/a", "live", 0, false).has_value());
    REQUIRE(f.wait_until([&] { return without.payloads.size() == 1; }));
    CHECK(without.payloads.front() == "live");
    CHECK_FALSE(without.retained.front());
    f.run(client.stop());
}

TEST_CASE("after a restart of the broker everything is subscribed again", "[mqtt][client]") {
    Linked f;
    LogLines log;
    Client client(f.context, f.settings(f.port));
    Received received, late;
    int connected = 0, disconnected = 0;
    client.on_connected([&] { ++connected; });
    client.on_disconnected([&](const std::string&) { ++disconnected; });
    const auto first = client.subscribe("t/a", 0, received.handler());
    client.start();
    REQUIRE(f.wait_until([&] { return connected == 1; }));
    for (int restart = 1; restart <= 2; ++restart) {
        f.broker.signal(restart == 1 ? SIGTERM : SIGKILL);
        f.broker.stop();
        REQUIRE(f.wait_until([&] { return disconnected == restart; }));
        CHECK(client.room() == 0);
        CHECK(client.publish("t/a", "x", 1, false).error().is(Errc::link_down));
        if (restart == 1) REQUIRE(client.subscribe("t/b", 0, late.handler()).has_value());
        f.broker.start();
        REQUIRE(f.wait_until([&] { return connected == restart + 1; }, 10s));
        REQUIRE(client.publish("t/a", "again", 1, false).has_value());
        REQUIRE(client.publish("t/b", "late", 1, false).has_value());
        const auto wanted = static_cast<std::size_t>(restart);
        REQUIRE(f.wait_until(
            [&] { return received.payloads.size() == wanted && late.payloads.size() == wanted; }));
    }
    CHECK(client.statistics().connects == 3);
    client.unsubscribe(*first);
    REQUIRE(client.publish("t/a", "unheard", 1, false).has_value());
    REQUIRE(client.publish("t/b", "heard", 1, false).has_value());
    REQUIRE(f.wait_until([&] { return late.payloads.size() == 3; }));
    CHECK(received.payloads.size() == 2);
    CHECK(log.count("lost") == 2);
    CHECK(log.count("cannot be reached") <= 2);
    f.run(client.stop());
}

TEST_CASE("holds a connection until it is killed", "[.will-owner]") {
    BrokerFixture f;
    auto settings =
        f.settings(static_cast<std::uint16_t>(std::atoi(::getenv("LANBRIDGE_TEST_PORT"))), "mortal");
    settings.will = Will{"bridge/state", "offline"};
    Client client(f.context, settings);
    client.on_connected([&] { (void)client.publish("bridge/state", "online", 1, true); });
    client.start();
    const bool polite = ::getenv("LANBRIDGE_TEST_POLITE") != nullptr;
    f.run_for(polite ? 700ms : 20s);
    f.run(client.stop());
}

TEST_CASE("the will speaks for a client that was killed, and not for one that left", "[mqtt][client]") {
    Linked f;
    Client witness(f.context, f.settings(f.port, "witness"));
    Received seen;
    REQUIRE(witness.subscribe("bridge/state", 1, seen.handler()).has_value());
    witness.start();
    REQUIRE(f.wait_until([&] { return witness.connected(); }));

    ::setenv("LANBRIDGE_TEST_PORT", std::to_string(f.port).c_str(), 1);
    std::vector<std::string> argv{std::filesystem::read_symlink("/proc/self/exe").string(), "[.will-owner]"};
    auto mortal = net::Process::start(f.context, argv);
    REQUIRE(mortal.has_value());
    REQUIRE(f.wait_until([&] { return seen.payloads.size() == 1; }));
    CHECK(seen.payloads.back() == "online");
    (*mortal)->signal(SIGKILL);
    REQUIRE(f.wait_until([&] { return seen.payloads.size() == 2; }));
    CHECK(seen.payloads.back() == "offline");

    ::setenv("LANBRIDGE_TEST_POLITE", "1", 1);
    auto polite = net::Process::start(f.context, argv);
    ::unsetenv("LANBRIDGE_TEST_POLITE");
    REQUIRE(polite.has_value());
    REQUIRE(f.wait_until([&] { return !(*polite)->running(); }));
    f.run_for(200ms);
    CHECK(seen.payloads.size() == 3);
    CHECK(seen.payloads.back() == "online");
    f.run(witness.stop());
}

TEST_CASE("a burst beyond the bounds is refused, told when there is room, and arrives whole",
          "[mqtt][client]") {
    Linked f;
    constexpr int total = 20'000;
    const int qos = GENERATE(0, 1);
    const int window = GENERATE(20, 1000);
    f.broker.stop();
    f.broker.set_window(window);
    f.broker.start();
    Client client(f.context, f.settings(f.port));
    int received = 0, next = 0, rooms = 0;
    REQUIRE(client
                .subscribe("burst/#", qos,
                           [&](const Message& message) {
                               if (message.payload == std::to_string(received)) ++received;
                           })
                .has_value());
    const auto go_on = [&] {
        while (next < total && client.publish("burst/x", std::to_string(next), qos, false)) ++next;
    };
    client.on_room([&] {
        ++rooms;
        go_on();
    });
    client.start();
    REQUIRE(f.wait_until([&] { return client.connected(); }));
    go_on();
    CHECK(next > 500);
    CHECK(next < total);
    CHECK(client.statistics().queued <= 1024);
    CHECK(client.statistics().refused == 1);
    const auto begun = std::chrono::steady_clock::now();
    CHECK(f.wait_until([&] { return received == total; }, 20s));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    UNSCOPED_INFO("QoS " << qos << ": " << total / took.count() << " messages/s");
    CHECK(received == total);  // in order, none twice, none lost
    CHECK(next == total);
    CHECK(rooms > 1);
    CHECK(client.statistics().received_dropped == 0);
    f.run(client.stop());
}
