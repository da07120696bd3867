#pragma once

#include <cstdint>
#include <string_view>

#include "agent/paths.hpp"

namespace lanbridge::agent {

/// Who may reach a port of this machine.
enum class Reach { nobody, loopback, everybody };

/// By the kernel's tables as /proc/net/tcp and /proc/net/tcp6 show them: `everybody` where a socket listens
/// on 0.0.0.0 or ::, `loopback` where one listens on 127.0.0.1 or ::1. Other addresses do not count.
Reach reach_of(std::string_view tcp, std::string_view tcp6, std::uint16_t port);
Reach reach_of(const Paths& paths, std::uint16_t port);

}  // namespace lanbridge::agent
