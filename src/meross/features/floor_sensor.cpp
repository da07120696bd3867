#include <array>

#include "meross/features/channel_setting.hpp"
#include "meross/features/features.hpp"
#include "meross/features/names.hpp"

namespace lanbridge::meross {
namespace {

/// Which probe the thermostat follows: its own, or the one on a cable.
constexpr std::array rows{
    ChannelSetting{.entity = "external_sensor", .member = "mode", .component = model::Component::switch_}};

}  // namespace

FeaturePtr make_floor_sensor(const Facts& facts) {
    if (!facts.has(ns::floor_sensor)) return nullptr;
    return std::make_unique<ChannelSettings>(ns::floor_sensor, "sensor", rows);
}

}  // namespace lanbridge::meross
