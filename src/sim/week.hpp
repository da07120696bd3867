#pragma once

#include <cstdint>

#include "lanbridge/base/json.hpp"

namespace lanbridge::sim {

/// The entry `[minutes, set point, …]` of a week `{"mon":[…],…,"sun":[…]}` that is in force at a local time,
/// counted like epoch seconds; nullptr when the week says nothing of that day.
const Json* entry_in_force(const Json& week, std::int64_t local_s);

}  // namespace lanbridge::sim
