// What an installer sets on the mts300, off by default: a wrong value makes the plant run badly.
#include <array>

#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/nested_settings.hpp"

namespace lanbridge::meross {
namespace {

/// By how much the temperature has to be off for a stage to run: a difference, see calibration.cpp.
constexpr ChannelSetting stage(std::string_view entity, std::string_view member) {
    return {.entity = entity,
            .member = member,
            .scale = 100,
            .range = {0, 10, 0.1},
            .unit = "°C",
            .if_told = true,
            .enabled = false};
}

constexpr ChannelSetting minutes(std::string_view entity, std::string_view member) {
    return {.entity = entity,
            .member = member,
            .range = {0, 1440, 1},
            .unit = "min",
            .device_class = "duration",
            .if_told = true,
            .enabled = false};
}

constexpr std::array thresholds{
    stage("threshold_heat1", "heat1"),
    stage("threshold_heat2", "heat2"),
    stage("threshold_heat3", "heat3"),
    stage("threshold_cold1", "cold1"),
    stage("threshold_cold2", "cold2"),
    stage("threshold_aux1", "aux1"),
    stage("threshold_aux2", "aux2"),
    stage("threshold_aux3", "aux3"),
    minutes("threshold_hd_time", "hdTime"),
    minutes("threshold_cd_time", "cdTime"),
    minutes("threshold_aux_time", "auxHMTime"),
    minutes("threshold_heat_time", "hmTime"),
    minutes("threshold_cold_time", "cmTime"),
    minutes("threshold_compressor_time", "comdTime"),
};

/// 1 = on; what stands for off was never seen: 2, as in the newer namespaces.
constexpr ChannelSetting alert(std::string_view entity, std::string_view member) {
    return {.entity = entity,
            .member = member,
            .component = model::Component::switch_,
            .on = 1,
            .off = 2,
            .if_told = true,
            .enabled = false};
}

constexpr std::array alerts{alert("alert_malfunction", "hcMal"), alert("alert_aux_heat", "auxLO")};

}  // namespace

FeaturePtr make_hvac_thresholds(const Facts& facts) {
    if (!facts.has(ns::device_cfg) || !facts.has(ns::thermostat_mode_c)) return nullptr;
    return std::make_unique<NestedSettings>(ns::device_cfg, "config", thresholds,
                                            std::vector<std::string_view>{"mts300Cfg", "threshold"});
}

FeaturePtr make_hvac_alerts(const Facts& facts) {
    if (!facts.has(ns::alert_config) || !facts.has(ns::thermostat_mode_c)) return nullptr;
    return std::make_unique<NestedSettings>(ns::alert_config, "config", alerts,
                                            std::vector<std::string_view>{"value", "mts300"}, "type");
}

}  // namespace lanbridge::meross
