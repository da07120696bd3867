#include "meross/features_support.hpp"
#include "support/catch.hpp"

// Floor and boiler thermostats: mts200, mts205, mts215.

using namespace lanbridge;
using namespace lanbridge::test;
using Keys = std::vector<std::string>;
using Component = model::Component;
using Range = model::NumberRange;

namespace {

constexpr std::string_view mode = "Control.Thermostat.Mode";
constexpr std::string_view summer = "Control.Thermostat.SummerMode";
constexpr std::string_view digest =
    R"({"thermostat":{"mode":[{"channel":0,"onoff":1,"mode":3,"state":1,"currentTemp":200,"heatTemp":210,
        "coolTemp":200,"ecoTemp":180,"manualTemp":195,"warning":0,"targetTemp":215,"min":50,"max":350,
        "lmTime":1700311528}],"summerMode":[{"channel":0,"mode":1}],
        "windowOpened":[{"channel":0,"status":0,"detect":1,"lmTime":1700311528}]}})";

const std::vector<std::string_view> abilities{"Control.Thermostat.Mode",
                                              "Control.Thermostat.SummerMode",
                                              "Control.Thermostat.WindowOpened",
                                              "Control.Thermostat.HoldAction",
                                              "Control.Thermostat.Calibration",
                                              "Control.Thermostat.DeadZone",
                                              "Control.Thermostat.Frost",
                                              "Control.Thermostat.Overheat",
                                              "Control.Thermostat.Schedule",
                                              "Control.Thermostat.Sensor",
                                              "Control.Screen.Brightness",
                                              "Control.PhysicalLock",
                                              "Config.OverTemp",
                                              "System.Runtime"};

Bench mts200b() { return Bench(facts_of("mts200b", abilities, digest)); }

model::Value word(std::string_view text) { return std::string(text); }

const model::PartDescription& part(const model::EntityDescription& entity, std::string_view name) {
    const auto it = std::ranges::find(entity.parts, name, &model::PartDescription::name);
    REQUIRE(it != entity.parts.end());
    return *it;
}

meross::Action commanded(const Bench& bench, std::string_view part, model::Value value) {
    return bench.command("climate", part, std::move(value)).value();
}

/// The payload of a command that is one SET of Thermostat.Mode, once its manners were checked.
Json sent(const Bench& bench, std::string_view entity, std::string_view part, model::Value value) {
    const auto action = bench.command(entity, part, std::move(value)).value();
    CHECK(action.request.name_space == full(mode));
    CHECK(action.request.method == meross::Method::set);
    CHECK(action.then.empty());
    CHECK(action.reply_is_reading);
    REQUIRE(action.read_back.size() == 1);
    CHECK(action.read_back[0].payload == json(R"({"mode":[{"channel":0}]})"));
    return action.request.payload;
}

bool anew(Bench& bench) {
    bool changed = false;
    for (auto& feature : bench.features()) changed = feature->take_description_changed() || changed;
    return changed;
}

}  // namespace

TEST_CASE("mts200b 7.6.5: 22 core entities, before anything was answered", "[meross][thermostat]") {
    auto bench = mts200b();
    bench.feed("Config.OverTemp", R"({"overTemp":{"enable":-1,"type":-1}})");
    CHECK(bench.keys() ==
          Keys{"calibration",    "climate",      "deadzone",         "external_sensor",  "floor_temperature",
               "frost",          "frost_switch", "frost_warning",    "hold_action",      "hold_time",
               "lock",           "overheat",     "overheat_switch",  "overheat_warning", "preset_away",
               "preset_comfort", "preset_sleep", "screen_operation", "screen_standby",   "signal",
               "temperature",    "window"});
}

TEST_CASE("mts200 us 7.6.7: humidity and meter, no floor probe", "[meross][thermostat]") {
    Bench bench(
        facts_of("mts200",
                 {mode, summer, "Control.Thermostat.WindowOpened", "Control.Thermostat.HoldAction",
                  "Control.Thermostat.Calibration", "Control.Thermostat.DeadZone", "Control.Thermostat.Frost",
                  "Control.Thermostat.Schedule", "Control.Screen.Brightness", "Control.TempUnit",
                  "Control.Sensor.Latest", "Control.Sensor.History", "Control.Electricity",
                  "Control.ConsumptionX", "Control.PhysicalLock", "System.Runtime"},
                 digest));
    CHECK(bench.keys() == Keys{"calibration",
                               "climate",
                               "current",
                               "deadzone",
                               "energy",
                               "frost",
                               "frost_switch",
                               "frost_warning",
                               "hold_action",
                               "hold_time",
                               "humidity",
                               "lock",
                               "power",
                               "preset_away",
                               "preset_comfort",
                               "preset_sleep",
                               "screen_operation",
                               "screen_standby",
                               "signal",
                               "temp_unit",
                               "temperature",
                               "voltage",
                               "window"});
    part(bench.entity("climate"), "current_humidity");
    const auto seen = bench.feed("Control.Sensor.Latest", R"({"latest":[{"value":[
        {"timestamp":1718302939,"humi":596},{"timestamp":1718300000,"humi":400}],"channel":0,"capacity":2}]})");
    CHECK(number(seen, "humidity") == 59.6);
    CHECK(state(seen, "climate", "current_humidity") == model::Value(59.6));
    CHECK(bench.poll("Control.Sensor.Latest").value().request.payload ==
          json(R"({"latest":[{"channel":0}]})"));
    CHECK(bench.feed("Control.Sensor.Latest", R"({"latest":[]})").empty());
    CHECK(bench.feed("Control.Sensor.Latest", R"({"latest":[{"channel":0,"value":[]}]})").empty());
    bench.refuse("Control.Sensor.Latest");
    CHECK_FALSE(bench.has("humidity"));
    CHECK(bench.entity("climate").parts.back().name == "current_temperature");
}

TEST_CASE("the climate of an mts200 is described exactly", "[meross][thermostat]") {
    auto bench = mts200b();
    const auto climate = bench.entity("climate");
    CHECK(climate.component == Component::climate);
    CHECK(climate.naming == model::Naming::main);
    CHECK(climate.precision == 1);
    CHECK(part(climate, "mode").options == Keys{"off", "heat"});
    CHECK(part(climate, "mode").commandable);
    CHECK(part(climate, "preset_mode").options == Keys{"custom", "comfort", "sleep", "away", "auto"});
    CHECK(part(climate, "temperature").range == Range{5, 35, 0.5});
    CHECK(part(climate, "temperature").commandable);
    CHECK(part(climate, "action").options == Keys{"off", "idle", "heating"});
    CHECK_FALSE(part(climate, "action").commandable);
    CHECK(bench.entity("temperature").unit == "°C");
    CHECK(bench.entity("temperature").device_class == "temperature");
    for (const auto* key : {"preset_comfort", "preset_sleep", "preset_away"}) {
        CHECK(bench.entity(key).component == Component::number);
        CHECK(bench.entity(key).category == model::Category::config);
        CHECK(bench.entity(key).parts[0].range == Range{5, 35, 0.5});
    }
    CHECK(bench.poll(mode).value().request.payload == json(R"({"mode":[{"channel":0}]})"));
    CHECK(bench.poll(summer).value().request.payload == json(R"({"summerMode":[{"channel":0}]})"));
}

TEST_CASE("the digest of an mts200 says it all", "[meross][thermostat]") {
    auto bench = mts200b();
    const auto seen = bench.feed_digest();
    CHECK(state(seen, "climate", "mode") == word("heat"));
    CHECK(state(seen, "climate", "preset_mode") == word("auto"));
    CHECK(state(seen, "climate", "action") == word("heating"));
    CHECK(state(seen, "climate", "temperature") == model::Value(21.5));
    CHECK(state(seen, "climate", "current_temperature") == model::Value(20.0));
    CHECK(number(seen, "temperature") == 20);
    CHECK(number(seen, "preset_comfort") == 21);
    CHECK(number(seen, "preset_sleep") == 20);
    CHECK(number(seen, "preset_away") == 18);
    CHECK(state(seen, "window") == model::Value(false));
    // optional ones, there once the device has told them
    CHECK(state(seen, "window_detection") == model::Value(true));
    CHECK(state(seen, "warning") == model::Value(false));
    CHECK_FALSE(bench.entity("window_detection").enabled_by_default);
    CHECK_FALSE(bench.entity("warning").enabled_by_default);
}

TEST_CASE("partial news of a thermostat are merged", "[meross][thermostat]") {
    auto bench = mts200b();
    bench.feed_digest();
    auto seen = bench.feed(mode, R"({"mode":[{"channel":0,"state":0}]})");
    CHECK(state(seen, "climate", "action") == word("idle"));
    CHECK(state(seen, "climate", "mode") == word("heat"));
    CHECK(state(seen, "climate", "temperature") == model::Value());
    seen = bench.feed(mode, R"({"mode":{"channel":0,"onoff":0}})");  // an object in place of the list
    CHECK(state(seen, "climate", "mode") == word("off"));
    CHECK(state(seen, "climate", "action") == word("off"));
    for (const auto& [number, name] : {std::pair(0, "comfort"), std::pair(1, "sleep"), std::pair(2, "away"),
                                       std::pair(3, "auto"), std::pair(4, "custom")})
        CHECK(state(bench.feed(mode, R"({"mode":[{"channel":0,"mode":)" + std::to_string(number) + "}]}"),
                    "climate", "preset_mode") == word(name));
    CHECK(state(bench.feed(mode, R"({"mode":[{"channel":0,"mode":7}]})"), "climate", "preset_mode") ==
          model::Value());
    CHECK(bench.feed(mode, R"({"mode":[]})").empty());
    CHECK(bench.feed(mode, R"({"mode":[{"channel":1,"onoff":1}]})").empty());
    for (const auto* payload : {"null", "[]", "7", R"({"mode":7})", R"({"mode":[7,null]})"})
        CHECK(bench.feed(mode, payload).empty());
    CHECK(bench.has("climate"));
}

TEST_CASE("mts200b 7.6.9: an empty list never means that there is no thermostat", "[meross][thermostat]") {
    auto bench = mts200b();
    for (const auto* name : {"Control.Thermostat.Mode", "Control.Thermostat.WindowOpened"})
        CHECK(bench.feed(name, R"({"mode":[],"windowOpened":[]})").empty());
    CHECK(bench.has("climate"));
    CHECK(bench.has("window"));
}

TEST_CASE("the limits of the set point are the device's", "[meross][thermostat]") {
    auto bench = mts200b();
    anew(bench);
    bench.feed(mode, R"({"mode":[{"channel":0,"min":70,"max":300}]})");
    CHECK(anew(bench));
    CHECK(part(bench.entity("climate"), "temperature").range == Range{7, 30, 0.5});
    CHECK(bench.entity("preset_away").parts[0].range == Range{7, 30, 0.5});
    bench.feed(mode, R"({"mode":[{"channel":0,"min":70,"max":300}]})");
    bench.feed(mode, R"({"mode":[{"channel":0,"min":300,"max":70}]})");
    CHECK_FALSE(anew(bench));
}

TEST_CASE("commands to the climate of an mts200", "[meross][thermostat]") {
    auto bench = mts200b();
    bench.feed_digest();
    CHECK(sent(bench, "climate", "mode", word("off")) == json(R"({"mode":[{"channel":0,"onoff":0}]})"));
    CHECK(sent(bench, "climate", "mode", word("heat")) == json(R"({"mode":[{"channel":0,"onoff":1}]})"));
    for (const auto& [name, number] : {std::pair("comfort", 0), std::pair("sleep", 1), std::pair("away", 2),
                                       std::pair("auto", 3), std::pair("custom", 4)})
        CHECK(sent(bench, "climate", "preset_mode", word(name)) ==
              json(R"({"mode":[{"channel":0,"mode":)" + std::to_string(number) + R"(,"onoff":1}]})"));
    for (const auto& [degrees, tenths] :
         {std::pair(5.0, 50), std::pair(21.5, 215), std::pair(20.1, 201), std::pair(35.0, 350)})
        CHECK(sent(bench, "climate", "temperature", degrees) ==
              json(R"({"mode":[{"channel":0,"mode":4,"manualTemp":)" + std::to_string(tenths) + "}]}"));
    CHECK(bench.command("climate", "preset_mode", word("none")).error().is(Errc::invalid_value));
    CHECK(bench.command("climate", "mode", word("dry")).error().is(Errc::invalid_value));
    CHECK(bench.command("climate", "action", word("idle")).error().is(Errc::unsupported));
    CHECK(bench.command("climate", "temperature", word("warm")).error().is(Errc::invalid_value));
}

TEST_CASE("the temperature of a preset is set alone", "[meross][thermostat]") {
    auto bench = mts200b();
    CHECK(sent(bench, "preset_comfort", "state", 21.5) == json(R"({"mode":[{"channel":0,"heatTemp":215}]})"));
    CHECK(sent(bench, "preset_sleep", "state", 5.0) == json(R"({"mode":[{"channel":0,"coolTemp":50}]})"));
    CHECK(sent(bench, "preset_away", "state", std::int64_t{35}) ==
          json(R"({"mode":[{"channel":0,"ecoTemp":350}]})"));
    CHECK_FALSE(bench.command("preset_auto", 20.0).has_value());
}

TEST_CASE("mts200b 7.6.9: a SETACK carries the whole object, which is the state", "[meross][thermostat]") {
    auto bench = mts200b();
    bench.feed_digest();
    const auto seen = bench.feed(mode, R"({"mode":[{"channel":0,"onoff":1,"mode":4,"state":0,
        "currentTemp":200,"manualTemp":180,"targetTemp":180}]})");
    CHECK(state(seen, "climate", "preset_mode") == word("custom"));
    CHECK(state(seen, "climate", "temperature") == model::Value(18.0));
    CHECK(state(seen, "climate", "action") == word("idle"));
}

TEST_CASE("mts205b: SummerMode that is only listed offers no cooling", "[meross][thermostat]") {
    auto bench = mts200b();
    bench.feed_digest();
    for (const auto* payload : {R"({"summerMode":[{"channel":0,"mode":0}]})",
                                R"({"summerMode":[{"channel":0,"mode":1}]})", R"({"summerMode":[]})"})
        bench.feed(summer, payload);
    CHECK(part(bench.entity("climate"), "mode").options == Keys{"off", "heat"});
    CHECK(state(bench.feed(mode, R"({"mode":[{"channel":0,"state":1}]})"), "climate", "action") ==
          word("heating"));
}

TEST_CASE("a thermostat that was seen cooling may cool, also after a restart", "[meross][thermostat]") {
    auto bench = mts200b();
    bench.feed_digest();
    anew(bench);
    auto seen = bench.feed(summer, R"({"summerMode":[{"channel":0,"mode":2}]})");
    CHECK(anew(bench));
    CHECK(part(bench.entity("climate"), "mode").options == Keys{"off", "heat", "cool"});
    CHECK(part(bench.entity("climate"), "action").options == Keys{"off", "idle", "heating", "cooling"});
    CHECK(state(seen, "climate", "mode") == word("cool"));
    CHECK(state(seen, "climate", "action") == word("cooling"));
    CHECK(sent(bench, "climate", "mode", word("cool")) == json(R"({"mode":[{"channel":0,"onoff":1}]})"));

    const auto heat = commanded(bench, "mode", word("heat"));
    CHECK(heat.request.name_space == full(summer));
    CHECK(heat.request.payload == json(R"({"summerMode":[{"channel":0,"mode":1}]})"));
    REQUIRE(heat.then.size() == 1);
    CHECK(heat.then[0].name_space == full(mode));
    CHECK(heat.then[0].payload == json(R"({"mode":[{"channel":0,"onoff":1}]})"));
    CHECK(heat.read_back.size() == 2);
    CHECK(heat.read_back_always);

    auto later = mts200b();
    for (std::size_t i = 0; i < bench.features().size(); ++i)
        if (const auto kept = bench.features()[i]->memory()) later.features()[i]->restore(json(*kept), 0);
    CHECK(part(later.entity("climate"), "mode").options == Keys{"off", "heat", "cool"});
    CHECK(state(later.feed_digest(), "climate", "mode") == word("heat"));
}

TEST_CASE("cooling is offered from the start where the user asked for it", "[meross][thermostat]") {
    auto facts = facts_of("mts200b", abilities, digest);
    facts.options.cool = true;
    Bench bench(facts);
    bench.feed_digest();
    CHECK(part(bench.entity("climate"), "mode").options == Keys{"off", "heat", "cool"});
    const auto cool = commanded(bench, "mode", word("cool"));
    CHECK(cool.request.payload == json(R"({"summerMode":[{"channel":0,"mode":2}]})"));
    CHECK(cool.then.at(0).payload == json(R"({"mode":[{"channel":0,"onoff":1}]})"));
    // nothing is believed before the device says it
    CHECK(state(bench.feed(mode, R"({"mode":[{"channel":0,"onoff":1}]})"), "climate", "mode") ==
          word("heat"));
    bench.refuse(summer);
    CHECK(part(bench.entity("climate"), "mode").options == Keys{"off", "heat"});

    auto without = facts_of("mts200b", {mode}, digest);
    without.options.cool = true;
    CHECK(part(Bench(without).entity("climate"), "mode").options == Keys{"off", "heat"});
}
