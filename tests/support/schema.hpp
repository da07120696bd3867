#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/json.hpp"

namespace lanbridge::test {

/// What the strict schema of Home Assistant's discovery messages finds wrong with a message; nothing when it
/// is sound. `payload` is the decoded JSON, or "" for a clearing.
std::vector<std::string> discovery_errors(std::string_view topic, const Json& payload);
/// The same for text as published.
std::vector<std::string> discovery_errors_of_text(std::string_view topic, std::string_view payload);
/// Of a whole envelope {"topic","payload",…}.
std::vector<std::string> envelope_errors(const Json& envelope);

/// The schema itself, for its table of abbreviations.
const Json& discovery_schema();

}  // namespace lanbridge::test
