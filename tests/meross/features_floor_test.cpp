#include "meross/features_support.hpp"
#include "support/catch.hpp"

// What floor thermostats have beside their climate: window, floor, probes.

using namespace lanbridge;
using namespace lanbridge::test;
using Keys = std::vector<std::string>;
using Component = model::Component;
using Range = model::NumberRange;

namespace {

Bench mts200b() {
    return Bench(facts_of("mts200b", {"Control.Thermostat.Mode", "Control.Thermostat.WindowOpened",
                                      "Control.Thermostat.Overheat", "Control.Thermostat.Sensor"}));
}

model::Value word(std::string_view text) { return std::string(text); }

}  // namespace

TEST_CASE("window: its state, and whether it is looked for", "[meross][thermostat]") {
    constexpr std::string_view ns = "Control.Thermostat.WindowOpened";
    auto bench = mts200b();
    CHECK(bench.entity("window").device_class == "window");
    CHECK_FALSE(bench.has("window_detection"));
    CHECK(state(bench.feed(ns, R"({"windowOpened":[{"channel":0,"status":1,"lmTime":1}]})"), "window") ==
          model::Value(true));
    CHECK_FALSE(bench.has("window_detection"));
    CHECK(state(bench.feed(ns, R"({"windowOpened":[{"channel":0,"status":0,"detect":0}]})"),
                "window_detection") == model::Value(false));
    CHECK(bench.command("window_detection", true).value().request.payload ==
          json(R"({"windowOpened":[{"channel":0,"detect":1}]})"));
    CHECK_FALSE(bench.command("window", true).has_value());
}

TEST_CASE("overheat protection of the floor", "[meross][thermostat]") {
    constexpr std::string_view ns = "Control.Thermostat.Overheat";
    auto bench = mts200b();
    CHECK(bench.entity("overheat").parts[0].range == Range{20, 70, 0.5});
    CHECK(bench.entity("overheat_warning").parts[0].options == Keys{"ok", "overheating", "disconnected"});
    CHECK(bench.entity("overheat_warning").device_class == "enum");
    CHECK(bench.entity("floor_temperature").device_class == "temperature");
    auto seen = bench.feed(
        ns,
        R"({"overheat":[{"channel":0,"warning":0,"value":335,"onoff":1,"min":200,"max":700,"currentTemp":355}]})");
    CHECK(number(seen, "overheat") == 33.5);
    CHECK(state(seen, "overheat_switch") == model::Value(true));
    CHECK(state(seen, "overheat_warning") == word("ok"));
    CHECK(number(seen, "floor_temperature") == 35.5);
    CHECK(state(bench.feed(ns, R"({"overheat":[{"channel":0,"warning":1}]})"), "overheat_warning") ==
          word("overheating"));
    // an unknown warning becomes a word of its own, described before it is told
    CHECK(state(bench.feed(ns, R"({"overheat":[{"channel":0,"warning":4}]})"), "overheat_warning") ==
          word("4"));
    CHECK(bench.entity("overheat_warning").parts[0].options ==
          Keys{"ok", "overheating", "disconnected", "4"});
    const auto set = [&](std::string_view entity, model::Value value) {
        return bench.command(entity, std::move(value)).value().request.payload;
    };
    CHECK(set("overheat", 20.0) == json(R"({"overheat":[{"channel":0,"value":200}]})"));
    CHECK(set("overheat", 70.0) == json(R"({"overheat":[{"channel":0,"value":700}]})"));
    CHECK(set("overheat_switch", false) == json(R"({"overheat":[{"channel":0,"onoff":0}]})"));
    bench.refuse(ns);
    for (const auto* key : {"overheat", "overheat_switch", "overheat_warning", "floor_temperature"})
        CHECK_FALSE(bench.has(key));
    CHECK(bench.has("external_sensor"));
}

TEST_CASE("mts200b 7.6.9: without its probe the floor has no temperature, not 0 degrees",
          "[meross][thermostat]") {
    constexpr std::string_view ns = "Control.Thermostat.Overheat";
    auto bench = mts200b();
    CHECK(number(bench.feed(ns, R"({"overheat":[{"channel":0,"warning":0,"currentTemp":240}]})"),
                 "floor_temperature") == 24);
    auto seen = bench.feed(ns, R"({"overheat":[{"channel":0,"warning":2,"value":250,"currentTemp":0}]})");
    CHECK(state(seen, "overheat_warning") == word("disconnected"));
    REQUIRE(std::ranges::find(seen, "floor_temperature", &model::Observation::entity) != seen.end());
    CHECK(state(seen, "floor_temperature") == model::Value());
    seen = bench.feed(ns, R"({"overheat":[{"channel":0,"warning":0,"currentTemp":0}]})");
    CHECK(number(seen, "floor_temperature") == 0);  // a probe that measures frost
}

TEST_CASE("the thermostat follows one of two probes", "[meross][thermostat]") {
    constexpr std::string_view ns = "Control.Thermostat.Sensor";
    auto bench = mts200b();
    CHECK(bench.entity("external_sensor").component == Component::switch_);
    CHECK(bench.entity("external_sensor").category == model::Category::config);
    CHECK(state(bench.feed(ns, R"({"sensor":[{"channel":0,"mode":1}]})"), "external_sensor") ==
          model::Value(true));
    CHECK(state(bench.feed(ns, R"({"sensor":[{"channel":0,"mode":0}]})"), "external_sensor") ==
          model::Value(false));
    CHECK(bench.command("external_sensor", false).value().request.payload ==
          json(R"({"sensor":[{"channel":0,"mode":0}]})"));
    CHECK(bench.command("external_sensor", true).value().request.payload ==
          json(R"({"sensor":[{"channel":0,"mode":1}]})"));
}
