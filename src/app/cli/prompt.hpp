#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lanbridge/base/error.hpp"
#include "lanbridge/base/secret.hpp"

// Questions to the person at the terminal, also when stdin and stdout lead elsewhere.
namespace lanbridge::app {

/// What was typed, without line end; nothing when there is no terminal, or at its end.
std::optional<std::string> ask_line(std::string_view question);
/// The same without showing what is typed.
std::optional<Secret> ask_secret(std::string_view question);

/// A secret that must not stand in the process list: `@FILE`, or `-` for the first line of stdin. Errors:
/// `invalid_value` for anything else, `io`.
Result<Secret> hidden_argument(const std::string& argument);

}  // namespace lanbridge::app
