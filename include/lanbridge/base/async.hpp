#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <list>
#include <optional>
#include <string>
#include <utility>

#include "lanbridge/base/error.hpp"
#include "lanbridge/base/time.hpp"

namespace lanbridge {

/// The one completion token: errors come back as values.
inline constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

/// Runs `op` for at most `limit`. Errors: those of `op`; `timeout`; `cancelled` when the caller was
/// cancelled.
template <class T>
asio::awaitable<Result<T>> with_timeout(TimeSource& time, asio::awaitable<Result<T>> op,
                                        TimeSource::Clock::duration limit) {
    using namespace asio::experimental::awaitable_operators;
    auto first = co_await (std::move(op) || time.sleep_until(time.now() + limit));
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) co_return Error(Errc::cancelled);
    if (first.index() == 1) co_return Error(Errc::timeout);
    co_return std::get<0>(std::move(first));
}

/// Owns background coroutines: names them, logs how they die, cancels them together.
/// Outlive the running tasks: `stop()`, then run the executor until `idle()`.
class Nursery {
public:
    explicit Nursery(asio::any_io_executor executor) : executor_(std::move(executor)) {}
    Nursery(const Nursery&) = delete;  // nor movable: running tasks hold `this`
    Nursery& operator=(const Nursery&) = delete;

    void start(std::string name, asio::awaitable<void> task);
    void stop();
    bool idle() const noexcept { return running_.empty(); }
    std::size_t size() const noexcept { return running_.size(); }
    const asio::any_io_executor& executor() const noexcept { return executor_; }

private:
    asio::any_io_executor executor_;
    std::list<asio::cancellation_signal> running_;
};

/// Wakes one waiting coroutine. A notification without a waiter is kept (once).
class Signal {
public:
    explicit Signal(const asio::any_io_executor& executor) : timer_(executor) {}
    void notify();
    /// Returns true when notified, false when cancelled.
    asio::awaitable<bool> wait();
    /// Until notified or until `when`. True when it was the notification. Check for cancellation after.
    asio::awaitable<bool> wait_until(TimeSource& time, TimeSource::Clock::time_point when);

private:
    asio::steady_timer timer_;
    bool raised_ = false;
    bool waiting_ = false;
};

/// Waits until `signal` is raised or `when` is reached. True when it was the signal. Check for cancellation
/// after.
asio::awaitable<bool> wait_signal_until(TimeSource& time, Signal& signal, TimeSource::Clock::time_point when);

/// Lets at most `slots` coroutines pass at a time, in the order they came.
class Gate {
public:
    explicit Gate(asio::any_io_executor executor, std::size_t slots)
        : executor_(std::move(executor)), free_(slots) {}

    /// Holds one slot until it is destroyed.
    class Pass {
    public:
        Pass() = default;
        explicit Pass(Gate& gate) : gate_(&gate) {}
        Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
        Pass& operator=(Pass&& other) noexcept {
            if (this != &other) release();
            gate_ = std::exchange(other.gate_, nullptr);
            return *this;
        }
        ~Pass() { release(); }

    private:
        void release() {
            if (auto* gate = std::exchange(gate_, nullptr)) gate->leave();
        }
        Gate* gate_ = nullptr;
    };

    /// Errors: `cancelled`.
    asio::awaitable<Result<Pass>> enter();
    std::size_t waiting() const noexcept { return queue_.size(); }

private:
    struct Waiter {
        explicit Waiter(const asio::any_io_executor& executor)
            : timer(executor, asio::steady_timer::time_point::max()) {}
        asio::steady_timer timer;
        bool admitted = false;
    };
    void leave();

    asio::any_io_executor executor_;
    std::size_t free_;
    std::list<Waiter*> queue_;
};

}  // namespace lanbridge
