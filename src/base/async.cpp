#include "lanbridge/base/async.hpp"

#include <boost/asio/post.hpp>
#include <exception>

#include "lanbridge/base/log.hpp"

namespace lanbridge {
namespace {

const log::Logger logger("base");

/// Why a task ended, or nothing when it ended as it should.
std::optional<std::string> describe(const std::exception_ptr& failure) {
    if (!failure) return std::nullopt;
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& e) {
        if (e.code() == asio::error::operation_aborted) return std::nullopt;
        return e.code().message();
    } catch (const std::exception& e) {
        return e.what();
    } catch (...) {
        return "unknown exception";
    }
}

}  // namespace

void Nursery::start(std::string name, asio::awaitable<void> task) {
    auto signal = running_.emplace(running_.end());
    auto done = [this, signal, name = std::move(name)](const std::exception_ptr& failure) {
        if (auto why = describe(failure)) logger.error("task {} died: {}", name, *why);
        // An emission from outside the loop travels as a posted handler that still points into the signal:
        // the signal goes after it.
        asio::post(executor_, [this, signal] { running_.erase(signal); });
    };
    asio::co_spawn(executor_, std::move(task), asio::bind_cancellation_slot(signal->slot(), std::move(done)));
}

/// Posted, so that a task that was started just now begins first: Asio 1.83 lets the cancellation of one that
/// has not escape from the loop. And an emission inside the loop acts at once, instead of travelling with a
/// pointer.
void Nursery::stop() {
    if (running_.empty()) return;
    asio::post(executor_, [this] {
        for (auto it = running_.begin(); it != running_.end();)
            (it++)->emit(asio::cancellation_type::terminal);
    });
}

void Signal::notify() {
    raised_ = true;
    if (waiting_) timer_.cancel();
}

asio::awaitable<bool> Signal::wait() {
    if (!std::exchange(raised_, false)) {
        waiting_ = true;
        timer_.expires_at(asio::steady_timer::time_point::max());
        co_await timer_.async_wait(as_result);
        waiting_ = false;
        co_return std::exchange(raised_, false);
    }
    co_return true;
}

asio::awaitable<bool> Signal::wait_until(TimeSource& time, TimeSource::Clock::time_point when) {
    if (!std::exchange(raised_, false)) {
        waiting_ = true;
        co_await time.wait_on(timer_, when);
        waiting_ = false;
        co_return std::exchange(raised_, false);
    }
    co_return true;
}

asio::awaitable<bool> wait_signal_until(TimeSource& time, Signal& signal,
                                        TimeSource::Clock::time_point when) {
    return signal.wait_until(time, when);
}

asio::awaitable<Result<Gate::Pass>> Gate::enter() {
    if (free_ > 0 && queue_.empty()) {
        --free_;
        co_return Pass(*this);
    }
    Waiter waiter(executor_);
    const auto place = queue_.insert(queue_.end(), &waiter);
    co_await waiter.timer.async_wait(as_result);
    if (waiter.admitted) co_return Pass(*this);
    queue_.erase(place);
    co_return Error(Errc::cancelled);
}

void Gate::leave() {
    if (queue_.empty()) {
        ++free_;
        return;
    }
    Waiter* next = queue_.front();
    queue_.pop_front();
    next->admitted = true;
    next->timer.cancel();
}

}  // namespace lanbridge
