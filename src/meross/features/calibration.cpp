#include <array>

#include "meross/features/channel_setting.hpp"
#include "meross/features/features.hpp"
#include "meross/features/thermostat_scale.hpp"

namespace lanbridge::meross {
namespace {

/// A correction of what the sensor measures. A difference, so it has no device class: Home Assistant would
/// turn it into Fahrenheit as if it were a temperature.
constexpr ChannelSetting temperature(double scale, double limit) {
    return {.entity = "calibration",
            .member = "value",
            .scale = scale,
            .range = {-limit, limit, 0.1},
            .told_limits = true,
            .unit = "°C"};
}

constexpr std::array of_mts200{temperature(tenths, 8)};
constexpr std::array of_mts960{temperature(hundredths, 20)};
constexpr std::array of_mts300{temperature(hundredths, 4.5), ChannelSetting{.entity = "humidity_calibration",
                                                                            .member = "humiValue",
                                                                            .scale = 10,
                                                                            .range = {-5, 5, 0.1},
                                                                            .unit = "%",
                                                                            .if_told = true}};

std::span<const ChannelSetting> rows_of(const Facts& facts) {
    switch (thermostat_family(facts)) {
        case ThermostatFamily::mode_b:
            return of_mts960;
        case ThermostatFamily::mode_c:
            return of_mts300;
        case ThermostatFamily::mode:
            break;
    }
    return of_mts200;
}

}  // namespace

FeaturePtr make_calibration(const Facts& facts) {
    if (!facts.has(ns::calibration)) return nullptr;
    return std::make_unique<ChannelSettings>(ns::calibration, "calibration", rows_of(facts));
}

}  // namespace lanbridge::meross
