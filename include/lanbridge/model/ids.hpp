#pragma once

#include "lanbridge/base/strong.hpp"

namespace lanbridge::model {

/// `meross_<mac>`, `meross_<subdevice>`, `miio_<id>`, `xiaomi_<subdevice>`: stable for ever, lower case.
using DeviceId = Strong<struct DeviceIdTag>;
/// The key of an entity in its device (`switch_0`, `energy`): as stable.
using EntityKey = Strong<struct EntityKeyTag>;

}  // namespace lanbridge::model
