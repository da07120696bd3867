#include "registry/fixture.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::registry;
using namespace lanbridge::registry::test;
using model::Command;
using model::DeviceId;
using model::Value;
using Events = std::vector<std::string>;

namespace {

struct Bench : World {
    Bench() {
        plug("meross_1",
             {model::make_switch("switch_0"), model::make_switch("switch_1"),
              model::make_number("level", {0, 100, 1}, "%"), model::make_sensor("power", "power", "W", "")});
        online("meross_1");
        witness.take();
    }
    /// Sends a command; its result arrives at `results[number]`.
    void send(const std::string& entity, Value value, const std::string& device = "meross_1") {
        const auto number = results.size();
        results.emplace_back();
        Command command(DeviceId(device), entity, "state", std::move(value));
        nursery.start("command", one(std::move(command), number));
        time.settle();
    }
    asio::awaitable<void> one(Command command, std::size_t number) {
        results[number] = co_await registry.command(std::move(command));
    }
    ~Bench() {
        registry.stop();
        nursery.stop();
        time.settle();
    }
    Nursery nursery{io.get_executor()};
    std::deque<std::optional<Result<void>>> results;
};

Value level(int value) { return Value(std::int64_t{value}); }

}  // namespace

TEST_CASE("a command reaches the driver and reports its result", "[registry][commands]") {
    Bench bench;
    bench.send("switch_0", true);
    CHECK(bench.driver.applied == Events{"switch_0=on"});
    CHECK(bench.registry.commands_pending() == 1);
    CHECK(!bench.results[0]);
    bench.time.advance(2s);
    REQUIRE(bench.results[0]);
    CHECK(bench.results[0]->has_value());
    CHECK(bench.witness.take().empty());
    CHECK(bench.registry.commands_pending() == 0);
}

TEST_CASE("a command that asks for the present state is sent too", "[registry][commands]") {
    Bench bench;
    bench.observe("meross_1", {"switch_0", true});
    bench.send("switch_0", true);
    CHECK(bench.driver.applied == Events{"switch_0=on"});
}

TEST_CASE("commands to one part coalesce and the last one wins", "[registry][commands]") {
    Bench bench;
    for (int value = 1; value <= 20; ++value) bench.send("level", level(value));
    CHECK(bench.registry.commands_pending() == 2);
    bench.time.advance(1500ms);
    CHECK(bench.results[0]);
    CHECK(!bench.results[1]);
    CHECK(!bench.results[19]);
    bench.time.advance(1s);
    CHECK(bench.driver.applied == Events{"level=1", "level=20"});
    for (const auto& result : bench.results) {
        REQUIRE(result);
        CHECK(result->has_value());
    }
}

TEST_CASE("those overtaken report the failure of the last", "[registry][commands]") {
    Bench bench;
    bench.send("level", level(1));
    bench.send("level", level(2));
    bench.send("level", level(3));
    bench.time.advance(1100ms);
    bench.driver.outcome = Error(Errc::device_error, "5000");
    bench.time.advance(5s);
    CHECK(bench.results[0]->has_value());
    REQUIRE(bench.results[1]->has_error());
    CHECK(bench.results[1]->error().is(Errc::device_error));
    CHECK(bench.results[2]->has_error());
    CHECK(bench.witness.failures.size() == 1);
}

TEST_CASE("commands to one device keep their order, one at a time", "[registry][commands]") {
    Bench bench;
    bench.send("switch_0", true);
    bench.send("level", level(1));
    bench.send("switch_1", true);
    bench.send("level", level(2));
    bench.time.advance(10s);
    CHECK(bench.driver.applied == Events{"switch_0=on", "switch_1=on", "level=2"});
    CHECK(bench.driver.most_inside == 1);
}

TEST_CASE("devices do not wait for each other", "[registry][commands]") {
    Bench bench;
    bench.plug("meross_2", {model::make_switch("switch_0")});
    bench.online("meross_2");
    bench.send("switch_0", true);
    bench.send("switch_0", true, "meross_2");
    CHECK(bench.driver.most_inside == 2);
}

TEST_CASE("wrong commands are refused with a reason and the old state is asked for", "[registry][commands]") {
    Bench bench;
    bench.send("level", level(101));
    bench.send("power", Value(1.0));
    bench.send("unheard", true);
    bench.send("switch_0", true, "meross_9");
    CHECK(bench.driver.applied.empty());
    CHECK(bench.results[0]->error().is(Errc::invalid_value));
    CHECK(bench.results[0]->error().text().find("meross_1/level: expected a number from 0 to 100, got 101") !=
          std::string::npos);
    CHECK(bench.results[1]->error().is(Errc::unsupported));
    CHECK(bench.results[2]->error().is(Errc::not_found));
    CHECK(bench.results[3]->error().is(Errc::not_found));
    CHECK(bench.witness.failures.size() == 3);
}

TEST_CASE("a command for an offline device fails at once and is never replayed", "[registry][commands]") {
    Bench bench;
    model::Availability gone;
    gone.reason = model::Reason::unreachable;
    gone.detail = "no answer from 192.168.1.20";
    bench.registry.set_availability(DeviceId("meross_1"), gone);
    bench.witness.take();
    bench.send("switch_0", true);
    REQUIRE(bench.results[0]);
    CHECK(bench.results[0]->error().is(Errc::unreachable));
    CHECK(bench.results[0]->error().text().find("no answer from 192.168.1.20") != std::string::npos);
    CHECK(bench.witness.take().size() == 1);
    bench.online("meross_1");
    bench.time.advance(1h);
    CHECK(bench.driver.applied.empty());
}

TEST_CASE("commands that still wait when the device goes offline are not sent", "[registry][commands]") {
    Bench bench;
    bench.send("switch_0", true);
    bench.send("switch_1", true);
    bench.registry.set_availability(DeviceId("meross_1"), model::Availability());
    bench.time.advance(5s);
    CHECK(bench.driver.applied == Events{"switch_0=on"});
    CHECK(bench.results[1]->error().is(Errc::unreachable));
}

TEST_CASE("a driver that never ends is given up", "[registry][commands]") {
    Bench bench;
    bench.driver.takes = 24h;
    bench.send("switch_0", true);
    bench.time.advance(31s);
    REQUIRE(bench.results[0]);
    CHECK(bench.results[0]->error().is(Errc::timeout));
    CHECK(bench.driver.inside == 0);
}

TEST_CASE("a driver that throws costs its own command only", "[registry][commands]") {
    Bench bench;
    bench.driver.throws = true;
    bench.send("switch_0", true);
    REQUIRE(bench.results[0]);
    CHECK(bench.results[0]->error().is(Errc::device_error));
    bench.driver.throws = false;
    bench.send("switch_0", true);
    bench.time.advance(2s);
    CHECK(bench.results[1]->has_value());
}

TEST_CASE("withdrawing cancels what is in flight and what waits", "[registry][commands]") {
    Bench bench;
    bench.send("switch_0", true);
    bench.send("switch_1", true);
    bench.registry.withdraw(DeviceId("meross_1"));
    bench.time.settle();
    REQUIRE(bench.results[0]);
    CHECK(bench.results[0]->error().is(Errc::cancelled));
    REQUIRE(bench.results[1]);
    CHECK(bench.results[1]->error().is(Errc::unreachable));
    CHECK(bench.driver.inside == 0);

    SECTION("and the next driver serves again") {
        bench.plug("meross_1", {model::make_switch("switch_0")});
        bench.online("meross_1");
        bench.send("switch_0", false);
        bench.time.advance(2s);
        CHECK(bench.results[2]->has_value());
    }
}

TEST_CASE("a caller that is cancelled does not take the command along", "[registry][commands]") {
    Bench bench;
    bench.send("switch_0", true);
    bench.nursery.stop();
    bench.time.settle();
    CHECK(bench.driver.inside == 1);
    bench.time.advance(2s);
    CHECK(bench.registry.commands_pending() == 0);
}
