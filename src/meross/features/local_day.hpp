#pragma once

#include <cstdint>

#include "lanbridge/meross/protocol/time_rules.hpp"

// Days as a device counts them: by its own clock and its own zone rules. All times are epoch seconds.
namespace lanbridge::meross {

/// When the device's local day began that `when` lies in, also on days when the clocks change.
std::int64_t local_midnight(const DeviceTime& zone, std::int64_t when);
/// The midnight before that midnight.
std::int64_t midnight_before_midnight(const DeviceTime& zone, std::int64_t midnight);
/// When the device's local month began that `when` lies in.
std::int64_t local_month_start(const DeviceTime& zone, std::int64_t when);

}  // namespace lanbridge::meross
