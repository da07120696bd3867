#include <array>

#include "meross/features/channel_setting.hpp"
#include "meross/features/features.hpp"
#include "meross/features/thermostat_scale.hpp"

namespace lanbridge::meross {
namespace {

/// Heats below a temperature even when the thermostat is off.
constexpr std::array<ChannelSetting, 3> frost(double scale) {
    return {{{.entity = "frost",
              .member = "value",
              .scale = scale,
              .range = {5, 15, 0.5},
              .told_limits = true,
              .unit = "°C",
              .device_class = "temperature"},
             {.entity = "frost_switch", .member = "onoff", .component = model::Component::switch_},
             {.entity = "frost_warning",
              .member = "warning",
              .component = model::Component::binary_sensor,
              .device_class = "problem"}}};
}

constexpr auto of_mts200 = frost(tenths);
constexpr auto of_mts960 = frost(hundredths);

}  // namespace

FeaturePtr make_frost(const Facts& facts) {
    if (!facts.has(ns::frost)) return nullptr;
    const std::span<const ChannelSetting> rows = native_degree(facts) == tenths ? of_mts200 : of_mts960;
    return std::make_unique<ChannelSettings>(ns::frost, "frost", rows);
}

}  // namespace lanbridge::meross
