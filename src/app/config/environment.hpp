#pragma once

#include <functional>
#include <optional>
#include <string>

namespace lanbridge::app {

/// Looks a variable up; passed in so that tests have an environment of their own.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// The process's own. Unset and empty are told apart.
Environment process_environment();

}  // namespace lanbridge::app
