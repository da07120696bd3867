#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "lanbridge/model/ids.hpp"

namespace lanbridge::meross {

/// When a trace ends by itself, whichever comes first.
struct TraceLimits {
    TraceLimits() = default;
    std::chrono::milliseconds duration = std::chrono::minutes(10);
    std::uint64_t max_size = 64 * 1024;  ///< bytes of the file
};

/// Shorter, and nothing of use would be in it; longer, and it was forgotten.
inline constexpr std::chrono::seconds shortest_trace{1};
inline constexpr std::chrono::hours longest_trace{24};
inline constexpr std::uint64_t smallest_trace = 1024;
inline constexpr std::uint64_t largest_trace = 64 * 1024 * 1024;

/// A trace that runs, or has ended.
struct TraceInfo {
    TraceInfo() = default;
    std::string id;  ///< the file's name without its ending
    model::DeviceId device;
    std::string file;  ///< with its folder
    std::uint64_t bytes = 0;
    std::uint64_t rows = 0;
    std::string end;  ///< why it has ended; "" = it runs
};

}  // namespace lanbridge::meross
