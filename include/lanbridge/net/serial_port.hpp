#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <memory>
#include <string>

#include "lanbridge/base/error.hpp"
#include "lanbridge/base/time.hpp"

struct termios;  // <termios.h> is full of macros

namespace lanbridge::net {

/// Line settings that pass every byte as it is, whatever the previous user of the device left there: 8 data
/// bits, no parity, no software flow control; RTS/CTS where wanted. `baud` is 38400 or 115200. Errors:
/// `invalid_value` for any other rate.
Result<termios> serial_settings(const termios& before, unsigned baud, bool rts_cts);

/// Whether somebody has the device open for themselves alone, as `SerialPort` does. Does not keep root from
/// using it.
bool serial_port_claimed(const std::string& path);

/// A serial device, used by us alone while it is open. All errors name the device.
class SerialPort {
public:
    /// What was received or left to send before is dropped.
    /// Errors: `invalid_value`; what the system says.
    static Result<std::unique_ptr<SerialPort>> open(const asio::any_io_executor& executor, std::string path,
                                                    unsigned baud, bool rts_cts);
    SerialPort(const SerialPort&) = delete;
    SerialPort& operator=(const SerialPort&) = delete;
    ~SerialPort();

    const std::string& path() const noexcept { return path_; }

    /// What has come, at most so many bytes; waits until there is something.
    /// Errors: `closed` when the device has hung up; what the system says.
    asio::awaitable<Result<std::string>> read(std::size_t most);
    /// All of it. Errors: `timeout` when the device has not taken it within `limit`; what the system says.
    asio::awaitable<Result<void>> write(TimeSource& time, std::string bytes,
                                        TimeSource::Clock::duration limit);
    /// Until what was written is on the line, at most for `limit`: closing drops the rest.
    asio::awaitable<void> drain(TimeSource& time, TimeSource::Clock::duration limit);

private:
    SerialPort(const asio::any_io_executor& executor, std::string path)
        : path_(std::move(path)), port_(executor) {}
    asio::awaitable<Result<void>> writable();
    Error failure(error_code code) const;

    std::string path_;
    asio::posix::stream_descriptor port_;
};

}  // namespace lanbridge::net
