#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "lanbridge/base/error.hpp"

// Small files, whole. These calls block: keep them off the event loop unless the file is tiny.
namespace lanbridge {

/// Errors: `not_found`, `too_large`, the system's own with the path.
Result<std::string> read_file(const std::string& path, std::size_t limit);

/// Writes `path` so that after a crash at any moment it is either the old file or the new one: temporary file
/// beside it, fsync, rename, fsync of the directory. `previous`, if given, becomes a second name of the old
/// file. Errors: the system's own with the path; the old file is then untouched.
Result<void> write_file_atomically(const std::string& path, std::string_view text, unsigned mode = 0600,
                                   const std::string& previous = {});

}  // namespace lanbridge
