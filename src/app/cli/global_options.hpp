#pragma once

#include <filesystem>
#include <optional>

#include "lanbridge/base/log.hpp"

namespace lanbridge::app {

/// What stands before the command, or behind it.
struct GlobalOptions {
    GlobalOptions() = default;
    std::optional<std::filesystem::path> config_file;
    std::optional<log::Level> log_level;  ///< wins over the file's
    bool json = false;                    ///< results on stdout are for programs
};

}  // namespace lanbridge::app
