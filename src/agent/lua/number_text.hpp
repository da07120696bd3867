#pragma once

#include <string>

namespace lanbridge::agent::lua {

/// As Go's encoding/json writes it: shortest digits, exponents from 1e21 up and below 1e-6. Finite only.
std::string json_number(double value);
/// As openmiio_agent's `tostring`: integers of 64 bits plain, "0.1", "1e+21", "+Inf", "NaN".
std::string lua_number(double value);

}  // namespace lanbridge::agent::lua
