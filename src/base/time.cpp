#include "lanbridge/base/time.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include "lanbridge/base/async.hpp"

namespace lanbridge {

TimeSource::Clock::time_point SystemTime::now() const { return Clock::now(); }

std::int64_t SystemTime::wall_ms() const {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
}

asio::awaitable<error_code> SystemTime::sleep_until(Clock::time_point when) {
    asio::steady_timer timer(co_await asio::this_coro::executor, when);
    auto [ec] = co_await timer.async_wait(as_result);
    co_return ec;
}

asio::awaitable<void> SystemTime::wait_on(asio::steady_timer& timer, Clock::time_point when) {
    timer.expires_at(when);
    co_await timer.async_wait(as_result);
}

}  // namespace lanbridge
