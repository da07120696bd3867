// The settings of the socket thermostat mts960.
#include "meross/features_support.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using Keys = std::vector<std::string>;

namespace {

model::Value word(std::string_view text) { return std::string(text); }

constexpr std::string_view digest =
    R"({"thermostat":{"modeB":[{"channel":0,"mode":1,"targetTemp":2600,"working":2,"currentTemp":1945,
        "state":2,"onoff":1,"sensorStatus":1}]}})";

}  // namespace

TEST_CASE("mts960 4.2.6: every entity is there before the first answer", "[meross][mts960]") {
    Bench bench(facts_of(
        "mts960",
        {"Control.Thermostat.ModeB", "Control.Thermostat.Timer", "Control.Thermostat.CtlRange",
         "Control.Thermostat.AlarmConfig", "Control.Thermostat.Alarm", "Control.Thermostat.CompressorDelay",
         "Control.Thermostat.Calibration", "Control.Thermostat.DeadZone", "Control.Thermostat.Frost",
         "Control.Thermostat.ScheduleB", "Control.TempUnit", "Control.PhysicalLock", "System.Runtime",
         "Control.Electricity", "Control.ConsumptionX"},
        digest));
    CHECK(bench.keys() == Keys{"alarm",
                               "alarm_high",
                               "alarm_high_enable",
                               "alarm_low",
                               "alarm_low_enable",
                               "calibration",
                               "climate",
                               "compressor_delay",
                               "compressor_delay_enable",
                               "ctl_max",
                               "ctl_min",
                               "current",
                               "deadzone",
                               "energy",
                               "frost",
                               "frost_switch",
                               "frost_warning",
                               "lock",
                               "plug_state",
                               "power",
                               "sensor_problem",
                               "signal",
                               "temp_unit",
                               "temperature",
                               "timer_cycle_off",
                               "timer_cycle_on",
                               "timer_down",
                               "voltage"});
    const auto range = [&](std::string_view key) { return bench.entity(key).parts[0].range.value(); };
    CHECK(range("calibration") == model::NumberRange{-20, 20, 0.1});
    CHECK(range("deadzone") == model::NumberRange{0.5, 20, 0.1});
    CHECK(range("frost") == model::NumberRange{5, 15, 0.5});
    CHECK(range("ctl_min") == model::NumberRange{-30, 110, 1});
    CHECK(range("alarm_high") == model::NumberRange{-35, 120, 0.1});
    CHECK(bench.entity("compressor_delay").unit == "min");

    CHECK(number(bench.feed("Control.Thermostat.Calibration",
                            R"({"calibration":[{"channel":0,"value":-270,"min":-2000,"max":2000}]})"),
                 "calibration") == -2.7);
    CHECK(number(bench.feed("Control.Thermostat.DeadZone",
                            R"({"deadZone":[{"channel":0,"value":300,"min":50,"max":2000}]})"),
                 "deadzone") == 3);
    CHECK(bench.command("calibration", -0.3).value().request.payload ==
          json(R"({"calibration":[{"channel":0,"value":-30}]})"));
    CHECK(bench.command("frost", 7.5).value().request.payload ==
          json(R"({"frost":[{"channel":0,"value":750}]})"));
    CHECK(bench.command("temp_unit", word("°F")).value().request.payload ==
          json(R"({"tempUnit":[{"channel":0,"tempUnit":2}]})"));
}

TEST_CASE("mts960: both limits of the set point travel together", "[meross][mts960]") {
    Bench bench(facts_of("mts960", {"Control.Thermostat.ModeB", "Control.Thermostat.CtlRange"}, digest));
    CHECK(bench.poll("Control.Thermostat.CtlRange").value().request.payload ==
          json(R"({"ctlRange":[{"channel":0}]})"));
    CHECK(bench.command("ctl_min", 3.0).error().is(Errc::unsupported));  // the other is not known
    const auto seen =
        bench.feed("Control.Thermostat.CtlRange",
                   R"({"ctlRange":[{"channel":0,"max":9000,"min":-2000,"ctlMax":3600,"ctlMin":0}]})");
    CHECK(number(seen, "ctl_min") == 0);
    CHECK(number(seen, "ctl_max") == 36);
    CHECK(bench.entity("ctl_max").parts[0].range == model::NumberRange{-20, 90, 1});
    CHECK(bench.command("ctl_min", 3.0).value().request.payload ==
          json(R"({"ctlRange":[{"channel":0,"ctlMin":300,"ctlMax":3600}]})"));
    CHECK(bench.command("ctl_max", 90.0).value().request.payload ==
          json(R"({"ctlRange":[{"channel":0,"ctlMin":0,"ctlMax":9000}]})"));
}

TEST_CASE("mts960: the alarm's object is sent as a whole", "[meross][mts960]") {
    Bench bench(facts_of("mts960", {"Control.Thermostat.AlarmConfig"}));
    const auto seen = bench.feed("Control.Thermostat.AlarmConfig", R"({"alarmConfig":[{"channel":0,
        "highEnable":1,"highTemp":6000,"lowEnable":2,"lowTemp":-3500,"min":-3500,"max":12000}]})");
    CHECK(number(seen, "alarm_high") == 60);
    CHECK(number(seen, "alarm_low") == -35);
    CHECK(state(seen, "alarm_high_enable") == model::Value(true));
    CHECK(state(seen, "alarm_low_enable") == model::Value(false));
    const auto sent = [&](std::string_view entity, model::Value value) {
        return bench.command(entity, std::move(value)).value().request.payload;
    };
    CHECK(sent("alarm_high", 55.5) == json(R"({"alarmConfig":[{"channel":0,
        "highEnable":1,"highTemp":5550,"lowEnable":2,"lowTemp":-3500,"min":-3500,"max":12000}]})"));
    CHECK(sent("alarm_low_enable", true) == json(R"({"alarmConfig":[{"channel":0,
        "highEnable":1,"highTemp":6000,"lowEnable":1,"lowTemp":-3500,"min":-3500,"max":12000}]})"));
    CHECK(sent("alarm_high_enable", false) == json(R"({"alarmConfig":[{"channel":0,
        "highEnable":2,"highTemp":6000,"lowEnable":2,"lowTemp":-3500,"min":-3500,"max":12000}]})"));
}

TEST_CASE("mts960 4.2.6: the alarm answers a push and no GET", "[meross][mts960]") {
    Bench bench(facts_of("mts960", {"Control.Thermostat.Alarm"}));
    const auto poll = bench.poll("Control.Thermostat.Alarm").value();
    CHECK(poll.request.method == meross::Method::push);
    CHECK(poll.request.payload == Json::object());
    const auto alarm = [&](std::string_view type) {
        return state(bench.feed("Control.Thermostat.Alarm",
                                R"({"alarm":[{"channel":0,"temp":1936,"type":)" + std::string(type) + "}]}"),
                     "alarm");
    };
    CHECK(alarm("0") == word("none"));
    CHECK(alarm("1") == word("high"));
    CHECK(alarm("2") == word("low"));
    CHECK(alarm("5") == word("5"));
}

TEST_CASE("mts960: the compressor's delay is on with 1 and off with 2", "[meross][mts960]") {
    Bench bench(facts_of("mts960", {"Control.Thermostat.CompressorDelay"}));
    const auto seen = bench.feed("Control.Thermostat.CompressorDelay",
                                 R"({"delay":[{"channel":0,"enable":2,"value":1,"endTime":0}]})");
    CHECK(number(seen, "compressor_delay") == 1);
    CHECK(state(seen, "compressor_delay_enable") == model::Value(false));
    CHECK(bench.command("compressor_delay", 5.0).value().request.payload ==
          json(R"({"delay":[{"channel":0,"value":5}]})"));
    CHECK(bench.command("compressor_delay_enable", true).value().request.payload ==
          json(R"({"delay":[{"channel":0,"enable":1}]})"));
    CHECK(bench.command("compressor_delay_enable", false).value().request.payload ==
          json(R"({"delay":[{"channel":0,"enable":2}]})"));
}
