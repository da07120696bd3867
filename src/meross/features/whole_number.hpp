#pragma once

#include "lanbridge/base/error.hpp"
#include "lanbridge/model/command.hpp"

namespace lanbridge::meross {

/// The command's value where the device counts in whole steps. Errors: `invalid_value`; nothing is rounded.
Result<int> whole_number_of(const model::Command& command);

}  // namespace lanbridge::meross
