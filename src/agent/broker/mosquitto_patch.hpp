#pragma once

#include <string>

#include "lanbridge/base/error.hpp"

namespace lanbridge::agent {

/// The vendor's mosquitto 2.x, as a file's bytes, changed to listen on all interfaces where it is told
/// nothing. Errors: `unsupported`: it is none of the known builds.
Result<std::string> patched_mosquitto(std::string program);

}  // namespace lanbridge::agent
