#pragma once

#include <string>
#include <vector>

#include "lanbridge/base/random.hpp"
#include "lanbridge/mqtt/embedded_broker.hpp"

namespace lanbridge::mqtt {

/// Errors: `invalid_value`: a login that would not work, or one that could reach more than its two topics.
Result<void> check_devices(const std::vector<DeviceLogin>& devices);

/// The file of mosquitto's dynamic security plugin: each device with a role of its own, which has rights to
/// its two topics; everything else is denied. The plugin may write the file anew; we write it at every start.
std::string rights_text(const std::vector<DeviceLogin>& devices, Random& random);

/// The plugin: `configured`, or where packages put it. Errors: `not_found`, with what to do.
Result<std::string> find_rights_plugin(const std::string& configured);

}  // namespace lanbridge::mqtt
