#include "sim/support.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using meross::Method;

namespace {

const std::string prefix = "Appliance.Control.Thermostat.";
const std::string mode_ns = prefix + "Mode";

Json parse(std::string_view text) { return Json::parse(text); }
Json mode(Bench& bench) { return bench.get(mode_ns, parse(R"({"mode":[{"channel":0}]})")).at("mode")[0]; }
Json set(Bench& bench, std::string_view members) {
    auto item = Json::parse(members);
    item["channel"] = 0;
    const auto echo = bench.set(mode_ns, Json({{"mode", Json::array({item})}}));
    return echo.at("mode")[0];
}
void refused(Bench& bench, const std::string& name, std::string_view payload) {
    INFO(payload);
    CHECK(bench.answer(name, Method::set, parse(payload), Method::error).at("error").at("code") == 5000);
}
void room(Bench& bench, double celsius) {
    REQUIRE(bench.device.happen("weather", Json({{"temperature", celsius}})));
}

}  // namespace

TEST_CASE("mts200b: each mode has its set point", "[sim][thermostat]") {
    Bench bench(builtin("mts200b"));
    CHECK(set(bench, R"({"mode":0,"onoff":1})").at("targetTemp") == 220);
    CHECK(set(bench, R"({"mode":1})").at("targetTemp") == 185);
    CHECK(set(bench, R"({"mode":2})").at("targetTemp") == 160);
    CHECK(set(bench, R"({"mode":3})").at("targetTemp") == 170);  // 23:13 on a Tuesday in Rome
    CHECK(set(bench, R"({"mode":4,"manualTemp":215})").at("targetTemp") == 215);
    CHECK(set(bench, R"({"heatTemp":230})").at("targetTemp") == 215);
    const auto echo = set(bench, R"({"mode":0})");
    CHECK(echo.at("targetTemp") == 230);
    CHECK(echo.at("max") == 350);  // all of it
    CHECK(bench.pushes.back().payload.at("mode")[0] == echo);
    CHECK(bench.device.state("Appliance.System.All").at("digest").at("thermostat").at("mode")[0] == echo);
}

TEST_CASE("mts200b: heats up to its set point and lets go", "[sim][thermostat]") {
    Bench bench(builtin("mts200b"));
    room(bench, 20.0);
    CHECK(set(bench, R"({"mode":4,"manualTemp":210})").at("state") == 1);
    bench.time.advance(50s);
    CHECK(mode(bench).at("currentTemp") == 205);
    bench.time.advance(60s);
    const auto warm = mode(bench);
    CHECK(warm.at("state") == 0);
    CHECK(warm.at("currentTemp") >= 209);
    bench.time.advance(10min);
    CHECK(mode(bench).at("currentTemp") < 211);
    CHECK(mode(bench).at("currentTemp") > 203);
    CHECK(set(bench, R"({"onoff":0})").at("state") == 0);
    bench.time.advance(30min);
    CHECK(mode(bench).at("currentTemp") < 190);
}

TEST_CASE("mts200b: an open window and a hot floor end the heating", "[sim][thermostat]") {
    Bench bench(builtin("mts200b"));
    room(bench, 18.0);
    CHECK(mode(bench).at("state") == 1);
    REQUIRE(bench.device.happen("window", Json({{"open", 1}})));
    CHECK(mode(bench).at("state") == 0);
    CHECK(bench.pushes.back().header.name_space == mode_ns);
    CHECK(bench.device.state("Appliance.System.All")
              .at("digest")
              .at("thermostat")
              .at("windowOpened")[0]
              .at("status") == 1);
    REQUIRE(bench.device.happen("window", Json({{"open", 0}})));
    CHECK(mode(bench).at("state") == 1);
    bench.set(prefix + "Overheat", parse(R"({"overheat":[{"channel":0,"value":200}]})"));
    room(bench, 19.0);
    CHECK(mode(bench).at("state") == 0);
    const auto floor = bench.get(prefix + "Overheat", parse(R"({"overheat":[{"channel":0}]})"));
    CHECK(floor.at("overheat")[0].at("warning") == 1);
}

TEST_CASE("mts200b: the season turns the relay round, 0 is nothing", "[sim][thermostat]") {
    Bench bench(builtin("mts200b"));
    room(bench, 24.0);
    CHECK(mode(bench).at("state") == 0);
    const auto season = prefix + "SummerMode";
    CHECK(bench.set(season, parse(R"({"summerMode":[{"channel":0,"mode":0}]})")) == Json::object());
    CHECK(bench.device.state(season).at("summerMode")[0].at("mode") == 1);
    bench.set(season, parse(R"({"summerMode":[{"channel":0,"mode":2}]})"));
    CHECK(mode(bench).at("state") == 1);
    bench.time.advance(20s);
    CHECK(mode(bench).at("currentTemp") == 238);
}

TEST_CASE("mts200b: lists with channels, and temperatures it has", "[sim][thermostat]") {
    Bench bench(builtin("mts200b"));
    refused(bench, mode_ns, R"({"mode":{"channel":0,"onoff":0}})");
    refused(bench, mode_ns, R"({"mode":[{"onoff":0}]})");
    refused(bench, mode_ns, R"({"mode":[{"channel":1,"onoff":0}]})");
    refused(bench, mode_ns, R"({"mode":[{"channel":0,"mode":5}]})");
    refused(bench, mode_ns, R"({"mode":[{"channel":0,"manualTemp":45}]})");
    refused(bench, mode_ns, R"({"mode":[{"channel":0,"manualTemp":21.5}]})");
    refused(bench, prefix + "Frost", R"({"frost":{"channel":0,"value":60}})");
    CHECK(bench.device.log().sets() == 0);
    CHECK(bench.get(mode_ns, parse(R"({"mode":[]})")) == parse(R"({"mode":[]})"));
}

TEST_CASE("mts200b: a hold with a timer has an end", "[sim][thermostat]") {
    Bench bench(builtin("mts200b"));
    const auto hold = prefix + "HoldAction";
    bench.set(hold, parse(R"({"holdAction":[{"channel":0,"mode":2,"time":60}]})"));
    CHECK(bench.device.state(hold).at("holdAction")[0] ==
          parse(R"({"channel":0,"mode":2,"time":60,"expire":1700003600})"));
    bench.set(hold, parse(R"({"holdAction":[{"channel":0,"mode":1}]})"));
    CHECK(bench.device.state(hold).at("holdAction")[0] == parse(R"({"channel":0,"mode":1})"));
}
