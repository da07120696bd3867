#pragma once

#include <string>
#include <vector>

#include "lanbridge/base/error.hpp"

namespace lanbridge::net {

/// A freshly started child. The descriptors are the caller's to close; both pipes do not block.
struct Spawned {
    int pid = 0;
    int output = -1;  ///< read ends of its standard output and error
    int error = -1;
};

/// Starts `program` (a path), which is told `argv`. Blocks for the moment between fork and exec, so that a
/// failing exec is reported here.
Result<Spawned> spawn(const std::string& program, const std::vector<std::string>& argv);

}  // namespace lanbridge::net
