#pragma once

#include <string>
#include <vector>

#include "app/config/config.hpp"
#include "app/config/reader.hpp"

namespace lanbridge::app {

/// What no option can see on its own: contradictions, repetitions, things that need each other. Problems go
/// to the reader; the result is what deserves a word without being wrong.
std::vector<std::string> check_config(const Config& config, Reader& reader);

}  // namespace lanbridge::app
