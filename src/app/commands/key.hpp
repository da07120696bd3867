#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/cli/global_options.hpp"
#include "lanbridge/base/secret.hpp"
#include "lanbridge/meross/account.hpp"

namespace lanbridge::app {

/// The arguments of `lanbridge key`.
struct KeyOptions {
    KeyOptions() = default;
    std::string email;
    std::optional<Secret> password;
    std::string region = "eu";
    std::optional<Secret> code;                 ///< of two-factor authentication
    std::optional<meross::ServiceUrl> service;  ///< absent: the vendor's, of that region
    std::optional<std::filesystem::path> data_dir;
    bool show = false;
};

/// Asks the account service once, keeps the key, shows the devices. Returns the exit code.
int run_key(const GlobalOptions& globals, const KeyOptions& options);

}  // namespace lanbridge::app
