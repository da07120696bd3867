#pragma once

#include "app/cli/global_options.hpp"

namespace lanbridge::app {

int print_version(const GlobalOptions& globals);

}  // namespace lanbridge::app
