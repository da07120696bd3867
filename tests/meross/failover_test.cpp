#include <boost/asio/detached.hpp>

#include "support/catch.hpp"
#include "two_transports_house.hpp"

// Twenty devices that lose one of their two ways for a minute, with nothing executed twice or late.
using namespace lanbridge;
using namespace lanbridge::meross;
using model::Transport;

namespace {

constexpr std::uint64_t count = 20;
constexpr auto poll_interval = 30s;
constexpr auto heartbeat = 295s;

struct Twenty : test::TwoWayHouse {
    explicit Twenty(bool by_host) {
        Settings settings;
        for (std::uint64_t number = 1; number <= count; ++number) {
            devices.push_back(&move_in(host(number), number));
            settings.devices.push_back(by_host ? device(host(number)) : on_broker(number));
        }
        start(std::move(settings));
        pass(1min);
    }
    static std::string host(std::uint64_t number) { return "10.0.0." + std::to_string(4 + number); }

    std::uint64_t over(Transport wanted) {
        std::uint64_t found = 0;
        for (std::uint64_t number = 1; number <= count; ++number) {
            const auto& availability = seen(number).availability;
            found += availability.online && availability.transport == wanted ? 1 : 0;
        }
        return found;
    }
    /// Seconds until all are there; what is longer than `limit` has failed.
    std::chrono::seconds until_all_over(Transport wanted, std::chrono::seconds limit) {
        for (auto passed = 0s; passed <= limit; passed += 1s) {
            if (over(wanted) == count) return passed;
            pass(1s);
        }
        FAIL(over(wanted) << " of " << count << " in time");
        return limit;
    }
    /// One command for each, in turn: it is done, and it is done once.
    void command_all(bool on) {
        ++commands;
        for (std::uint64_t number = 1; number <= count; ++number) {
            CAPTURE(number);
            CHECK(command("switch_0", on, number) == Result<void>());
            CHECK(devices[number - 1]->relay() == on);
        }
        check_executed();
    }
    void check_executed() {
        for (const auto* one : devices) CHECK(sets(*one) == commands);
    }
    /// Commands that nobody waits for.
    void fire_and_forget(bool on) {
        for (std::uint64_t number = 1; number <= count; ++number) {
            model::Command wish(model::DeviceId(id(number)), "switch_0", "state", model::Value(on));
            asio::co_spawn(io, seen(number).driver->apply(std::move(wish)), asio::detached);
        }
    }

    std::vector<sim::MerossDevice*> devices;
    std::uint64_t commands = 0;
};

}  // namespace

TEST_CASE("the broker is dead for a minute under twenty devices", "[meross][auto][failover]") {
    Twenty house(false);
    REQUIRE(house.over(Transport::mqtt) == count);
    house.command_all(false);
    house.broker.kill();
    CHECK(house.until_all_over(Transport::http, poll_interval) <= poll_interval);
    house.command_all(true);
    house.command_all(false);
    house.pass(1min);
    CHECK(house.over(Transport::http) == count);
    const bool announced = GENERATE(true, false);
    for (auto* session : house.sessions) session->faults().drop_pushes = !announced;
    house.broker.revive();
    const auto back = house.until_all_over(Transport::mqtt, heartbeat);
    CHECK(back <= (announced ? 10s : heartbeat));
    house.pass(1min);
    house.check_executed();
    for (auto* session : house.sessions) session->faults().drop_pushes = false;
    house.command_all(true);
}

TEST_CASE("the devices were on the broker before lanbridge was", "[meross][auto][failover]") {
    Twenty house(false);
    house.broker.cut_off();
    CHECK(house.until_all_over(Transport::http, poll_interval) <= poll_interval);
    house.pass(1min);
    house.command_all(false);
    house.broker.let_in();
    // They have no reason to say anything: each is asked with its next poll.
    CHECK(house.until_all_over(Transport::mqtt, poll_interval) <= poll_interval);
    house.command_all(true);
}

TEST_CASE("the broker dies with commands under way", "[meross][auto][failover]") {
    Twenty house(false);
    const bool slow = GENERATE(true, false);  // obeyed before or after the broker is gone
    for (auto* session : house.sessions)
        if (slow) session->faults().delay = 3s;
    house.fire_and_forget(false);
    house.time.settle();
    house.broker.kill();
    house.pass(30s);
    ++house.commands;
    house.check_executed();
    for (const auto* device : house.devices) CHECK(device->relay() == false);
    house.broker.revive();
    house.pass(2min);
    house.check_executed();
}

TEST_CASE("HTTP is blocked under twenty devices and comes back", "[meross][auto][failover]") {
    Twenty house(true);
    REQUIRE(house.over(Transport::http) == count);
    house.command_all(false);
    for (std::uint64_t number = 1; number <= count; ++number) house.network.unplug(Twenty::host(number));
    house.command_all(true);  // the first of them at once, over the other way
    CHECK(house.until_all_over(Transport::mqtt, poll_interval) <= poll_interval);
    house.command_all(false);
    house.pass(1min);
    for (std::uint64_t number = 1; number <= count; ++number) house.network.plug_back(Twenty::host(number));
    CHECK(house.until_all_over(Transport::http, heartbeat + poll_interval) <= heartbeat + poll_interval);
    house.check_executed();
    house.command_all(true);
}

TEST_CASE("commands while neither way leads anywhere are refused, and never executed later",
          "[meross][auto][failover]") {
    Twenty house(GENERATE(true, false));
    house.broker.kill();
    for (std::uint64_t number = 1; number <= count; ++number) house.network.unplug(Twenty::host(number));
    house.fire_and_forget(false);
    house.pass(30s);
    house.fire_and_forget(false);
    house.pass(2min);
    for (std::uint64_t number = 1; number <= count; ++number) house.network.plug_back(Twenty::host(number));
    house.broker.revive();
    house.pass(6min);
    CHECK(house.over(Transport::http) + house.over(Transport::mqtt) == count);
    house.check_executed();
    for (const auto* device : house.devices) CHECK(device->relay() == true);
    house.command_all(false);
}
