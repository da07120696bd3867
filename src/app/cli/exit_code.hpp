#pragma once

#include "lanbridge/base/error.hpp"

namespace lanbridge::app {

// The contract with scripts.
inline constexpr int exit_done = 0;
inline constexpr int exit_failed = 1;       ///< the operation failed, the device answered with an error, …
inline constexpr int exit_usage = 2;        ///< wrong usage or invalid configuration
inline constexpr int exit_unreachable = 3;  ///< the target could not be reached
inline constexpr int exit_refused = 4;      ///< key, token or credential refused

/// How a command ends that failed with `error`.
int exit_code_for(const Error& error) noexcept;

}  // namespace lanbridge::app
