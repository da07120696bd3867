#include <array>

#include "meross/features/channel_setting.hpp"
#include "meross/features/features.hpp"
#include "meross/features/names.hpp"

namespace lanbridge::meross {
namespace {

constexpr ChannelSetting limit(std::string_view entity, std::string_view member) {
    return {.entity = entity,
            .member = member,
            .scale = 100,
            .range = {-30, 110, 1},
            .told_limits = true,
            .unit = "°C",
            .device_class = "temperature"};
}

/// Between which temperatures the socket can be set: the climate's own limits.
constexpr std::array rows{limit("ctl_min", "ctlMin"), limit("ctl_max", "ctlMax")};

}  // namespace

FeaturePtr make_ctl_range(const Facts& facts) {
    if (!facts.has(ns::ctl_range)) return nullptr;
    return std::make_unique<ChannelSettings>(ns::ctl_range, "ctlRange", rows, SetScope::object);
}

}  // namespace lanbridge::meross
