#include "meross/features_support.hpp"
#include "support/catch.hpp"

// The settings that the families of thermostats have in common.

using namespace lanbridge;
using namespace lanbridge::test;
using Keys = std::vector<std::string>;
using Range = model::NumberRange;
using Category = model::Category;
using Component = model::Component;

namespace {

constexpr std::string_view mode = "Control.Thermostat.Mode";
constexpr std::string_view mode_b = "Control.Thermostat.ModeB";
constexpr std::string_view mode_c = "Control.Thermostat.ModeC";

/// A device of one family with one more namespace, of which alone it is spoken.
Bench with(std::string_view family, std::string_view name_space) {
    return Bench(facts_of("mts", {family, name_space}));
}

std::string_view first_key(const Json& payload) { return payload.begin().key(); }

/// The payload of the one SET that a command becomes, once its manners were checked.
Json sent(const Bench& bench, std::string_view entity, model::Value value, std::string_view name_space) {
    const auto action = bench.command(entity, std::move(value)).value();
    CHECK(action.request.name_space == full(name_space));
    CHECK(action.request.method == meross::Method::set);
    CHECK(action.then.empty());
    CHECK(action.reply_is_reading);
    REQUIRE(action.read_back.size() == 1);
    CHECK(action.read_back[0].name_space == full(name_space));
    const auto& key = first_key(action.request.payload);
    CHECK(action.read_back[0].payload == json(R"({")" + std::string(key) + R"(":[{"channel":0}]})"));
    CHECK(bench.poll(name_space).value().request.payload == action.read_back[0].payload);
    return action.request.payload;
}

model::Value word(std::string_view text) { return std::string(text); }

}  // namespace

TEST_CASE("calibration: tenths, and the limits that the device tells", "[meross][thermostat]") {
    constexpr std::string_view ns = "Control.Thermostat.Calibration";
    auto bench = with(mode, ns);
    REQUIRE(bench.has("calibration"));
    const auto before = bench.entity("calibration");
    CHECK(before.component == Component::number);
    CHECK(before.category == Category::config);
    CHECK(before.unit == "°C");
    CHECK(before.device_class.empty());  // a difference must not be converted
    CHECK(before.parts[0].range == Range{-8, 8, 0.1});
    const auto seen =
        bench.feed(ns, R"({"calibration":[{"channel":0,"value":-8,"min":-45,"max":45,"lmTime":1}]})");
    CHECK(number(seen, "calibration") == -0.8);
    CHECK(bench.entity("calibration").parts[0].range == Range{-4.5, 4.5, 0.1});  // the us model
    CHECK(bench.feed(ns, R"({"calibration":[]})").empty());
    CHECK(bench.feed(ns, R"({"calibration":[{"channel":1,"value":5}]})").empty());
    CHECK(number(bench.feed(ns, R"({"calibration":{"value":12}})"), "calibration") == 1.2);
    CHECK(bench.entity("calibration").parts[0].range == Range{-4.5, 4.5, 0.1});  // a partial object
    CHECK(sent(bench, "calibration", -0.8, ns) == json(R"({"calibration":[{"channel":0,"value":-8}]})"));
    CHECK(sent(bench, "calibration", 0.3, ns) == json(R"({"calibration":[{"channel":0,"value":3}]})"));
    CHECK(sent(bench, "calibration", std::int64_t{0}, ns) ==
          json(R"({"calibration":[{"channel":0,"value":0}]})"));
    CHECK_FALSE(bench.has("humidity_calibration"));
    bench.refuse(ns);
    CHECK_FALSE(bench.has("calibration"));
}

TEST_CASE("mts960 4.2.6: calibration in hundredths", "[meross][thermostat]") {
    constexpr std::string_view ns = "Control.Thermostat.Calibration";
    auto bench = with(mode_b, ns);
    CHECK(bench.entity("calibration").parts[0].range == Range{-20, 20, 0.1});
    CHECK(number(bench.feed(ns, R"({"calibration":[{"channel":0,"value":-270,"min":-2000,"max":2000}]})"),
                 "calibration") == -2.7);
    CHECK(sent(bench, "calibration", -2.8, ns) == json(R"({"calibration":[{"channel":0,"value":-280}]})"));
}

TEST_CASE("mts300: humidity calibration is there once the device has told it", "[meross][thermostat]") {
    constexpr std::string_view ns = "Control.Thermostat.Calibration";
    auto bench = with(mode_c, ns);
    CHECK(bench.entity("calibration").parts[0].range == Range{-4.5, 4.5, 0.1});
    CHECK_FALSE(bench.has("humidity_calibration"));
    bench.feed(ns, R"({"calibration":[{"channel":0,"value":150,"min":-450,"max":450}]})");
    CHECK_FALSE(bench.has("humidity_calibration"));
    for (auto& feature : bench.features()) feature->take_description_changed();
    const auto seen =
        bench.feed(ns, R"({"calibration":[{"channel":0,"value":150,"min":-450,"max":450,"humiValue":-60}]})");
    CHECK(number(seen, "calibration") == 1.5);
    CHECK(number(seen, "humidity_calibration") == -6.0);
    CHECK(bench.entity("humidity_calibration").parts[0].range == Range{-5, 5, 0.1});
    CHECK(bench.entity("humidity_calibration").unit == "%");
    bool anew = false;
    for (auto& feature : bench.features()) anew = feature->take_description_changed() || anew;
    CHECK(anew);
    CHECK(sent(bench, "humidity_calibration", -0.5, ns) ==
          json(R"({"calibration":[{"channel":0,"humiValue":-5}]})"));
}

TEST_CASE("dead zone: limits and scale by family", "[meross][thermostat]") {
    constexpr std::string_view ns = "Control.Thermostat.DeadZone";
    auto bench = with(mode, ns);
    CHECK(bench.entity("deadzone").parts[0].range == Range{0.5, 3.5, 0.1});
    CHECK(number(bench.feed(ns, R"({"deadZone":[{"channel":0,"value":5,"min":5,"max":35}]})"), "deadzone") ==
          0.5);
    CHECK(bench.entity("deadzone").parts[0].range == Range{0.5, 3.5, 0.1});
    CHECK(sent(bench, "deadzone", 0.5, ns) == json(R"({"deadZone":[{"channel":0,"value":5}]})"));
    CHECK(sent(bench, "deadzone", 3.5, ns) == json(R"({"deadZone":[{"channel":0,"value":35}]})"));
    auto socket = with(mode_b, ns);
    CHECK(socket.entity("deadzone").parts[0].range == Range{0.5, 20, 0.1});
    CHECK(number(socket.feed(ns, R"({"deadZone":[{"channel":0,"value":300,"min":50,"max":2000}]})"),
                 "deadzone") == 3.0);
    CHECK(sent(socket, "deadzone", 3.1, ns) == json(R"({"deadZone":[{"channel":0,"value":310}]})"));
}

TEST_CASE("mts200b 7.6.5: an empty list for a wrong key never means absent", "[meross][thermostat]") {
    Bench bench(facts_of("mts200b", {mode, "Control.Thermostat.DeadZone", "Control.Thermostat.HoldAction"}));
    CHECK(bench.feed("Control.Thermostat.DeadZone", R"({"deadZone":[]})").empty());
    CHECK(bench.feed("Control.Thermostat.HoldAction", R"({"holdAction":[]})").empty());
    CHECK(bench.has("deadzone"));
    CHECK(bench.has("hold_action"));
    CHECK(bench.has("hold_time"));
}

TEST_CASE("frost: temperature, switch and warning, one at a time", "[meross][thermostat]") {
    constexpr std::string_view ns = "Control.Thermostat.Frost";
    auto bench = with(mode, ns);
    CHECK(bench.entity("frost").parts[0].range == Range{5, 15, 0.5});
    CHECK(bench.entity("frost").unit == "°C");
    CHECK(bench.entity("frost_switch").category == Category::config);
    CHECK(bench.entity("frost_warning").component == Component::binary_sensor);
    CHECK(bench.entity("frost_warning").device_class == "problem");
    const auto seen =
        bench.feed(ns, R"({"frost":[{"channel":0,"onoff":1,"value":50,"min":50,"max":150,"warning":0}]})");
    CHECK(number(seen, "frost") == 5);
    CHECK(state(seen, "frost_switch") == model::Value(true));
    CHECK(state(seen, "frost_warning") == model::Value(false));
    CHECK(state(bench.feed(ns, R"({"frost":[{"channel":0,"warning":1}]})"), "frost_warning") ==
          model::Value(true));
    CHECK(sent(bench, "frost", 6.0, ns) == json(R"({"frost":[{"channel":0,"value":60}]})"));
    CHECK(sent(bench, "frost", 12.5, ns) == json(R"({"frost":[{"channel":0,"value":125}]})"));
    CHECK(sent(bench, "frost_switch", false, ns) == json(R"({"frost":[{"channel":0,"onoff":0}]})"));
    CHECK(sent(bench, "frost_switch", true, ns) == json(R"({"frost":[{"channel":0,"onoff":1}]})"));
    CHECK_FALSE(bench.command("frost_warning", true).has_value());
    auto socket = with(mode_b, ns);
    CHECK(number(socket.feed(ns, R"({"frost":[{"channel":0,"onoff":0,"value":700,"min":500,"max":1500}]})"),
                 "frost") == 7);
    CHECK(socket.entity("frost").parts[0].range == Range{5, 15, 0.5});
    CHECK(sent(socket, "frost", 7.5, ns) == json(R"({"frost":[{"channel":0,"value":750}]})"));
}

TEST_CASE("hold action: a timer has a time and a time is a timer", "[meross][thermostat]") {
    constexpr std::string_view ns = "Control.Thermostat.HoldAction";
    auto bench = with(mode, ns);
    CHECK(bench.entity("hold_action").parts[0].options == Keys{"permanent", "next_schedule", "timer"});
    CHECK(bench.entity("hold_action").category == Category::config);
    CHECK(bench.entity("hold_time").parts[0].range == Range{0, 1440, 1});
    CHECK(bench.entity("hold_time").unit == "min");
    CHECK(sent(bench, "hold_action", word("timer"), ns) ==
          json(R"({"holdAction":[{"channel":0,"mode":2,"time":60}]})"));
    auto seen = bench.feed(ns, R"({"holdAction":[{"channel":0,"mode":0}]})");
    CHECK(state(seen, "hold_action") == word("permanent"));
    CHECK(state(seen, "hold_time") == model::Value());
    seen = bench.feed(ns, R"({"holdAction":[{"channel":0,"mode":2,"time":90,"expire":1748865629}]})");
    CHECK(state(seen, "hold_action") == word("timer"));
    CHECK(number(seen, "hold_time") == 90);
    CHECK(sent(bench, "hold_action", word("timer"), ns) ==
          json(R"({"holdAction":[{"channel":0,"mode":2,"time":90}]})"));
    CHECK(sent(bench, "hold_action", word("permanent"), ns) ==
          json(R"({"holdAction":[{"channel":0,"mode":0}]})"));
    CHECK(sent(bench, "hold_action", word("next_schedule"), ns) ==
          json(R"({"holdAction":[{"channel":0,"mode":1}]})"));
    for (const std::int64_t minutes : {0, 1, 720, 1440})
        CHECK(sent(bench, "hold_time", minutes, ns) ==
              json(R"({"holdAction":[{"channel":0,"mode":2,"time":)" + std::to_string(minutes) + "}]}"));
    // a mode that nobody knows yet is not shown
    CHECK(state(bench.feed(ns, R"({"holdAction":[{"channel":0,"mode":9}]})"), "hold_action") ==
          model::Value());
    CHECK_FALSE(bench.command("hold_action", word("never")).has_value());
}

TEST_CASE("screen: eighths of the brightness, as fractions", "[meross][thermostat]") {
    constexpr std::string_view ns = "Control.Screen.Brightness";
    auto bench = with(mode, ns);
    CHECK(bench.entity("screen_operation").parts[0].range == Range{0, 100, 12.5});
    CHECK(bench.entity("screen_standby").unit == "%");
    const auto seen = bench.feed(ns, R"({"brightness":[{"channel":0,"operation":100,"standby":12.5}]})");
    CHECK(number(seen, "screen_operation") == 100);
    CHECK(number(seen, "screen_standby") == 12.5);
    CHECK(number(bench.feed(ns, R"({"brightness":[{"channel":0,"standby":75.0,"standbyView":1}]})"),
                 "screen_standby") == 75);
    CHECK(sent(bench, "screen_standby", 12.5, ns) ==
          json(R"({"brightness":[{"channel":0,"standby":12.5}]})"));
    CHECK(dump_json(sent(bench, "screen_operation", 100.0, ns)) ==
          R"({"brightness":[{"channel":0,"operation":100}]})");
    CHECK(sent(bench, "screen_operation", std::int64_t{0}, ns) ==
          json(R"({"brightness":[{"channel":0,"operation":0}]})"));
}

TEST_CASE("the unit of the display is 1 or 2", "[meross][thermostat]") {
    constexpr std::string_view ns = "Control.TempUnit";
    auto bench = with(mode, ns);
    CHECK(bench.entity("temp_unit").component == Component::select);
    CHECK(bench.entity("temp_unit").parts[0].options == Keys{"°C", "°F"});
    CHECK(state(bench.feed(ns, R"({"tempUnit":[{"channel":0,"tempUnit":2}]})"), "temp_unit") == word("°F"));
    CHECK(state(bench.feed(ns, R"({"tempUnit":[{"channel":0,"tempUnit":1}]})"), "temp_unit") == word("°C"));
    CHECK(bench.feed(ns, R"({"tempUnit":[{"channel":0,"tempUnit":0}]})").empty());
    CHECK(sent(bench, "temp_unit", word("°C"), ns) == json(R"({"tempUnit":[{"channel":0,"tempUnit":1}]})"));
    CHECK(sent(bench, "temp_unit", word("°F"), ns) == json(R"({"tempUnit":[{"channel":0,"tempUnit":2}]})"));
}

TEST_CASE("the week of a thermostat is there once it has answered, and is sent whole",
          "[meross][thermostat]") {
    constexpr std::string_view ns = "Control.Thermostat.Schedule";
    auto bench = with(mode, ns);
    CHECK_FALSE(bench.has("schedule_mon"));
    CHECK(bench.feed(ns, R"({"schedule":[]})").empty());
    CHECK_FALSE(bench.has("schedule_mon"));
    const auto seen = bench.feed(ns, R"({"schedule":[{"channel":0,"section":3,
        "mon":[[390,200],[90,250],[960,200]],"tue":[[1440,200]],"wed":[[1440,200]],"thu":[[1440,200]],
        "fri":[[1440,200]],"sat":[[1440,200]],"sun":[[1440,200]]}]})");
    CHECK(state(seen, "schedule_mon") == word("00:00 20.0, 06:30 25.0, 08:00 20.0"));
    CHECK(bench.has("schedule_mon"));
    CHECK(bench.has("schedule_sun"));
    CHECK(sent(bench, "schedule_tue", word("00:00 18.0, 12:00 21.5"), ns) ==
          json(R"({"schedule":[{"channel":0,"mon":[[390,200],[90,250],[960,200]],
                   "tue":[[720,180],[720,215]],"wed":[[1440,200]],"thu":[[1440,200]],"fri":[[1440,200]],
                   "sat":[[1440,200]],"sun":[[1440,200]]}]})"));
    CHECK(bench.command("schedule_tue", word("00:00 18, 01:00 19, 02:00 20, 03:00 21")).has_error());
    CHECK(bench.command("schedule_tue", word("nonsense")).error().is(Errc::invalid_value));

    auto again = with(mode, ns);
    for (auto& feature : again.features()) feature->answered_before(full(ns));
    CHECK(again.has("schedule_mon"));
}

TEST_CASE("mts960 and mts300 keep their weeks in ScheduleB", "[meross][thermostat]") {
    constexpr std::string_view ns = "Control.Thermostat.ScheduleB";
    auto socket = with(mode_b, ns);
    CHECK(socket.poll(ns).value().request.payload == json(R"({"scheduleB":[{"channel":0}]})"));
    CHECK(state(socket.feed(ns, R"({"scheduleB":[{"channel":0,"section":12,"sun":[[1440,1900]],
                                    "fri":[[15,100],[1425,2000]]}]})"),
                "schedule_fri") == word("00:00 1.0, 00:15 20.0"));
    auto hvac = with(mode_c, ns);
    CHECK(state(hvac.feed(ns, R"({"scheduleB":[{"channel":0,"pre":{"enable":2,"time":30},
                                  "mon":[[360,2111,2611],[1080,2111,2388]]}]})"),
                "schedule_mon") == word("00:00 21.11/26.11, 06:00 21.11/23.88"));
    // a device that has both namespaces of the name means the one of its family
    CHECK_FALSE(with(mode, ns).poll(ns).has_value());
}

TEST_CASE("numbers that no device has are not believed", "[meross][thermostat]") {
    auto bench = with(mode, "Control.Thermostat.HoldAction");
    CHECK(bench.feed("Control.Thermostat.HoldAction", R"({"holdAction":[{"channel":0,"time":1e300}]})")
              .empty());
    for (const auto* payload :
         {"null", "[]", "7", R"({"holdAction":7})", R"({"holdAction":[7,{"mode":{}}]})"})
        CHECK(bench.feed("Control.Thermostat.HoldAction", payload).empty());
}
