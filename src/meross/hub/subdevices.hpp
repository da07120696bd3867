#pragma once

#include "meross/hub/subdevice.hpp"

// One maker per feature of subdevices, each in the file of its name. A maker answers nothing for a subdevice
// without the feature.
namespace lanbridge::meross {

using SubdeviceMaker = FeaturePtr (*)(const SubdeviceFacts&);

FeaturePtr make_battery(const SubdeviceFacts& facts);
/// Of a type that nobody has described: only once the hub has told a charge.
FeaturePtr make_battery_if_told(const SubdeviceFacts& facts);
FeaturePtr make_door_sensor(const SubdeviceFacts& facts);
FeaturePtr make_generic(const SubdeviceFacts& facts);
FeaturePtr make_leak_sensor(const SubdeviceFacts& facts);
FeaturePtr make_ms100(const SubdeviceFacts& facts);
FeaturePtr make_ms130(const SubdeviceFacts& facts);
FeaturePtr make_ms130_settings(const SubdeviceFacts& facts);
FeaturePtr make_smoke_alarm(const SubdeviceFacts& facts);
FeaturePtr make_valve(const SubdeviceFacts& facts);
FeaturePtr make_valve_motor(const SubdeviceFacts& facts);
FeaturePtr make_valve_schedule(const SubdeviceFacts& facts);

}  // namespace lanbridge::meross
