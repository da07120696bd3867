#include "sim/support.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using meross::Method;

namespace {

const std::string prefix = "Appliance.Control.Thermostat.";
const std::string mode_b = prefix + "ModeB", mode_c = prefix + "ModeC", timer = prefix + "Timer";

Json parse(std::string_view text) { return Json::parse(text); }
Json now_b(Bench& bench) { return bench.get(mode_b, parse(R"({"modeB":[{"channel":0}]})")).at("modeB")[0]; }
Json now_c(Bench& bench) {
    return bench.get(mode_c, parse(R"({"control":[{"channel":0}]})")).at("control")[0];
}
Json set_b(Bench& bench, std::string_view members) {
    auto item = Json::parse(members);
    item["channel"] = 0;
    const auto echo = bench.set(mode_b, Json({{"modeB", Json::array({item})}}));
    return echo.at("modeB")[0];
}
void set_c(Bench& bench, std::string_view members) {
    auto item = Json::parse(members);
    item["channel"] = 0;
    CHECK(bench.set(mode_c, Json({{"control", Json::array({item})}})) == Json::object());
}
void refused(Bench& bench, const std::string& name, std::string_view payload) {
    INFO(payload);
    CHECK(bench.answer(name, Method::set, parse(payload), Method::error).at("error").at("code") == 5000);
}
void room(Bench& bench, double celsius) {
    REQUIRE(bench.device.happen("weather", Json({{"temperature", celsius}})));
}

}  // namespace

TEST_CASE("mts960: its plug follows the probe", "[sim][thermostat]") {
    Bench bench(builtin("mts960"));
    room(bench, 20.0);
    CHECK(set_b(bench, R"({"onoff":1,"mode":1,"working":1,"targetTemp":2150})").at("state") == 1);
    CHECK(bench.get("Appliance.Control.Electricity", parse(R"({"electricity":{}})"))
              .at("electricity")
              .at("power")
              .get<int>() > 1'000'000);
    bench.pushes.clear();
    bench.time.advance(10s);
    CHECK(now_b(bench).at("currentTemp") == 2010);
    REQUIRE_FALSE(bench.pushes.empty());
    CHECK(bench.pushes.back().payload == parse(R"({"modeB":[{"channel":0,"currentTemp":2010}]})"));
    bench.time.advance(145s);
    CHECK(now_b(bench).at("state") == 2);
    CHECK(bench.get("Appliance.Control.Electricity", parse(R"({"electricity":{}})"))
              .at("electricity")
              .at("power") == 0);
    CHECK(set_b(bench, R"({"working":2,"targetTemp":1800})").at("state") == 1);
    CHECK(set_b(bench, R"({"onoff":2})").at("state") == 2);
    REQUIRE(bench.device.happen("probe", Json({{"status", 2}})));
    CHECK(set_b(bench, R"({"onoff":1})").at("state") == 2);
}

TEST_CASE("mts960: a timer runs, and the set point comes back", "[sim][thermostat]") {
    Bench bench(builtin("mts960"));
    set_b(bench, R"({"mode":1,"targetTemp":2600})");
    bench.set(
        timer,
        parse(R"({"timer":[{"channel":0,"type":1,"down":{"duration":1,"end":1700000060,"onoff":1}}]})"));
    CHECK(bench.pushes.back().header.name_space == timer);
    const auto started = set_b(bench, R"({"onoff":1,"mode":3})");
    CHECK(started.at("state") == 1);
    CHECK(started.at("targetTemp") == 0);
    bench.time.advance(61s);
    CHECK(now_b(bench).at("state") == 2);
    bench.set(
        timer,
        parse(
            R"({"timer":[{"channel":0,"type":2,"cycle":{"onDuration":1,"offDuration":2,"state":1,"end":1700000120}}]})"));
    CHECK(now_b(bench).at("state") == 1);
    bench.time.advance(60s);
    CHECK(now_b(bench).at("state") == 2);
    CHECK(bench.device.state(timer).at("timer")[0].at("cycle").at("end") == 1'700'000'241);
    CHECK(set_b(bench, R"({"mode":1})").at("targetTemp") == 2600);
    refused(bench, timer, R"({"timer":[{"channel":0,"type":1,"down":{"duration":1}}]})");
    refused(bench, timer, R"({"timer":{"channel":0,"type":1,"down":{"duration":1,"end":1,"onoff":1}}})");
}

TEST_CASE("mts960: only what it has", "[sim][thermostat]") {
    Bench bench(builtin("mts960"));
    refused(bench, mode_b, R"({"modeB":[{"channel":0,"onoff":0}]})");
    refused(bench, mode_b, R"({"modeB":[{"channel":0,"targetTemp":4600}]})");
    refused(bench, mode_b, R"({"modeB":{"channel":0,"onoff":1}})");
    refused(bench, mode_b, R"({"mode":[{"channel":0,"onoff":1}]})");
    CHECK(set_b(bench, R"({"mode":2})").at("targetTemp") == 2000);  // 23:13 on a Tuesday in Rome
    bench.set(prefix + "AlarmConfig", parse(R"({"alarmConfig":[{"channel":0,"highTemp":1500}]})"));
    CHECK(bench.device.state(prefix + "Alarm").at("alarm")[0].at("type") == 1);
}

TEST_CASE("mts300: heats, cools and blows", "[sim][thermostat]") {
    Bench bench(builtin("mts300"));
    room(bench, 18.0);
    auto now = now_c(bench);
    CHECK(now.at("more").at("hStatus") == 2);
    CHECK(now.at("more").at("fStatus") == 2);
    bench.time.advance(100s);
    now = now_c(bench);
    CHECK(now.at("currentTemp") == 1900);
    CHECK(now.at("more").at("hStatus") == 2);
    room(bench, 26.0);
    CHECK(now_c(bench).at("more").at("cStatus") == 2);
    CHECK(now_c(bench).at("more").at("hStatus") == 0);
    CHECK(bench.pushes.back().header.name_space == mode_c);
    set_c(bench, R"({"mode":1})");
    CHECK(now_c(bench).at("more").at("cStatus") == 0);
    set_c(bench, R"({"fan":{"fMode":1,"speed":3}})");
    CHECK(now_c(bench).at("more").at("fStatus") == 3);
    CHECK(now_c(bench).at("fan").at("hTime") == 99999);
    set_c(bench, R"({"mode":0})");
    CHECK(now_c(bench).at("more").at("fStatus") == 0);
}

TEST_CASE("mts300: two set points that keep apart, and a week", "[sim][thermostat]") {
    Bench bench(builtin("mts300"));
    set_c(bench, R"({"work":2})");
    CHECK(now_c(bench).at("targetTemp") == parse(R"({"heat":1950,"cold":2550})"));
    set_c(bench, R"({"targetTemp":{"heat":2480}})");
    CHECK(now_c(bench).at("work") == 1);
    CHECK(now_c(bench).at("targetTemp") == parse(R"({"heat":2480,"cold":2630})"));
    set_c(bench, R"({"targetTemp":{"cold":2200}})");
    CHECK(now_c(bench).at("targetTemp") == parse(R"({"heat":2050,"cold":2200})"));
    refused(bench, mode_c, R"({"control":[{"channel":0,"targetTemp":{"heat":9000}}]})");
    refused(bench, mode_c, R"({"control":[{"channel":0,"targetTemp":2100}]})");
    refused(bench, mode_c, R"({"modeC":[{"channel":0,"mode":1}]})");
    refused(bench, mode_c, R"({"control":{"channel":0,"mode":1}})");
}
