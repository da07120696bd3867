#pragma once

#include <string>
#include <string_view>

#include "lanbridge/model/device.hpp"

namespace lanbridge::meross {

/// The diagnostic sensor that shows how the device is reached; made by the bridge, not by a feature.
model::EntityDescription transport_entity();
void observe_transport(model::Transport transport, std::string_view reason, const std::string& address,
                       model::Observations& out);

}  // namespace lanbridge::meross
