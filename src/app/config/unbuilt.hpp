#pragma once

#include <string>
#include <vector>

#include "app/config/config.hpp"

namespace lanbridge::app {

/// One sentence for each thing that the configuration asks for in so many words and that this version does
/// not do.
std::vector<std::string> unbuilt_parts(const Config& config);

}  // namespace lanbridge::app
