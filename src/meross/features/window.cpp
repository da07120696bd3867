#include <array>

#include "meross/features/channel_setting.hpp"
#include "meross/features/features.hpp"
#include "meross/features/names.hpp"

namespace lanbridge::meross {
namespace {

/// A sudden fall of the temperature is taken for an open window.
constexpr std::array rows{ChannelSetting{.entity = "window",
                                         .member = "status",
                                         .component = model::Component::binary_sensor,
                                         .device_class = "window"},
                          ChannelSetting{.entity = "window_detection",
                                         .member = "detect",
                                         .component = model::Component::switch_,
                                         .if_told = true,
                                         .enabled = false}};

}  // namespace

FeaturePtr make_window(const Facts& facts) {
    if (!facts.has(ns::window_opened)) return nullptr;
    return std::make_unique<ChannelSettings>(ns::window_opened, "windowOpened", rows);
}

}  // namespace lanbridge::meross
