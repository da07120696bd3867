#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "agent/gateway.hpp"

namespace lanbridge::agent {

/// How the Zigbee chip of a model is wired, and which of the vendor's programs works with it.
struct ZigbeeHardware {
    std::string_view program;
    std::string_view before_device;  ///< arguments, with spaces between
    std::string_view after_device;
    std::string_view device;  ///< the serial device
    bool rts_cts;
    std::string_view reset_line;  ///< a file of the kernel; writing `out_of_reset` lets the chip run
    std::string_view out_of_reset;
    std::array<unsigned, 2> rates;  ///< baud rates to try, 0 = none

    std::vector<std::string> command(const std::string& serial_device) const;
};

struct ZigbeeChoice {
    const ZigbeeHardware* hardware = nullptr;
    std::string_view why_not;  ///< for the log; "" for gateways that nothing is known of
};
ZigbeeChoice choose_zigbee(const Gateway& gateway);

}  // namespace lanbridge::agent
