#include <array>

#include "meross/features/channel_setting.hpp"
#include "meross/features/features.hpp"
#include "meross/features/names.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::array<std::string_view, 3> kinds{"none", "high", "low"};  // 0, and probably 1 and 2

constexpr std::array rows{ChannelSetting{
    .entity = "alarm", .member = "type", .component = model::Component::sensor, .options = kinds}};

/// Whether the temperature has left the limits of alarm_config.cpp.
class ThermostatAlarm final : public ChannelSettings {
public:
    ThermostatAlarm() : ChannelSettings(ns::thermostat_alarm, "alarm", rows) {}

    // mts960 4.2.6: a GET closes the connection, a PUSH is answered.
    void polls(std::vector<Poll>& out) const override {
        Poll poll(ns::thermostat_alarm, Json::object());
        poll.request = Request(ns::thermostat_alarm, Method::push, Json::object());
        out.push_back(std::move(poll));
    }
};

}  // namespace

FeaturePtr make_thermostat_alarm(const Facts& facts) {
    if (!facts.has(ns::thermostat_alarm)) return nullptr;
    return std::make_unique<ThermostatAlarm>();
}

}  // namespace lanbridge::meross
