#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "app/cli/command_config.hpp"

namespace lanbridge::app {

/// The arguments of `lanbridge trace`.
struct TraceOptions {
    TraceOptions() = default;
    std::string device;  ///< id, uuid or name
    std::chrono::milliseconds duration = std::chrono::minutes(10);
    std::uint64_t max_size = 64 * 1024;
    std::optional<std::string> output;  ///< nothing: stdout
    BrokerFlag broker;
};

int run_trace(const GlobalOptions& globals, const TraceOptions& options);

}  // namespace lanbridge::app
