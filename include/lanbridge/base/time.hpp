#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>

#include "lanbridge/base/error.hpp"

namespace lanbridge {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// The only source of time: nothing calls a clock behind its caller's back, so that tests run hours in
/// milliseconds on a virtual one.
class TimeSource {
public:
    using Clock = std::chrono::steady_clock;
    virtual ~TimeSource() = default;
    /// Monotonic, for periods and deadlines.
    virtual Clock::time_point now() const = 0;
    /// Civil time in milliseconds since the Unix epoch; it may jump.
    virtual std::int64_t wall_ms() const = 0;
    /// Returns without an error at `when`, with one if it was cancelled.
    virtual asio::awaitable<error_code> sleep_until(Clock::time_point when) = 0;
    /// Waits on the caller's own timer until `when`, or until somebody cancels the timer: no second coroutine
    /// for the deadline, which thousands of resting devices would pay for.
    virtual asio::awaitable<void> wait_on(asio::steady_timer& timer, Clock::time_point when) = 0;

    std::int64_t wall_s() const { return wall_ms() / 1000; }
    asio::awaitable<error_code> sleep(Clock::duration period) { return sleep_until(now() + period); }
};

/// The machine's clocks.
class SystemTime final : public TimeSource {
public:
    Clock::time_point now() const override;
    std::int64_t wall_ms() const override;
    asio::awaitable<error_code> sleep_until(Clock::time_point when) override;
    asio::awaitable<void> wait_on(asio::steady_timer& timer, Clock::time_point when) override;
};

}  // namespace lanbridge
