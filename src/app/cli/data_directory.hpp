#pragma once

#include <filesystem>
#include <optional>

#include "app/config/environment.hpp"
#include "lanbridge/base/error.hpp"

namespace lanbridge::app {

/// `flag`, else $STATE_DIRECTORY, else $XDG_STATE_HOME/lanbridge, else ~/.local/state/lanbridge; made with
/// mode 0700 where it is missing. Errors: `not_found` when nothing names one; `io` when it cannot be made or
/// written, with what to do.
Result<std::filesystem::path> data_directory(const std::optional<std::filesystem::path>& flag,
                                             const Environment& environment);

/// The same without making or looking at it. Nothing when nothing names one.
std::optional<std::filesystem::path> data_directory_name(const std::optional<std::filesystem::path>& flag,
                                                         const Environment& environment);

}  // namespace lanbridge::app
