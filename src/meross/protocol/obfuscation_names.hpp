#pragma once

#include <optional>
#include <string_view>

#include "lanbridge/meross/protocol/obfuscation.hpp"

namespace lanbridge::meross {

/// What a member of this name holds, as far as it has to be hidden.
std::optional<Hidden> hidden_by_name(std::string_view name);
/// Words that mean the same in every house: models, versions, namespaces. Only what can be nothing but a
/// secret is taken out of them.
bool is_vocabulary(std::string_view name);

}  // namespace lanbridge::meross
