#include <array>

#include "meross/features/channel_setting.hpp"
#include "meross/features/features.hpp"
#include "meross/features/names.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::array<std::string_view, 2> units{"°C", "°F"};  // 1, 2

/// Of the device's own display; payloads are in Celsius always.
constexpr std::array rows{ChannelSetting{.entity = "temp_unit",
                                         .member = "tempUnit",
                                         .component = model::Component::select,
                                         .options = units,
                                         .first_option = 1}};

}  // namespace

FeaturePtr make_temp_unit(const Facts& facts) {
    if (!facts.has(ns::temp_unit)) return nullptr;
    return std::make_unique<ChannelSettings>(ns::temp_unit, "tempUnit", rows);
}

}  // namespace lanbridge::meross
