#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/config/config.hpp"
#include "lanbridge/base/json.hpp"

namespace lanbridge::app {

/// The configuration in force as it would stand in a file, without secrets.
OrderedJson config_json(const Config& config);
/// 16 hex digits that change with the configuration in force, secrets excepted; for `bridge/info`.
std::string config_digest(const Config& config);
/// Names of the sections that differ, secrets included: "mqtt", "meross", …
std::vector<std::string_view> changed_sections(const Config& before, const Config& after);

}  // namespace lanbridge::app
