#include "sim/support.hpp"

using namespace lanbridge;
using namespace lanbridge::test;

namespace {

const std::string togglex = "Appliance.Control.ToggleX";
const Json off = Json::parse(R"({"togglex":{"channel":0,"onoff":0}})");
const Json on = Json::parse(R"({"togglex":{"channel":0,"onoff":1}})");

Json electricity(Bench& bench) {
    return bench.get("Appliance.Control.Electricity", Json::object()).at("electricity");
}

/// The day's Wh, -1 when the device has no record of it.
std::int64_t energy(Bench& bench, std::string_view date) {
    const auto days = bench.get("Appliance.Control.ConsumptionX", Json::object()).at("consumptionx");
    for (const auto& day : days) {
        if (day.at("date") == date) return day.at("value").get<std::int64_t>();
    }
    return -1;
}

sim::SharedBlueprint meter(bool carries, int history) {
    auto blueprint = std::make_shared<sim::Blueprint>(*builtin("mss310"));
    blueprint->metering->history_days = history;
    blueprint->metering->carries_over_midnight = carries;
    blueprint->metering->loads_w[0] = 120;
    return blueprint;
}

/// 2024-03-10 23:00 in Rome
constexpr std::int64_t late_ms = 1'710'108'000'000;

}  // namespace

TEST_CASE("power follows the relay and wanders a little", "[sim][meter]") {
    Bench bench(builtin("mss310"));
    const auto first = electricity(bench);
    CHECK_THAT(first.at("power").get<double>(), WithinAbs(62'500, 62'500 * 0.031));
    CHECK(electricity(bench) == first);
    bench.time.advance(30s);
    CHECK(electricity(bench) != first);
    const auto amperes = first.at("current").get<double>() / 1000;
    const auto volts = first.at("voltage").get<double>() / 10;
    CHECK_THAT(amperes * volts * 0.93, WithinAbs(first.at("power").get<double>() / 1000, 0.5));
    bench.set(togglex, off);
    CHECK(electricity(bench).at("power") == 0);
    CHECK(electricity(bench).at("current") == 0);
    CHECK(electricity(bench).at("voltage").get<int>() > 2200);
    bench.set(togglex, on);
    REQUIRE(bench.device.set_load(0, 1500));
    CHECK_THAT(electricity(bench).at("power").get<double>(), WithinAbs(1'500'000, 45'001));
    CHECK_FALSE(bench.device.set_load(4, 10));
}

TEST_CASE("energy counts while the relay is on", "[sim][meter]") {
    Bench bench(meter(false, 0), 1'710'068'400'000);  // noon
    CHECK(energy(bench, "2024-03-10") == -1);
    bench.time.advance(1h);
    CHECK(energy(bench, "2024-03-10") == 120);
    bench.set(togglex, off);
    bench.time.advance(2h);
    CHECK(energy(bench, "2024-03-10") == 120);
    bench.set(togglex, on);
    bench.time.advance(30min);
    CHECK(energy(bench, "2024-03-10") == 180);
}

TEST_CASE("a new day has no record before its first Wh", "[sim][meter]") {
    Bench bench(meter(false, 0), late_ms);
    bench.time.advance(59min);
    CHECK(energy(bench, "2024-03-10") == 118);
    bench.time.advance(1min + 10s);
    CHECK(energy(bench, "2024-03-10") == 120);
    CHECK(energy(bench, "2024-03-11") == -1);
    bench.time.advance(1min);
    CHECK(energy(bench, "2024-03-11") == 2);
    const auto days = bench.device.state("Appliance.Control.ConsumptionX").at("consumptionx");
    CHECK(days[0].at("time") == late_ms / 1000 + 3599);
}

TEST_CASE("some devices forget to start at zero", "[sim][meter]") {
    Bench bench(meter(true, 0), late_ms);
    bench.time.advance(1h);
    CHECK(energy(bench, "2024-03-10") == 120);
    bench.time.advance(30min);
    CHECK(energy(bench, "2024-03-11") == 180);
}

TEST_CASE("the days are a ring of thirty in no order", "[sim][meter]") {
    Bench bench(meter(false, 29), late_ms);
    auto days = bench.device.state("Appliance.Control.ConsumptionX").at("consumptionx");
    CHECK(days.size() == 30);
    bool sorted = true;
    for (std::size_t i = 1; i < days.size(); ++i)
        sorted = sorted && days[i - 1].at("date") < days[i].at("date");
    CHECK_FALSE(sorted);
    CHECK(energy(bench, "2024-02-10") > 0);
    bench.time.advance(2h);
    days = bench.device.state("Appliance.Control.ConsumptionX").at("consumptionx");
    CHECK(days.size() == 30);
    CHECK(energy(bench, "2024-02-10") == -1);
    CHECK(energy(bench, "2024-03-11") == 120);
}

TEST_CASE("hours are recorded one by one, a day long", "[sim][meter]") {
    Bench bench(builtin("mss305"), late_ms);
    bench.time.advance(48h);
    const auto hours =
        bench.get("Appliance.Control.ConsumptionH", Json::parse(R"({"consumptionH":[{"channel":0}]})"));
    const auto& channel = hours.at("consumptionH")[0];
    CHECK(channel.at("total") == 0);
    REQUIRE(channel.at("data").size() == 24);
    CHECK(channel.at("data")[23].at("timestamp") == late_ms / 1000 + 48 * 3600);
    CHECK(channel.at("data")[5].at("value") == 5);
}

TEST_CASE("setting the clock invents no energy", "[sim][meter]") {
    Bench bench(meter(false, 0), late_ms);
    bench.time.advance(30min);
    bench.device.set_clock(late_ms / 1000 + 5 * 86400);
    bench.time.advance(30min);
    CHECK(energy(bench, "2024-03-10") == 60);
    CHECK(energy(bench, "2024-03-15") == 60);
    CHECK(energy(bench, "2024-03-12") == -1);
}
