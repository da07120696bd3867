#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lanbridge/model/device.hpp"
#include "meross/hub/subdevice_unit.hpp"

// What is kept of a hub's subdevices beyond the process. What their features keep is kept under their own
// ids.
namespace lanbridge::meross {

struct KnownSubdevice {
    SubdeviceFacts facts;
    std::string hardware;
    std::string firmware;
};

std::vector<KnownSubdevice> recall_subdevices(const model::Memory& store, const model::DeviceId& hub);
void remember_subdevices(model::Memory& store, const model::DeviceId& hub,
                         const std::vector<std::shared_ptr<SubdeviceUnit>>& units);

}  // namespace lanbridge::meross
