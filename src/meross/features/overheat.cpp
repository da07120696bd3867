#include <array>

#include "meross/features/channel_setting.hpp"
#include "meross/features/features.hpp"
#include "meross/features/thermostat_scale.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::array<std::string_view, 3> warnings{"ok", "overheating", "disconnected"};  // 0, 1, 2
constexpr double disconnected = 2;

constexpr std::array rows{
    ChannelSetting{.entity = "overheat",
                   .member = "value",
                   .scale = tenths,
                   .range = {20, 70, 0.5},
                   .told_limits = true,
                   .unit = "°C",
                   .device_class = "temperature"},
    ChannelSetting{.entity = "overheat_switch", .member = "onoff", .component = model::Component::switch_},
    ChannelSetting{.entity = "overheat_warning",
                   .member = "warning",
                   .component = model::Component::sensor,
                   .options = warnings},
    ChannelSetting{.entity = "floor_temperature",
                   .member = "currentTemp",
                   .component = model::Component::sensor,
                   .scale = tenths,
                   .unit = "°C",
                   .device_class = "temperature"}};

/// Stops heating when the floor, measured by a probe of its own, gets too warm.
class Overheat final : public ChannelSettings {
public:
    Overheat() : ChannelSettings(ns::overheat, "overheat", rows) {}

private:
    /// Without its probe the device says 0 °C.
    model::Value shown(const ChannelSetting& row, double native) const override {
        if (row.member == "currentTemp" && told("warning") == disconnected) return {};
        return ChannelSettings::shown(row, native);
    }
};

}  // namespace

FeaturePtr make_overheat(const Facts& facts) {
    if (!facts.has(ns::overheat)) return nullptr;
    return std::make_unique<Overheat>();
}

}  // namespace lanbridge::meross
