#include <array>

#include "meross/features/channel_setting.hpp"
#include "meross/features/features.hpp"
#include "meross/features/names.hpp"

namespace lanbridge::meross {
namespace {

constexpr int timer = 2;
/// What a timer runs for when no time was ever told, in minutes.
constexpr double usual_time = 60;
constexpr std::array<std::string_view, 3> modes{"permanent", "next_schedule", "timer"};  // 0, 1, 2

constexpr std::array rows{
    ChannelSetting{
        .entity = "hold_action", .member = "mode", .component = model::Component::select, .options = modes},
    ChannelSetting{.entity = "hold_time",
                   .member = "time",
                   .range = {0, 1440, 1},
                   .unit = "min",
                   .device_class = "duration"}};

/// How long a temperature set by hand stands against the schedule.
class HoldAction final : public ChannelSettings {
public:
    HoldAction() : ChannelSettings(ns::hold_action, "holdAction", rows) {}

private:
    /// A time means a timer, and a timer needs a time.
    void complete(const ChannelSetting& row, Json& object) const override {
        if (row.member == "time")
            object["mode"] = timer;
        else if (object["mode"] == timer)
            object["time"] = static_cast<std::int64_t>(told("time").value_or(usual_time));
    }
};

}  // namespace

FeaturePtr make_hold_action(const Facts& facts) {
    if (!facts.has(ns::hold_action)) return nullptr;
    return std::make_unique<HoldAction>();
}

}  // namespace lanbridge::meross
