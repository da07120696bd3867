#pragma once

#include <chrono>
#include <string>

#include "mqtt/link_machine.hpp"

// What Paho's C and C++ libraries have in common.
namespace lanbridge::mqtt {

/// What a broker that accepts the connection and says nothing may cost before the next one is tried.
inline constexpr std::chrono::seconds connect_timeout{5};

/// What Paho's code for a failed connect means. `text` is Paho's own, which alone tells the cases of code -1
/// apart.
ConnectFailure classify_failure(int code, const std::string& text);
/// For people.
std::string describe_failure(int code, const std::string& text);

}  // namespace lanbridge::mqtt
