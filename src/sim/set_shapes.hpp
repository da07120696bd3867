#pragma once

#include <string_view>

#include "lanbridge/base/json.hpp"

namespace lanbridge::sim {

/// False when a device would not take this below the key of its payload: a list where it wants an object, an
/// item that does not say which one is meant, a value that means nothing.
bool proper_set(std::string_view name_space, bool hub, const Json& content);

}  // namespace lanbridge::sim
