// The HVAC thermostat mts300.
#include "meross/features_support.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using namespace std::chrono_literals;
using Keys = std::vector<std::string>;

namespace {

model::Value word(std::string_view text) { return std::string(text); }

Bench hvac() { return Bench(facts_of("mts300", {"Control.Thermostat.ModeC"})); }

constexpr std::string_view first_push =
    R"({"control":[{"channel":0,"mode":3,"work":2,"sensorTemp":2200,"currentTemp":2200,
        "targetTemp":{"heat":2100,"cold":2400},"fan":{"fMode":0,"speed":0,"hTime":99999},
        "more":{"hdStatus":0,"humi":495,"cStatus":0,"hStatus":0,"fStatus":0,"aStatus":0}}]})";

model::Observations push(Bench& bench, std::string_view members) {
    return bench.feed("Control.Thermostat.ModeC",
                      R"({"control":[{"channel":0,)" + std::string(members) + "}]}");
}

model::Value part(const model::Observations& seen, std::string_view name) {
    return state(seen, "climate", name);
}

Json with(std::string_view item) { return json(R"({"control":[)" + std::string(item) + "]}"); }

Json sent(const Bench& bench, std::string_view entity, std::string_view part, model::Value value) {
    const auto action = bench.command(entity, part, std::move(value)).value();
    CHECK(action.request.name_space == full("Control.Thermostat.ModeC"));
    CHECK(action.request.method == meross::Method::set);
    CHECK(action.reply_is_reading);
    CHECK(action.read_back.at(0).payload == json(R"({"control":[{"channel":0}]})"));
    return action.request.payload;
}

void refuses(const Bench& bench, std::string_view part, std::string_view sentence) {
    const auto refused = bench.command("climate", part, 21.0);
    REQUIRE(refused.has_error());
    CHECK(refused.error().is(Errc::unsupported));
    CHECK_THAT(refused.error().text(), ContainsSubstring(std::string(sentence)));
}

}  // namespace

TEST_CASE("mts300: climate, sensors and the fan's hold are there before the first word", "[meross][mts300]") {
    auto bench = hvac();
    CHECK(bench.keys() == Keys{"auxiliary_status", "climate", "cooling_status", "fan_hold", "fan_hold_time",
                               "fan_status", "heating_status", "humidifier_status", "humidity",
                               "temperature"});
    const auto options = [&](std::string_view name) {
        const auto entity = bench.entity("climate");
        return std::ranges::find(entity.parts, name, &model::PartDescription::name)->options;
    };
    CHECK(options("mode") == Keys{"off", "heat", "cool", "heat_cool"});
    CHECK(options("preset_mode") == Keys{"custom", "auto"});
    CHECK(options("fan_mode") == Keys{"auto", "low", "medium", "high"});
    CHECK(bench.entity("heating_status").parts[0].options == Keys{"idle", "low", "medium", "high"});
    CHECK(bench.entity("heating_status").category == model::Category::diagnostic);
    CHECK(bench.entity("fan_status").category == model::Category::none);
    CHECK(bench.entity("humidifier_status").parts[0].options == Keys{"idle", "dehumidifying", "humidifying"});
    CHECK(bench.entity("fan_hold").category == model::Category::config);
    CHECK(bench.entity("fan_hold_time").parts[0].range == model::NumberRange{1, 1440, 1});
    CHECK(bench.poll("Control.Thermostat.ModeC").value().request.payload ==
          json(R"({"control":[{"channel":0}]})"));
}

TEST_CASE("mts300 9.1.12: the first push tells everything", "[meross][mts300]") {
    auto bench = hvac();
    const auto seen = bench.feed("Control.Thermostat.ModeC", first_push);
    CHECK(part(seen, "mode") == word("heat_cool"));
    CHECK(part(seen, "preset_mode") == word("auto"));
    CHECK(part(seen, "fan_mode") == word("auto"));
    CHECK(part(seen, "action") == word("idle"));
    CHECK(part(seen, "temperature") == model::Value());
    CHECK(part(seen, "temperature_low") == model::Value(21.0));
    CHECK(part(seen, "temperature_high") == model::Value(24.0));
    CHECK(part(seen, "current_temperature") == model::Value(22.0));
    CHECK(part(seen, "current_humidity") == model::Value(49.5));
    CHECK(number(seen, "temperature") == 22.0);
    CHECK(number(seen, "humidity") == 49.5);
    for (const auto* key :
         {"heating_status", "cooling_status", "auxiliary_status", "fan_status", "humidifier_status"})
        CHECK(state(seen, key) == word("idle"));
    CHECK(state(seen, "fan_hold") == model::Value(false));
    CHECK(state(seen, "fan_hold_time") == model::Value());
}

TEST_CASE("mts300: each mode shows the set points that count in it", "[meross][mts300]") {
    auto bench = hvac();
    bench.feed("Control.Thermostat.ModeC", first_push);
    auto seen = push(bench, R"("mode":1,"work":1)");
    CHECK(part(seen, "mode") == word("heat"));
    CHECK(part(seen, "preset_mode") == word("custom"));
    CHECK(part(seen, "temperature") == model::Value(21.0));
    CHECK(part(seen, "temperature_low") == model::Value());
    CHECK(part(seen, "temperature_high") == model::Value());
    seen = push(bench, R"("mode":2)");
    CHECK(part(seen, "temperature") == model::Value(24.0));
    seen = push(bench, R"("targetTemp":{"cold":2550})");  // partial within a partial
    CHECK(part(seen, "temperature") == model::Value(25.5));
    seen = push(bench, R"("mode":3)");
    CHECK(part(seen, "temperature_low") == model::Value(21.0));
    CHECK(part(seen, "temperature_high") == model::Value(25.5));
    seen = push(bench, R"("mode":0)");
    CHECK(part(seen, "mode") == word("off"));
    CHECK(part(seen, "action") == word("off"));
    for (const auto* name : {"temperature", "temperature_low", "temperature_high"})
        CHECK(part(seen, name) == model::Value());
    CHECK(part(push(bench, R"("mode":8)"), "mode") == model::Value());
}

TEST_CASE("mts300: the action is what runs among what the mode allows", "[meross][mts300]") {
    auto bench = hvac();
    bench.feed("Control.Thermostat.ModeC", first_push);
    const auto action = [&](std::string_view members) { return part(push(bench, members), "action"); };
    CHECK(action(R"("more":{"hStatus":2,"fStatus":1})") == word("heating"));
    CHECK(action(R"("mode":2)") == word("fan"));  // the heat is a rest of the mode before
    CHECK(action(R"("mode":1)") == word("heating"));
    CHECK(action(R"("mode":3,"more":{"hStatus":0,"cStatus":1})") == word("cooling"));
    CHECK(action(R"("mode":1)") == word("fan"));
    CHECK(action(R"("more":{"aStatus":1})") == word("heating"));
    CHECK(action(R"("more":{"aStatus":0,"fStatus":0})") == word("idle"));
    const auto seen = push(bench, R"("more":{"cStatus":3,"aStatus":2,"hdStatus":2,"fStatus":1,"hStatus":4})");
    CHECK(state(seen, "cooling_status") == word("high"));
    CHECK(state(seen, "auxiliary_status") == word("medium"));
    CHECK(state(seen, "humidifier_status") == word("humidifying"));
    CHECK(state(seen, "fan_status") == word("low"));
    CHECK(state(seen, "heating_status") == word("4"));  // shown as it is
}

TEST_CASE("mts300: a fan that follows the device is automatic", "[meross][mts300]") {
    auto bench = hvac();
    bench.feed("Control.Thermostat.ModeC", first_push);
    const auto fan = [&](std::string_view members) { return part(push(bench, members), "fan_mode"); };
    CHECK(fan(R"("fan":{"fMode":1,"speed":1})") == word("low"));
    CHECK(fan(R"("fan":{"speed":2})") == word("medium"));
    CHECK(fan(R"("fan":{"speed":3})") == word("high"));
    CHECK(fan(R"("fan":{"fMode":0})") == word("auto"));
    const auto set = [&](std::string_view w) { return sent(bench, "climate", "fan_mode", word(w)); };
    CHECK(set("auto") == with(R"({"channel":0,"fan":{"fMode":0,"speed":0}})"));
    CHECK(set("low") == with(R"({"channel":0,"fan":{"fMode":1,"speed":1}})"));
    CHECK(set("medium") == with(R"({"channel":0,"fan":{"fMode":1,"speed":2}})"));
    CHECK(set("high") == with(R"({"channel":0,"fan":{"fMode":1,"speed":3}})"));
}

TEST_CASE("mts300: modes and presets", "[meross][mts300]") {
    auto bench = hvac();
    const auto mode = [&](std::string_view w) { return sent(bench, "climate", "mode", word(w)); };
    CHECK(mode("off") == with(R"({"channel":0,"mode":0})"));
    CHECK(mode("heat") == with(R"({"channel":0,"mode":1})"));
    CHECK(mode("cool") == with(R"({"channel":0,"mode":2})"));
    CHECK(mode("heat_cool") == with(R"({"channel":0,"mode":3})"));
    const auto preset = [&](std::string_view w) { return sent(bench, "climate", "preset_mode", word(w)); };
    CHECK(preset("custom") == with(R"({"channel":0,"work":1})"));
    CHECK(preset("auto") == with(R"({"channel":0,"work":2})"));
    CHECK(bench.command("climate", "mode", word("dry")).has_error());
}

TEST_CASE("mts300: a temperature leaves the schedule and goes where the mode says", "[meross][mts300]") {
    auto bench = hvac();
    const auto set = [&](std::string_view name, double degrees) {
        return sent(bench, "climate", name, degrees);
    };
    refuses(bench, "temperature", "not yet told its mode");
    bench.feed("Control.Thermostat.ModeC", first_push);
    CHECK(set("temperature_low", 20) ==
          with(R"({"channel":0,"mode":3,"work":1,"targetTemp":{"heat":2000,"cold":2400}})"));
    CHECK(set("temperature_high", 25) ==
          with(R"({"channel":0,"mode":3,"work":1,"targetTemp":{"heat":2100,"cold":2500}})"));
    refuses(bench, "temperature", "temperature_low and temperature_high");
    push(bench, R"("mode":1)");
    CHECK(set("temperature", 21.5) == with(R"({"channel":0,"mode":1,"work":1,"targetTemp":{"heat":2150}})"));
    CHECK(set("temperature", 35) == with(R"({"channel":0,"mode":1,"work":1,"targetTemp":{"heat":3500}})"));
    refuses(bench, "temperature_low", "one set point");
    push(bench, R"("mode":2)");
    CHECK(set("temperature", 5) == with(R"({"channel":0,"mode":2,"work":1,"targetTemp":{"cold":500}})"));
    refuses(bench, "temperature_high", "one set point");
    push(bench, R"("mode":0)");
    refuses(bench, "temperature", "is off");
    refuses(bench, "temperature_high", "is off");
}

TEST_CASE("mts300: two halves of one wish arrive together", "[meross][mts300]") {
    auto bench = hvac();
    bench.feed("Control.Thermostat.ModeC", first_push);  // 21 and 24
    const auto high = [&] { return sent(bench, "climate", "temperature_high", 28.0); };
    bench.accept("climate", "temperature_low", 25.0);  // above 24: the device may have left it alone
    bench.pass(1s);
    CHECK(high() == with(R"({"channel":0,"mode":3,"work":1,"targetTemp":{"heat":2500,"cold":2800}})"));
    bench.pass(1min);
    CHECK(high() == with(R"({"channel":0,"mode":3,"work":1,"targetTemp":{"heat":2100,"cold":2800}})"));
}

TEST_CASE("mts300 9.1.12: 99999 minutes are no hold", "[meross][mts300]") {
    auto bench = hvac();
    const auto hold = [&](bool on) { return sent(bench, "fan_hold", "state", on); };
    CHECK(hold(true) == with(R"({"channel":0,"fan":{"hTime":60}})"));
    CHECK(hold(false) == with(R"({"channel":0,"fan":{"hTime":99999}})"));
    auto seen = push(bench, R"("fan":{"hTime":90})");
    CHECK(state(seen, "fan_hold") == model::Value(true));
    CHECK(number(seen, "fan_hold_time") == 90);
    seen = push(bench, R"("fan":{"hTime":99999})");
    CHECK(state(seen, "fan_hold") == model::Value(false));
    CHECK(state(seen, "fan_hold_time") == model::Value());
    CHECK(hold(true) == with(R"({"channel":0,"fan":{"hTime":90}})"));  // as it was
    const auto minutes = [&](std::int64_t n) { return sent(bench, "fan_hold_time", "state", n); };
    CHECK(minutes(1) == with(R"({"channel":0,"fan":{"hTime":1}})"));
    CHECK(minutes(1440) == with(R"({"channel":0,"fan":{"hTime":1440}})"));

    auto later = hvac();
    for (const auto& feature : later.features())
        if (feature->memory_topic() == "fan_hold") feature->restore(json(R"({"minutes":90})"), 0);
    CHECK(sent(later, "fan_hold", "state", true) == with(R"({"channel":0,"fan":{"hTime":90}})"));
}

TEST_CASE("mts300 9.1.12: an empty list answers the wrong question and says nothing", "[meross][mts300]") {
    auto bench = hvac();
    for (std::string_view payload : {R"({"control":[]})", R"({"control":{}})", "null", "[]",
                                     R"({"control":7})", R"({"control":[{"channel":1,"mode":1}]})",
                                     R"({"control":[{"channel":0,"mode":"x","more":7,"fan":[]}]})"})
        CHECK(bench.feed("Control.Thermostat.ModeC", payload).empty());
    // installer settings come under the same key, in a namespace of their own
    CHECK(bench.feed("Control.Thermostat.System", R"({"control":[{"channel":0,"mode":1}]})").empty());
}

TEST_CASE("mts300: its settings have its scales and limits", "[meross][mts300]") {
    Bench bench(facts_of("mts300",
                         {"Control.Thermostat.ModeC", "Control.Thermostat.Calibration",
                          "Control.Thermostat.HoldAction", "Control.Screen.Brightness", "Control.TempUnit"}));
    CHECK(bench.entity("calibration").parts[0].range == model::NumberRange{-4.5, 4.5, 0.1});
    CHECK_FALSE(bench.has("humidity_calibration"));
    auto seen =
        bench.feed("Control.Thermostat.Calibration",
                   R"({"calibration":[{"channel":0,"value":150,"min":-450,"max":450,"humiValue":-60}]})");
    CHECK(number(seen, "calibration") == 1.5);
    CHECK(number(seen, "humidity_calibration") == -6);
    CHECK(bench.command("calibration", -4.5).value().request.payload ==
          json(R"({"calibration":[{"channel":0,"value":-450}]})"));
    CHECK(bench.command("humidity_calibration", -5.0).value().request.payload ==
          json(R"({"calibration":[{"channel":0,"humiValue":-50}]})"));
    seen = bench.feed("Control.Thermostat.HoldAction",
                      R"({"holdAction":[{"channel":0,"mode":1,"expire":1748865629}]})");
    CHECK(state(seen, "hold_action") == word("next_schedule"));
    CHECK(bench.command("hold_time", 60.0).value().request.payload ==
          json(R"({"holdAction":[{"channel":0,"mode":2,"time":60}]})"));
    CHECK(bench.command("screen_standby", 12.5).value().request.payload ==
          json(R"({"brightness":[{"channel":0,"standby":12.5}]})"));
}

TEST_CASE("mts300 9.1.12: an installer's settings are there once told, and off by default",
          "[meross][mts300]") {
    Bench bench(facts_of("mts300", {"Control.Thermostat.ModeC", "Config.DeviceCfg", "Control.AlertConfig",
                                    "Control.Thermostat.System"}));
    CHECK_FALSE(bench.has("threshold_heat1"));
    CHECK_FALSE(bench.has("alert_malfunction"));
    CHECK_FALSE(bench.has("wiring"));
    for (const auto* name : {"Config.DeviceCfg", "Control.AlertConfig"})
        CHECK(bench.poll(name).value().request.payload == json(R"({"config":[{"channel":0}]})"));

    auto seen = bench.feed("Config.DeviceCfg", R"({"config":[{"channel":0,"mts300Cfg":{"eH":2,
        "fan":{"wTime":0},"threshold":{"heat1":50,"heat2":150,"cold1":50,"cmTime":5,"hrs":0}}}]})");
    CHECK(number(seen, "threshold_heat1") == 0.5);
    CHECK(number(seen, "threshold_cold_time") == 5);
    CHECK_FALSE(bench.entity("threshold_heat1").enabled_by_default);
    CHECK_FALSE(bench.has("threshold_aux1"));
    CHECK(bench.command("threshold_heat1", 0.7).value().request.payload ==
          json(R"({"config":[{"channel":0,"mts300Cfg":{"threshold":
                   {"heat1":70,"heat2":150,"cold1":50,"cmTime":5,"hrs":0}}}]})"));

    seen = bench.feed("Control.AlertConfig", R"({"config":[{"channel":0,"type":5,
        "value":{"mts300":{"hcMal":1,"auxLO":2,"auxLOT":240}}}]})");
    CHECK(state(seen, "alert_malfunction") == model::Value(true));
    CHECK(state(seen, "alert_aux_heat") == model::Value(false));
    CHECK(
        bench.command("alert_malfunction", false).value().request.payload ==
        json(R"({"config":[{"channel":0,"type":5,"value":{"mts300":{"hcMal":2,"auxLO":2,"auxLOT":240}}}]})"));

    seen = bench.feed("Control.Thermostat.System", R"({"control":[{"channel":0,"fLevel":1,"sysType":0,
        "wire":{"R":2,"C":1}}]})");
    CHECK(number(seen, "wiring") == 0);
    const auto about = state(seen, "wiring", "attributes");
    CHECK(std::get<model::Attributes>(about).size() == 4);
    CHECK_FALSE(bench.entity("wiring").enabled_by_default);

    for (std::string_view payload : {"null", R"({"config":[]})", R"({"config":[{"channel":0}]})",
                                     R"({"config":[{"channel":0,"mts300Cfg":7,"value":[]}]})"})
        for (std::string_view name : {"Config.DeviceCfg", "Control.AlertConfig"})
            CHECK(bench.feed(name, payload).empty());
}
