#pragma once

#include <string>

#include "lanbridge/base/json.hpp"

// What is made from the option tree besides the validation.
namespace lanbridge::app {

/// A commented configuration in which everything stands and nothing is set. Prose begins with "# ", options
/// with "#".
std::string starter_config();
/// JSON Schema, draft 7.
OrderedJson config_schema();
/// `config_schema()` as it stands in the file.
std::string schema_text();
/// Markdown tables of all options, for the documentation.
std::string option_reference();

}  // namespace lanbridge::app
