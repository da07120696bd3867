#pragma once

#include "agent/settings.hpp"

namespace lanbridge::agent {

/// `--mqtt.bind`, `--mqtt.user`, `--mqtt.pass` and `--zigbee.allow`: who may come in.
void read_access(const Arguments& arguments, Settings& settings);

}  // namespace lanbridge::agent
