#include "lanbridge/sim/blueprint.hpp"

#include <array>
#include <string_view>

#include "sim/payload.hpp"

namespace lanbridge::sim {

namespace {

/// What a namespace that is listed but of which nothing is known answers with.
struct DefaultRow {
    std::string_view name_space;
    std::string_view type;  ///< prefix of the device's type; "" = any. The first row that fits counts.
    std::string_view payload;
};
constexpr std::array defaults{
    DefaultRow{"Appliance.System.DNDMode", "", R"({"DNDMode":{"mode":0}})"},
    DefaultRow{"Appliance.System.Runtime", "", R"({"runtime":{"signal":100}})"},
    DefaultRow{"Appliance.Control.PhysicalLock", "", R"({"lock":[{"channel":0,"onoff":0}]})"},
    DefaultRow{"Appliance.Control.Fan", "", R"({"fan":[{"channel":0,"speed":0,"maxSpeed":4}]})"},
    DefaultRow{"Appliance.Control.FilterMaintenance", "",
               R"({"filter":[{"channel":0,"life":100,"lmTime":0}]})"},
    DefaultRow{"Appliance.RollerShutter.Adjust", "", R"({"adjust":[{"channel":0,"status":0}]})"},
    DefaultRow{"Appliance.RollerShutter.Config", "",
               R"({"config":[{"channel":0,"signalClose":20000,"signalOpen":30000}]})"},
    DefaultRow{"Appliance.RollerShutter.Position", "", R"({"position":[{"channel":0,"position":0}]})"},
    DefaultRow{"Appliance.RollerShutter.State", "", R"({"state":[{"channel":0,"state":0}]})"},
    DefaultRow{"Appliance.Control.TempUnit", "", R"({"tempUnit":[{"channel":0,"tempUnit":1}]})"},
    DefaultRow{"Appliance.Control.Thermostat.HoldAction", "",
               R"({"holdAction":[{"channel":0,"mode":0,"time":0}]})"},
    DefaultRow{"Appliance.Control.Thermostat.Calibration", "mts300",
               R"({"calibration":[{"channel":0,"value":0,"min":-450,"max":450,"humiValue":0}]})"},
    DefaultRow{"Appliance.Control.Thermostat.Calibration", "mts960",
               R"({"calibration":[{"channel":0,"value":0,"min":-2000,"max":2000}]})"},
    DefaultRow{"Appliance.Control.Thermostat.Calibration", "",
               R"({"calibration":[{"channel":0,"value":0,"min":-80,"max":80}]})"},
    DefaultRow{"Appliance.Control.Thermostat.DeadZone", "mts960",
               R"({"deadZone":[{"channel":0,"value":50,"min":50,"max":2000}]})"},
    DefaultRow{"Appliance.Control.Thermostat.DeadZone", "",
               R"({"deadZone":[{"channel":0,"value":5,"min":5,"max":35}]})"},
    DefaultRow{"Appliance.Control.Thermostat.Frost", "mts960",
               R"({"frost":[{"channel":0,"onoff":1,"value":500,"min":500,"max":1500,"warning":0}]})"},
    DefaultRow{"Appliance.Control.Thermostat.Frost", "",
               R"({"frost":[{"channel":0,"onoff":1,"value":50,"min":50,"max":150,"warning":0}]})"},
    DefaultRow{
        "Appliance.Control.Thermostat.Overheat", "",
        R"({"overheat":[{"channel":0,"onoff":0,"value":320,"min":200,"max":700,"warning":0,"currentTemp":320}]})"},
};

/// Hubs have a larger output buffer than everything else.
constexpr std::size_t hub_max_reply = 4000;

void fill_from_digest(Blueprint& blueprint) {
    for (const auto& row : digest_rows()) {
        const auto* value = digest_value(blueprint.all, row);
        if (value == nullptr || !blueprint.supports(row.name_space)) continue;
        if (blueprint.silent.contains(row.name_space) || blueprint.state.contains(row.name_space)) continue;
        auto& payload = blueprint.state[std::string(row.name_space)];
        payload = Json::object();
        payload[std::string(row.key)] = *value;
        if (row.group == "diffuser")
            payload["type"] = string_or(blueprint.all, {"digest", "diffuser", "type"}, "");
    }
}

void fill_defaults(Blueprint& blueprint) {
    const auto type = blueprint.type();
    for (const auto& row : defaults) {
        if (!blueprint.supports(row.name_space) || !type.starts_with(row.type)) continue;
        if (blueprint.silent.contains(row.name_space) || blueprint.refused.contains(row.name_space)) continue;
        if (!blueprint.state.emplace(row.name_space, Json::parse(row.payload)).second) continue;
        if (Grammar(row.name_space, false).push_query) blueprint.push_queries.emplace(row.name_space);
    }
}

}  // namespace

void complete(Blueprint& blueprint) {
    blueprint.max_cmd_num =
        static_cast<int>(int_or(blueprint.ability, {"Appliance.Control.Multiple", "maxCmdNum"}, 0));
    if (blueprint.supports("Appliance.Digest.Hub") ||
        find_member(blueprint.all, {"digest", "hub"}) != nullptr) {
        blueprint.max_reply = std::max(blueprint.max_reply, hub_max_reply);
    }
    fill_from_digest(blueprint);
    fill_defaults(blueprint);
}

}  // namespace lanbridge::sim
