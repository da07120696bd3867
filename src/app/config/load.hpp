#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/config.hpp"
#include "app/config/environment.hpp"
#include "app/config/problem.hpp"

namespace lanbridge::app {

struct LoadedConfig {
    LoadedConfig() = default;
    std::filesystem::path file;  ///< empty: there is none, the defaults apply
    Config config;               ///< to be used only when `ok()`
    std::vector<Problem> problems;
    std::vector<std::string> warnings;

    bool ok() const noexcept { return problems.empty(); }
};

/// Largest configuration: 10,000 devices with all their options take some 3 MB.
inline constexpr std::size_t max_config_file = 16 * 1024 * 1024;

/// Where a configuration is looked for when none is named, in order.
std::vector<std::filesystem::path> default_config_files(const Environment& environment);

/// `file` names the text in messages; files that it refers to are searched beside it.
LoadedConfig parse_config(std::string_view text, const std::filesystem::path& file,
                          const Environment& environment);
/// A file that is missing or unreadable is a problem.
LoadedConfig load_config_file(const std::filesystem::path& file, const Environment& environment);
/// `named`, else the first default file that exists, else all defaults.
LoadedConfig find_and_load_config(const std::optional<std::filesystem::path>& named,
                                  const Environment& environment);

}  // namespace lanbridge::app
