#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lanbridge/base/error.hpp"
#include "lanbridge/registry/registry.hpp"

namespace lanbridge::homeassistant {

/// The one JSON object that a light's state is.
std::string light_state(const registry::Device& device, std::size_t entity_index);

/// A light's command taken apart: (part, value) in the order to be applied. `ON` beside other keys is left
/// out for a light that is on, since some flash or restore old values. Errors: `malformed`, `invalid_value`,
/// `unsupported`.
Result<model::PartValues> parse_light_command(const model::EntityDescription& entity,
                                              std::string_view payload, bool is_on);

}  // namespace lanbridge::homeassistant
