#pragma once

#include <string>

#include "lanbridge/base/error.hpp"

namespace lanbridge::sim {

/// The whole file, at most `max_recording_bytes`. Errors: `io`, `too_large`.
Result<std::string> read_file(const std::string& path);

}  // namespace lanbridge::sim
