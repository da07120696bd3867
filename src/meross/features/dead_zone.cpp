#include <array>

#include "meross/features/channel_setting.hpp"
#include "meross/features/features.hpp"
#include "meross/features/thermostat_scale.hpp"

namespace lanbridge::meross {
namespace {

/// How far the temperature may be off before the device acts: a difference, see calibration.cpp.
constexpr ChannelSetting dead_zone(double scale, double max) {
    return {.entity = "deadzone",
            .member = "value",
            .scale = scale,
            .range = {0.5, max, 0.1},
            .told_limits = true,
            .unit = "°C"};
}

constexpr std::array of_mts200{dead_zone(tenths, 3.5)};
constexpr std::array of_mts960{dead_zone(hundredths, 20)};

}  // namespace

FeaturePtr make_dead_zone(const Facts& facts) {
    if (!facts.has(ns::dead_zone)) return nullptr;
    const std::span<const ChannelSetting> rows = native_degree(facts) == tenths ? of_mts200 : of_mts960;
    return std::make_unique<ChannelSettings>(ns::dead_zone, "deadZone", rows);
}

}  // namespace lanbridge::meross
