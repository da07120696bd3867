#include "homeassistant/agenda.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <utility>

namespace lanbridge::homeassistant {
namespace {

/// How long an empty agenda sleeps; a new entry wakes it anyway.
constexpr auto idle_period = std::chrono::hours(1);

}  // namespace

void Agenda::after(Clock::duration period, Task task) {
    entries_.emplace(now() + period, std::move(task));
    signal_.notify();
}

void Agenda::soon(Task task) { after(Clock::duration::zero(), std::move(task)); }

Agenda::Clock::duration Agenda::random_up_to(Clock::duration longest) {
    const double part = context_.random.unit() * static_cast<double>(longest.count());
    return Clock::duration(static_cast<Clock::duration::rep>(part));
}

asio::awaitable<void> Agenda::run() {
    for (;;) {
        run_due();
        const auto limit = now() + idle_period;
        const auto when = entries_.empty() ? limit : std::min(limit, entries_.begin()->first);
        co_await wait_signal_until(context_.time, signal_, when);
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) co_return;
    }
}

void Agenda::run_due() {
    // Tasks that entries of this turn add wait for the next one, so that a task that repeats cannot hold the
    // loop.
    std::multimap<Clock::time_point, Task> due;
    const auto end = entries_.upper_bound(now());
    while (entries_.begin() != end) due.insert(entries_.extract(entries_.begin()));
    for (auto& [when, task] : due) task();
}

}  // namespace lanbridge::homeassistant
