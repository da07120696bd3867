// The socket thermostat mts960.
#include "meross/features_support.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using namespace std::chrono_literals;
using Keys = std::vector<std::string>;

namespace {

model::Value word(std::string_view text) { return std::string(text); }

constexpr std::string_view digest =
    R"({"thermostat":{"modeB":[{"channel":0,"mode":1,"targetTemp":2600,"working":2,"currentTemp":1945,
        "state":2,"onoff":1,"sensorStatus":1}]}})";

Bench socket() {
    return Bench(facts_of(
        "mts960", {"Control.Thermostat.ModeB", "Control.Thermostat.Timer", "Control.Thermostat.CtlRange"},
        digest));
}

Json sent(const Bench& bench, std::string_view part, model::Value value) {
    const auto action = bench.command("climate", part, std::move(value)).value();
    CHECK(action.request.name_space == full("Control.Thermostat.ModeB"));
    CHECK(action.request.method == meross::Method::set);
    CHECK(action.reply_is_reading);
    CHECK(action.read_back.at(0).payload == json(R"({"modeB":[{"channel":0}]})"));
    return action.request.payload;
}

Json with(std::string_view item) { return json(R"({"modeB":[)" + std::string(item) + "]}"); }

/// What the climate shows after a ModeB that differs from the digest's in these members.
model::Observations shown(Bench& bench, std::string_view members) {
    return bench.feed("Control.Thermostat.ModeB",
                      R"({"modeB":[{"channel":0,)" + std::string(members) + "}]}");
}

model::Value mode(const model::Observations& seen) { return state(seen, "climate", "mode"); }
model::Value preset(const model::Observations& seen) { return state(seen, "climate", "preset_mode"); }
model::Value action(const model::Observations& seen) { return state(seen, "climate", "action"); }
model::Value target(const model::Observations& seen) { return state(seen, "climate", "temperature"); }

}  // namespace

TEST_CASE("mts960: the climate has five modes, seven presets and the limits of CtlRange",
          "[meross][mts960]") {
    auto bench = socket();
    const auto part = [&](std::string_view name) {
        const auto entity = bench.entity("climate");
        return *std::ranges::find(entity.parts, name, &model::PartDescription::name);
    };
    CHECK(bench.entity("climate").naming == model::Naming::main);
    CHECK(part("mode").options == Keys{"off", "heat", "cool", "auto", "fan_only"});
    CHECK(part("preset_mode").options == Keys{"heating", "cooling", "schedule_heating", "schedule_cooling",
                                              "timer_cycle", "timer_countdown_on", "timer_countdown_off"});
    CHECK(part("temperature").range == model::NumberRange{0, 50, 0.1});
    CHECK_FALSE(part("action").commandable);
    CHECK_FALSE(part("current_temperature").commandable);

    bench.feed("Control.Thermostat.CtlRange",
               R"({"ctlRange":[{"channel":0,"max":11000,"min":-3000,"ctlMax":3600,"ctlMin":300}]})");
    CHECK(part("temperature").range == model::NumberRange{3, 36, 0.1});
    bench.feed("Control.Thermostat.CtlRange", R"({"ctlRange":[{"channel":0,"ctlMin":9000}]})");
    CHECK(part("temperature").range == model::NumberRange{3, 36, 0.1});  // nothing would be left
    CHECK(bench.poll("Control.Thermostat.ModeB").value().request.payload ==
          json(R"({"modeB":[{"channel":0}]})"));

    CHECK(bench.entity("temperature").device_class == "temperature");
    CHECK(bench.entity("plug_state").device_class == "power");
    CHECK(bench.entity("sensor_problem").category == model::Category::diagnostic);
}

TEST_CASE("mts960 4.2.6: on is 1 and off is 2", "[meross][mts960]") {
    auto bench = socket();
    auto seen = bench.feed_digest();
    CHECK(mode(seen) == word("cool"));
    CHECK(preset(seen) == word("cooling"));
    CHECK(action(seen) == word("idle"));
    CHECK(target(seen) == model::Value(26.0));
    CHECK(state(seen, "climate", "current_temperature") == model::Value(19.45));
    CHECK(number(seen, "temperature") == 19.45);
    CHECK(state(seen, "plug_state") == model::Value(false));
    CHECK(state(seen, "sensor_problem") == model::Value(false));

    seen = shown(bench, R"("onoff":2)");
    CHECK(mode(seen) == word("off"));
    CHECK(action(seen) == word("off"));
    seen = shown(bench, R"("onoff":1,"working":1,"state":1)");
    CHECK(mode(seen) == word("heat"));
    CHECK(preset(seen) == word("heating"));
    CHECK(action(seen) == word("heating"));
    CHECK(state(seen, "plug_state") == model::Value(true));
    seen = shown(bench, R"("working":2)");
    CHECK(action(seen) == word("cooling"));
    CHECK(state(shown(bench, R"("sensorStatus":2)"), "sensor_problem") == model::Value(true));
    CHECK(state(shown(bench, R"("state":3)"), "plug_state") == model::Value(false));
}

TEST_CASE("mts960 4.2.6: a target of a timer, or below the limits in a schedule, means nothing",
          "[meross][mts960]") {
    auto bench = socket();
    bench.feed_digest();
    bench.feed("Control.Thermostat.CtlRange", R"({"ctlRange":[{"channel":0,"ctlMax":5000,"ctlMin":500}]})");
    auto seen = shown(bench, R"("mode":2,"targetTemp":100,"state":1)");
    CHECK(mode(seen) == word("auto"));
    CHECK(preset(seen) == word("schedule_cooling"));
    CHECK(target(seen) == model::Value());
    CHECK(target(shown(bench, R"("targetTemp":500)")) == model::Value(5.0));
    seen = shown(bench, R"("mode":3,"targetTemp":0)");
    CHECK(mode(seen) == word("fan_only"));
    CHECK(action(seen) == word("fan"));
    CHECK(target(seen) == model::Value());
    CHECK(preset(seen) == model::Value());  // the timer has not been told
    CHECK(target(shown(bench, R"("mode":1,"targetTemp":2600)")) == model::Value(26.0));
}

TEST_CASE("mts960: the timer's type and direction are the preset", "[meross][mts960]") {
    auto bench = socket();
    bench.feed_digest();
    shown(bench, R"("mode":3)");
    const auto timer = [&](std::string_view item) {
        return preset(bench.feed("Control.Thermostat.Timer", R"({"timer":[)" + std::string(item) + "]}"));
    };
    CHECK(timer(R"({"channel":0,"type":1,"down":{"duration":1,"end":1719042337,"onoff":2}})") ==
          word("timer_countdown_off"));
    CHECK(timer(R"({"channel":0,"type":1,"down":{"duration":1,"end":1719042337,"onoff":1}})") ==
          word("timer_countdown_on"));
    CHECK(timer(R"({"channel":0,"type":2,"cycle":{"onDuration":15,"offDuration":15,"state":1,"end":1}})") ==
          word("timer_cycle"));
    CHECK(timer(R"({"channel":0,"type":7})") == word("timer_cycle"));
}

TEST_CASE("mts960: partial pushes merge, empty lists and nonsense change nothing", "[meross][mts960]") {
    auto bench = socket();
    CHECK(bench.feed("Control.Thermostat.ModeB", R"({"modeB":[]})").empty());
    CHECK(bench.feed("Control.Thermostat.ModeB", R"({"modeB":[{"channel":1,"onoff":1,"mode":1}]})").empty());
    bench.feed_digest();
    const auto seen = shown(bench, R"("currentTemp":2000)");
    CHECK(mode(seen) == word("cool"));
    CHECK(target(seen) == model::Value(26.0));
    CHECK(mode(shown(bench, R"("mode":9)")) == model::Value());
    const auto object = bench.feed("Control.Thermostat.ModeB", R"({"modeB":{"channel":0,"mode":2}})");
    CHECK(mode(object) == word("auto"));
    for (std::string_view payload : {"null", "[]", "7", R"({"modeB":"x"})", R"({"modeB":[{"mode":{}}]})",
                                     R"({"timer":[{"type":[]}]})", R"({"ctlRange":[{"ctlMin":"a"}]})"})
        for (std::string_view name :
             {"Control.Thermostat.ModeB", "Control.Thermostat.Timer", "Control.Thermostat.CtlRange"})
            CHECK(mode(bench.feed(name, payload)) != model::Value(true));
    CHECK(mode(shown(bench, R"("currentTemp":2001)")) == word("auto"));
}

TEST_CASE("mts960: each mode and preset is one SET", "[meross][mts960]") {
    auto bench = socket();
    bench.feed_digest();
    const auto mode_of = [&](std::string_view w) { return sent(bench, "mode", word(w)); };
    CHECK(mode_of("off") == with(R"({"channel":0,"onoff":2})"));
    CHECK(mode_of("heat") == with(R"({"channel":0,"onoff":1,"mode":1,"working":1})"));
    CHECK(mode_of("cool") == with(R"({"channel":0,"onoff":1,"mode":1,"working":2})"));
    CHECK(mode_of("auto") == with(R"({"channel":0,"onoff":1,"mode":2})"));
    CHECK(mode_of("fan_only") == with(R"({"channel":0,"onoff":1,"mode":3})"));
    const auto preset_of = [&](std::string_view w) { return sent(bench, "preset_mode", word(w)); };
    CHECK(preset_of("heating") == with(R"({"channel":0,"onoff":1,"mode":1,"working":1})"));
    CHECK(preset_of("cooling") == with(R"({"channel":0,"onoff":1,"mode":1,"working":2})"));
    CHECK(preset_of("schedule_heating") == with(R"({"channel":0,"onoff":1,"mode":2,"working":1})"));
    CHECK(preset_of("schedule_cooling") == with(R"({"channel":0,"onoff":1,"mode":2,"working":2})"));
}

TEST_CASE("mts960: a temperature leaves schedule and timer, and keeps heating or cooling",
          "[meross][mts960]") {
    auto bench = socket();
    const auto early = bench.command("climate", "temperature", 21.5);
    REQUIRE(early.has_error());
    CHECK(early.error().is(Errc::unsupported));
    bench.feed_digest();
    shown(bench, R"("mode":3,"targetTemp":0)");
    const auto set = [&](double degrees) { return sent(bench, "temperature", degrees); };
    CHECK(set(0) == with(R"({"channel":0,"mode":1,"working":2,"targetTemp":0})"));
    CHECK(set(21.5) == with(R"({"channel":0,"mode":1,"working":2,"targetTemp":2150})"));
    CHECK(set(50) == with(R"({"channel":0,"mode":1,"working":2,"targetTemp":5000})"));
    shown(bench, R"("working":1)");
    CHECK(set(20.3) == with(R"({"channel":0,"mode":1,"working":1,"targetTemp":2030})"));
}

TEST_CASE("mts960: a timer preset sets the timer by the device's clock, then the mode", "[meross][mts960]") {
    auto bench = socket();
    bench.feed("Control.Thermostat.ModeB", R"({"modeB":[{"channel":0,"mode":1,"working":2,"onoff":1}]})",
               1719042000);
    bench.pass(5min);  // nothing was heard since
    const auto started = [&](std::string_view preset) {
        auto action = bench.command("climate", "preset_mode", word(preset)).value();
        CHECK(action.request.name_space == full("Control.Thermostat.Timer"));
        REQUIRE(action.then.size() == 1);
        CHECK(action.then[0].name_space == full("Control.Thermostat.ModeB"));
        CHECK(action.then[0].payload == with(R"({"channel":0,"onoff":1,"mode":3})"));
        CHECK(action.read_back.size() == 2);
        CHECK(action.read_back_always);
        return action.request.payload;
    };
    CHECK(started("timer_countdown_on") ==
          json(R"({"timer":[{"channel":0,"type":1,"down":{"duration":30,"onoff":1,"end":1719044100}}]})"));
    CHECK(started("timer_countdown_off") ==
          json(R"({"timer":[{"channel":0,"type":1,"down":{"duration":30,"onoff":2,"end":1719044100}}]})"));
    CHECK(started("timer_cycle") == json(R"({"timer":[{"channel":0,"type":2,"cycle":{"onDuration":15,
        "offDuration":15,"state":1,"end":1719043200}}]})"));
}

TEST_CASE("mts960: timers that do not run are kept in the bridge", "[meross][mts960]") {
    auto bench = socket();
    bench.feed_digest();
    CHECK(bench.entity("timer_down").parts[0].range == model::NumberRange{1, 1440, 1});
    CHECK(bench.entity("timer_cycle_on").unit == "min");
    CHECK(bench.entity("timer_cycle_off").category == model::Category::config);
    const auto action = bench.command("timer_down", std::int64_t{45}).value();
    CHECK(action.local);
    CHECK(number(bench.accept("timer_down", "state", std::int64_t{45}), "timer_down") == 45);
    bench.accept("timer_cycle_off", "state", std::int64_t{90});
    const auto timer = bench.command("climate", "preset_mode", word("timer_cycle")).value().request.payload;
    CHECK(timer["timer"][0]["cycle"]["onDuration"] == 15);
    CHECK(timer["timer"][0]["cycle"]["offDuration"] == 90);
    const auto down = bench.command("climate", "preset_mode", word("timer_countdown_on")).value();
    CHECK(down.request.payload["timer"][0]["down"]["duration"] == 45);

    // they outlive the process
    std::optional<std::string> kept;
    for (const auto& feature : bench.features())
        if (feature->memory_topic() == "timers") kept = feature->memory();
    REQUIRE(kept);
    auto later = socket();
    for (const auto& feature : later.features())
        if (feature->memory_topic() == "timers") feature->restore(json(*kept), 0);
    const auto seen = later.feed_digest();
    CHECK(number(seen, "timer_down") == 45);
    CHECK(number(seen, "timer_cycle_off") == 90);
    CHECK(state(seen, "timer_cycle_on") == model::Value());  // neither told nor set
}

TEST_CASE("mts960: a timer that runs is changed at once", "[meross][mts960]") {
    auto bench = socket();
    bench.feed_digest();
    bench.feed("Control.Thermostat.Timer",
               R"({"timer":[{"channel":0,"type":1,"down":{"duration":10,"end":1718453400,"onoff":2}}]})",
               1718452800);
    CHECK(bench.command("timer_down", std::int64_t{20}).value().local);  // it has ended
    shown(bench, R"("mode":3)");
    auto action = bench.command("timer_down", std::int64_t{20}).value();
    CHECK_FALSE(action.local);
    CHECK(action.then.empty());
    CHECK(action.request.payload ==
          json(R"({"timer":[{"channel":0,"type":1,"down":{"duration":20,"onoff":2,"end":1718454000}}]})"));
    CHECK(action.read_back.at(0).payload == json(R"({"timer":[{"channel":0}]})"));
    CHECK(bench.accept("timer_down", "state", std::int64_t{20}).empty());  // the device tells
    CHECK(bench.command("timer_cycle_on", std::int64_t{20}).value().local);

    bench.feed("Control.Thermostat.Timer", R"({"timer":[{"channel":0,"type":2,
        "cycle":{"onDuration":15,"offDuration":25,"state":2,"end":1718453400}}]})",
               1718452800);
    CHECK(bench.command("timer_cycle_on", std::int64_t{20}).value().request.payload ==
          json(R"({"timer":[{"channel":0,"type":2,
                   "cycle":{"onDuration":20,"offDuration":25,"state":1,"end":1718454000}}]})"));
    CHECK(bench.command("timer_cycle_off", std::int64_t{1440}).value().request.payload ==
          json(R"({"timer":[{"channel":0,"type":2,
                   "cycle":{"onDuration":15,"offDuration":1440,"state":1,"end":1718453700}}]})"));
}

TEST_CASE("mts960: the timer that the device ran last does not undo what was set since", "[meross][mts960]") {
    auto bench = socket();
    bench.feed_digest();
    constexpr std::string_view ended =
        R"({"timer":[{"channel":0,"type":1,"down":{"duration":10,"end":1719042337,"onoff":2}}]})";
    CHECK(number(bench.feed("Control.Thermostat.Timer", ended), "timer_down") == 10);
    bench.accept("timer_down", "state", std::int64_t{45});
    CHECK(number(bench.feed("Control.Thermostat.Timer", ended), "timer_down") == 45);
    // set in the app
    CHECK(number(bench.feed("Control.Thermostat.Timer",
                            R"({"timer":[{"channel":0,"type":1,"down":{"duration":7,"onoff":2}}]})"),
                 "timer_down") == 7);
}

TEST_CASE("mts960: without the timer's namespace there are no timers", "[meross][mts960]") {
    Bench bench(facts_of("mts960", {"Control.Thermostat.ModeB"}, digest));
    CHECK_FALSE(bench.has("timer_down"));
    CHECK(bench.entity("climate").parts.at(3).options.size() == 4);
    CHECK(bench.command("climate", "preset_mode", word("timer_cycle")).has_error());
}
