#include "mqtt/link_machine.hpp"

#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::mqtt;

namespace {

using Connect = LinkMachine::Connect;
using Wait = LinkMachine::Wait;

Connect connect_in(const LinkMachine::Action& action) {
    REQUIRE(std::holds_alternative<Connect>(action));
    return std::get<Connect>(action);
}
long wait_in(const LinkMachine::Action& action) {
    REQUIRE(std::holds_alternative<Wait>(action));
    return std::get<Wait>(action).period.count();
}

Backoff usual_backoff() { return Backoff(500ms, 30s); }

}  // namespace

TEST_CASE("a broker that cannot be reached is tried again after growing waits", "[mqtt][link_machine]") {
    SeededRandom random(1);
    LinkMachine machine(1, Protocol::v5, usual_backoff(), random);
    CHECK(connect_in(machine.started()).protocol == Protocol::v5);
    long step = 500;
    for (int i = 0; i < 12; ++i) {
        const auto wait = wait_in(machine.failed(ConnectFailure::unreachable));
        CHECK(wait >= std::min(step, 30'000L) * 3 / 4 - 1);
        CHECK(wait <= std::min(step * 5 / 4, 30'000L));
        CHECK(connect_in(machine.waited()).broker == 0);
        step *= 2;
    }
}

TEST_CASE("the list of brokers is tried in order, with one wait after the last", "[mqtt][link_machine]") {
    SeededRandom random(1);
    LinkMachine machine(3, Protocol::v5, usual_backoff(), random);
    CHECK(connect_in(machine.started()).broker == 0);
    CHECK(connect_in(machine.failed(ConnectFailure::unreachable)).broker == 1);
    CHECK(connect_in(machine.failed(ConnectFailure::login)).broker == 2);
    CHECK(wait_in(machine.failed(ConnectFailure::refused)) <= 625);
    CHECK(connect_in(machine.waited()).broker == 0);
    CHECK(connect_in(machine.failed(ConnectFailure::unreachable)).broker == 1);
    CHECK(std::holds_alternative<LinkMachine::Announce>(machine.connected()));
    machine.lost(1h);
    CHECK(connect_in(machine.waited()).broker == 0);  // the first is the preferred one
}

TEST_CASE("a refused MQTT 5 is followed by 3.1.1 with the same broker at once", "[mqtt][link_machine]") {
    const auto refusal = GENERATE(ConnectFailure::protocol, ConnectFailure::dropped);
    SeededRandom random(1);
    LinkMachine machine(2, Protocol::v5, usual_backoff(), random);
    machine.started();
    const auto again = connect_in(machine.failed(refusal));
    CHECK(again.broker == 0);
    CHECK(again.protocol == Protocol::v3_1_1);
    const auto next = connect_in(machine.failed(refusal));
    CHECK(next.broker == 1);
    CHECK(next.protocol == Protocol::v5);
}

TEST_CASE("a client that wants 3.1.1 never tries anything else", "[mqtt][link_machine]") {
    SeededRandom random(1);
    LinkMachine machine(1, Protocol::v3_1_1, usual_backoff(), random);
    CHECK(connect_in(machine.started()).protocol == Protocol::v3_1_1);
    wait_in(machine.failed(ConnectFailure::protocol));
    CHECK(connect_in(machine.waited()).protocol == Protocol::v3_1_1);
}

TEST_CASE("a client that wants 3.1 never tries anything else", "[mqtt][link_machine]") {
    SeededRandom random(1);
    LinkMachine machine(1, Protocol::v3_1, usual_backoff(), random);
    CHECK(connect_in(machine.started()).protocol == Protocol::v3_1);
    CHECK(wait_in(machine.failed(ConnectFailure::protocol)) > 0);
    CHECK(connect_in(machine.waited()).protocol == Protocol::v3_1);
}

TEST_CASE("the waits are those of the settings", "[mqtt][link_machine]") {
    SeededRandom random(1);
    LinkMachine machine(1, Protocol::v3_1, Backoff(1s, 10s), random);
    machine.started();
    for (const long step : {1000L, 2000L, 4000L, 8000L, 10'000L, 10'000L}) {
        const auto wait = wait_in(machine.failed(ConnectFailure::unreachable));
        CHECK(wait >= step * 3 / 4 - 1);
        CHECK(wait <= std::min(step * 5 / 4, 10'000L));
        machine.waited();
    }
}

TEST_CASE("a link that breaks again and again is left alone for longer and longer", "[mqtt][link_machine]") {
    SeededRandom random(1);
    LinkMachine machine(1, Protocol::v5, usual_backoff(), random);
    machine.started();
    long last = 0;
    for (int i = 0; i < 6; ++i) {
        machine.connected();
        const auto wait = wait_in(machine.lost(1s));
        CHECK(wait > last);
        last = wait;
        machine.waited();
    }
    machine.connected();
    CHECK(wait_in(machine.lost(1min)) <= 625);  // it was sound
}
