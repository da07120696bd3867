#pragma once

#include "sim/behaviour.hpp"

namespace lanbridge::sim {

inline constexpr std::string_view hold_ns = "Appliance.Control.Thermostat.HoldAction";

/// How long a set point that was chosen by hand holds: for good, until the next entry of the schedule, or for
/// `time` minutes, which have an end.
Answer set_hold(Inside& in, const Json& payload);

}  // namespace lanbridge::sim
