#include <array>

#include "meross/features/channel_setting.hpp"
#include "meross/features/features.hpp"
#include "meross/features/names.hpp"

namespace lanbridge::meross {
namespace {

/// The device knows eight levels of brightness.
constexpr model::NumberRange eighths{0, 100, 12.5};

constexpr std::array rows{
    ChannelSetting{.entity = "screen_operation", .member = "operation", .range = eighths, .unit = "%"},
    ChannelSetting{.entity = "screen_standby", .member = "standby", .range = eighths, .unit = "%"}};

}  // namespace

FeaturePtr make_screen(const Facts& facts) {
    if (!facts.has(ns::screen_brightness)) return nullptr;
    return std::make_unique<ChannelSettings>(ns::screen_brightness, "brightness", rows);
}

}  // namespace lanbridge::meross
