#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace lanbridge::agent {

/// What the kernel counts on a serial port, modulo 2^32: it prints numbers above 2 GiB as negative.
struct SerialPort {
    unsigned index = 0;  ///< the number that the line begins with
    std::uint32_t tx = 0;
    std::uint32_t rx = 0;
    std::uint32_t overruns = 0;
    friend bool operator==(const SerialPort&, const SerialPort&) = default;
};

/// The ports of a file as /proc/tty/driver/serial that are in use; lines that do not look so are skipped.
std::vector<SerialPort> serial_ports(std::string_view text);

}  // namespace lanbridge::agent
