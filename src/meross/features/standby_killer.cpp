#include <array>

#include "meross/features/channel_setting.hpp"
#include "meross/features/features.hpp"
#include "meross/features/names.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::array settings{
    ChannelSetting{.entity = "standby_killer",
                   .member = "enable",
                   .component = model::Component::switch_,
                   .on = 1,
                   .off = 2},
    ChannelSetting{.entity = "standby_power",
                   .member = "power",
                   .scale = 1000,  // mW
                   .range = {0, 100, 0.1},
                   .unit = "W",
                   .device_class = "power"},
    ChannelSetting{.entity = "standby_time",
                   .member = "time",
                   .range = {60, 3600, 60},
                   .unit = "s",
                   .device_class = "duration"},
    ChannelSetting{.entity = "standby_alert",
                   .member = "alert",
                   .component = model::Component::switch_,
                   .on = 1,
                   .off = 2,
                   .enabled = false},
};

}  // namespace

/// Cuts the relay of a plug whose load has stayed below a power for a time. The device takes all its settings
/// at once.
FeaturePtr make_standby_killer(const Facts& facts) {
    if (!facts.has(ns::standby_killer)) return nullptr;
    return std::make_unique<ChannelSettings>(ns::standby_killer, "config", settings, SetScope::object);
}

}  // namespace lanbridge::meross
