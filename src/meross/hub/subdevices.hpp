#pragma once

#include "meross/hub/subdevice.hpp"

// One maker per feature of subdevices, each in the file of its name. A maker answers nothing for a subdevice
// without the feature.
namespace lanbridge::meross {

using SubdeviceMaker = FeaturePtr (*)(const SubdeviceFacts&);

}  // namespace lanbridge::meross
