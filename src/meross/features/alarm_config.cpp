#include <array>

#include "meross/features/channel_setting.hpp"
#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

constexpr ChannelSetting limit(std::string_view entity, std::string_view member) {
    return {.entity = entity,
            .member = member,
            .scale = 100,
            .range = {-35, 120, 0.1},
            .told_limits = true,
            .unit = "°C",
            .device_class = "temperature"};
}

constexpr ChannelSetting enable(std::string_view entity, std::string_view member) {
    return {.entity = entity, .member = member, .component = model::Component::switch_, .on = 1, .off = 2};
}

constexpr std::array rows{limit("alarm_high", "highTemp"), enable("alarm_high_enable", "highEnable"),
                          limit("alarm_low", "lowTemp"), enable("alarm_low_enable", "lowEnable")};

/// Above and below which temperatures the device gives an alarm. It takes the object as a whole, its limits
/// among the rest.
class AlarmConfig final : public ChannelSettings {
public:
    AlarmConfig() : ChannelSettings(ns::alarm_config, "alarmConfig", rows, SetScope::object) {}

    void read(const Reading& reading, model::Observations& out) override {
        for_each_item(reading.payload, "alarmConfig", [this](const Json& item) {
            if (int_or(item, {"channel"}, 0) != 0) return;
            for (const char* member : {"min", "max"})
                if (const auto told = read_int64(item, {member})) limits_[member] = *told;
        });
        ChannelSettings::read(reading, out);
    }

private:
    void complete(const ChannelSetting&, Json& object) const override { object.update(limits_); }

    Json limits_ = Json::object();
};

}  // namespace

FeaturePtr make_alarm_config(const Facts& facts) {
    if (!facts.has(ns::alarm_config)) return nullptr;
    return std::make_unique<AlarmConfig>();
}

}  // namespace lanbridge::meross
