#include "support/virtual_time.hpp"

#include "lanbridge/base/async.hpp"

namespace lanbridge::test {

std::int64_t VirtualTime::wall_ms() const {
    return wall_start_ms_ + std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch()).count();
}

asio::awaitable<error_code> VirtualTime::sleep_until(Clock::time_point when) {
    auto alarm = std::make_shared<asio::steady_timer>(io_, Clock::time_point::max());
    auto entry = waiting_.emplace(when, alarm);
    auto [ec] = co_await alarm->async_wait(as_result);
    if (alarm->expiry() == Clock::time_point::min()) co_return error_code{};  // rung by advance()
    waiting_.erase(entry);
    co_return ec;
}

asio::awaitable<void> VirtualTime::wait_on(asio::steady_timer& timer, Clock::time_point when) {
    timer.expires_at(Clock::time_point::max());
    // the caller's timer, which outlives the wait
    auto entry = waiting_.emplace(when, std::shared_ptr<asio::steady_timer>(std::shared_ptr<void>(), &timer));
    co_await timer.async_wait(as_result);
    if (timer.expiry() != Clock::time_point::min()) waiting_.erase(entry);  // else rung by advance()
}

void VirtualTime::advance(Clock::duration by) {
    const auto until = now_ + by;
    for (settle(); !waiting_.empty() && waiting_.begin()->first <= until; settle()) {
        now_ = std::max(now_, waiting_.begin()->first);
        auto alarm = waiting_.extract(waiting_.begin()).mapped();
        alarm->expires_at(Clock::time_point::min());  // cancels the pending wait
    }
    now_ = until;
}

void VirtualTime::settle() {
    io_.restart();
    io_.poll();
}

}  // namespace lanbridge::test
