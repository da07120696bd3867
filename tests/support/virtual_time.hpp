#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>

#include "lanbridge/base/time.hpp"

namespace lanbridge::test {

/// A clock that moves when told to: an hour of polling runs in a millisecond and cannot flake.
class VirtualTime final : public TimeSource {
public:
    explicit VirtualTime(asio::io_context& io, std::int64_t wall_start_ms = 1'700'000'000'000)
        : io_(io), wall_start_ms_(wall_start_ms) {}

    Clock::time_point now() const override { return now_; }
    std::int64_t wall_ms() const override;
    asio::awaitable<error_code> sleep_until(Clock::time_point when) override;
    asio::awaitable<void> wait_on(asio::steady_timer& timer, Clock::time_point when) override;

    /// Runs everything that is due in between, in order.
    void advance(Clock::duration by);
    /// Runs what is ready now.
    void settle();
    /// The civil clock jumps; the monotonic one does not notice.
    void jump_wall(std::chrono::milliseconds by) { wall_start_ms_ += by.count(); }
    std::size_t sleepers() const noexcept { return waiting_.size(); }

private:
    asio::io_context& io_;
    std::int64_t wall_start_ms_;
    Clock::time_point now_{};
    std::multimap<Clock::time_point, std::shared_ptr<asio::steady_timer>> waiting_;
};

}  // namespace lanbridge::test
