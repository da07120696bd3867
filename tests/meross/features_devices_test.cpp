#include "meross/features_support.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using Keys = std::vector<std::string>;

namespace {

struct Kind {
    std::string_view type;
    std::vector<std::string_view> abilities;
    std::string_view digest;
    std::vector<std::pair<std::string_view, std::string_view>> answers;  // what shapes the entity list
    Keys keys;
};

const std::string_view plain =
    R"({"togglex":[{"channel":0,"onoff":0,"lmTime":1}],"triggerx":[],"timerx":[]})";
const std::string_view old = R"({"toggle":{"onoff":0,"lmTime":1},"trigger":[],"timer":[]})";
const Keys metering_plug{"current", "energy", "led", "power", "signal", "switch_0", "voltage"};

std::vector<Kind> kinds() {
    return {
        {"mss210",
         {"Control.Toggle", "System.DNDMode", "System.Runtime"},
         old,
         {},
         {"led", "signal", "switch_0"}},
        {"mss110",
         {"Control.ToggleX", "Config.OverTemp", "System.DNDMode", "System.Runtime", "Encrypt.ECDHE"},
         plain,
         {{"Config.OverTemp", R"({"overTemp":{"enable":1,"type":-1}})"}},
         {"led", "over_temp", "signal", "switch_0"}},
        {"mss310",
         {"Control.Toggle", "Control.Electricity", "Control.ConsumptionX", "System.DNDMode",
          "System.Runtime"},
         old,
         {},
         metering_plug},
        {"mss310",
         {"Control.ToggleX", "Control.Electricity", "Control.ConsumptionX", "Control.ConsumptionConfig",
          "System.DNDMode", "System.Runtime"},
         plain,
         {},
         metering_plug},
        {"mss310r",
         {"Control.ToggleX", "Control.Electricity", "Control.ConsumptionX", "System.DNDMode",
          "System.Runtime"},
         plain,
         {},
         metering_plug},
        {"mss305",
         {"Control.ToggleX", "Control.Electricity", "Control.ConsumptionX", "Control.ConsumptionH",
          "Config.OverTemp", "Config.StandbyKiller", "Control.OverTemp", "System.DNDMode", "System.Runtime"},
         R"({"togglex":[{"channel":0,"onoff":1,"lmTime":1}]})",
         {{"Config.OverTemp", R"({"overTemp":{"enable":1,"type":1}})"}},
         {"current", "energy", "led", "over_temp", "over_temp_type", "power", "signal", "standby_alert",
          "standby_killer", "standby_power", "standby_time", "switch_0", "voltage"}},
    };
}

}  // namespace

TEST_CASE("every kind of plug announces the entities of its row", "[meross][devices]") {
    for (const auto& kind : kinds()) {
        Bench plug(facts_of(kind.type, kind.abilities, kind.digest));
        for (const auto& [name, answer] : kind.answers) plug.feed(name, answer);
        INFO(kind.type);
        CHECK(plug.keys() == kind.keys);
    }
}

TEST_CASE("an energy monitor announces 37 entities", "[meross][devices]") {
    Bench em06(facts_of("em06", {"Control.ElectricityX", "Control.ConsumptionH", "System.Runtime"}));
    CHECK(em06.keys().size() == 37);
}

TEST_CASE("no two features of a device make the same entity or read what another owns", "[meross][devices]") {
    auto all = kinds();
    for (const auto& kind : all) {
        Bench plug(facts_of(kind.type, kind.abilities, kind.digest));
        auto keys = plug.keys();
        CHECK(std::ranges::adjacent_find(keys) == keys.end());
        for (auto ability : kind.abilities)
            CHECK(std::ranges::count_if(plug.features(),
                                        [&](const auto& f) { return f->reads(full(ability)); }) <= 1);
    }
}

TEST_CASE("a device without any known ability has no features", "[meross][devices]") {
    CHECK(Bench(facts_of("mss310", {})).features().empty());
}
