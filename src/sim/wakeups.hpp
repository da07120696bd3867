#pragma once

#include <map>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/sim/mqtt_session.hpp"

namespace lanbridge::sim {

/// Ticks sessions when they want it: one timer for all of them.
class Wakeups {
public:
    using TimePoint = MqttSession::TimePoint;

    explicit Wakeups(Context context)
        : context_(context), changed_(context.executor), tasks_(context.executor) {
        tasks_.start("simulated sessions", run());
    }
    void at(TimePoint when, MqttSession* session) {
        const bool first = due_.empty() || when < due_.begin()->first;
        due_.emplace(when, session);
        if (first) changed_.notify();
    }
    void forget(const MqttSession* session) {
        std::erase_if(due_, [session](const auto& entry) { return entry.second == session; });
    }
    void close() { tasks_.stop(); }
    bool idle() const noexcept { return tasks_.idle(); }

private:
    asio::awaitable<void> run() {
        for (;;) {
            const auto next = due_.empty() ? context_.time.now() + 1h : due_.begin()->first;
            co_await wait_signal_until(context_.time, changed_, next);
            const auto state = co_await asio::this_coro::cancellation_state;
            if (state.cancelled() != asio::cancellation_type::none) co_return;
            const auto now = context_.time.now();
            while (!due_.empty() && due_.begin()->first <= now) {
                auto* const session = due_.begin()->second;
                due_.erase(due_.begin());
                session->tick();
            }
        }
    }

    Context context_;
    Signal changed_;
    std::multimap<TimePoint, MqttSession*> due_;
    Nursery tasks_;
};

}  // namespace lanbridge::sim
