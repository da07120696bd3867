#pragma once

#include <optional>
#include <vector>

#include "app/cli/global_options.hpp"
#include "app/config/values.hpp"

namespace lanbridge::app {

/// The arguments of `lanbridge discover`.
struct DiscoverOptions {
    DiscoverOptions() = default;
    std::optional<std::chrono::milliseconds> timeout;  ///< absent: 5 s, and a sweep may end
    std::vector<Subnet> subnets;                       ///< beside those of the configuration
};

/// Looks for devices without the daemon and prints what was found. Returns the exit code.
int run_discover(const GlobalOptions& globals, const DiscoverOptions& options);

}  // namespace lanbridge::app
