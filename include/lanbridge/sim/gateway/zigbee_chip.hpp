#pragma once

#include <memory>
#include <string>

#include "lanbridge/base/context.hpp"
#include "lanbridge/base/error.hpp"

namespace lanbridge::sim {

struct ZigbeeChipSettings {
    enum class Mood {
        well,         ///< answers the ASH reset, sends back everything else
        silent,       ///< hears everything, says nothing
        boot_loader,  ///< answers whatever comes with its banner
        chatty        ///< answers whatever comes with bytes that mean nothing
    };
    unsigned baud = 115200;  ///< at any other rate it hears nothing
    Mood mood = Mood::well;
    bool xon_first = false;  ///< sends XON before the answer to a reset, as real chips do
};

/// A gateway's Zigbee chip on a pseudo-terminal. On the loop only. The line is as a terminal's at first
/// (echo, line mode), the worst that a previous user can leave.
class ZigbeeChip {
public:
    ZigbeeChip(const asio::any_io_executor& executor, ZigbeeChipSettings settings);
    ZigbeeChip(const ZigbeeChip&) = delete;
    ZigbeeChip& operator=(const ZigbeeChip&) = delete;
    ~ZigbeeChip();

    /// Errors: what the system says.
    Result<void> start();
    /// As a USB adapter that is pulled out: whoever has the device open sees it hang up.
    void vanish();

    const std::string& path() const noexcept;   ///< "/dev/pts/3"
    unsigned line_baud() const;                 ///< that the user of the device has set
    unsigned resets() const noexcept;           ///< ASH resets heard
    const std::string& heard() const noexcept;  ///< every byte that came at its rate
    void say(const std::string& bytes);

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace lanbridge::sim
