#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agent/journal.hpp"
#include "agent/paths.hpp"
#include "agent/zigbee/hardware.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/base/tally.hpp"
#include "lanbridge/net/serial_port.hpp"

namespace lanbridge::agent {

/// The way to the Zigbee chip. The baud rate is found out once, by asking the chip, and then kept; a rate
/// that the user gives is not doubted: then the chip sees neither a reset nor a byte of ours.
class ChipLine {
public:
    using Port = std::unique_ptr<net::SerialPort>;

    /// `device` is the path of the serial device.
    ChipLine(Context context, Journal& journal, const ZigbeeHardware& hardware, std::string device,
             std::optional<unsigned> baud, Paths paths);

    /// Errors: those of `SerialPort::open`; `timeout` when the chip is silent, `malformed` when it says
    /// something else, `device_error` when it sits in its boot loader. They say what to do.
    asio::awaitable<Result<Port>> open();

private:
    asio::awaitable<Result<Port>> find_rate();
    asio::awaitable<Result<Port>> try_rate(unsigned baud);
    asio::awaitable<void> leave_reset();
    void note_probe(bool ok, unsigned baud, const std::string& heard);
    Result<Port> open_at(unsigned baud) const;

    Context context_;
    Journal& journal_;
    const ZigbeeHardware& hardware_;
    std::string device_;
    std::optional<unsigned> baud_;
    Paths paths_;
    Tally failed_probes_;
};

}  // namespace lanbridge::agent
