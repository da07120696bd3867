#pragma once

namespace lanbridge::meross {

/// Opt-ins of single device kinds, from the configuration of a device. A new one gets a member here and a
/// row in the configuration's table (src/app/config/options_devices.cpp), where its meaning stands.
struct DeviceOptions {
    DeviceOptions() = default;
    bool cool = false;          ///< thermostats of the mts200 family
    bool heating_rule = false;  ///< radiator valves, set at their hub
    friend bool operator==(const DeviceOptions&, const DeviceOptions&) = default;
};

}  // namespace lanbridge::meross
