#include <array>

#include "meross/features/channel_setting.hpp"
#include "meross/features/features.hpp"
#include "meross/features/names.hpp"

namespace lanbridge::meross {
namespace {

/// How long a compressor that has stopped is left alone. The device tells no limits; an hour is longer than
/// any compressor needs.
constexpr std::array rows{ChannelSetting{.entity = "compressor_delay",
                                         .member = "value",
                                         .range = {0, 60, 1},
                                         .unit = "min",
                                         .device_class = "duration"},
                          ChannelSetting{.entity = "compressor_delay_enable",
                                         .member = "enable",
                                         .component = model::Component::switch_,
                                         .on = 1,
                                         .off = 2}};

}  // namespace

FeaturePtr make_compressor_delay(const Facts& facts) {
    if (!facts.has(ns::compressor_delay)) return nullptr;
    return std::make_unique<ChannelSettings>(ns::compressor_delay, "delay", rows);
}

}  // namespace lanbridge::meross
