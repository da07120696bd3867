#pragma once

#include <string>
#include <string_view>

namespace lanbridge::agent {

/// `text` with the values of JSON members that are keys or passwords (`beaconkey`, `token`, …) replaced by
/// `***`, also inside JSON that is quoted within JSON.
std::string blotted(std::string_view text);

}  // namespace lanbridge::agent
