// What features want done by themselves: the end of a movement, a state that is asked for each second.
#include <algorithm>

#include "meross/device/session.hpp"

namespace lanbridge::meross {
namespace {

/// A feature that always wants to be called now may not keep the device, or us, busy.
constexpr auto errand_spacing = 100ms;

}  // namespace

Moment Session::moment() const {
    const auto& policy = ways_.policy();
    return Moment{now(), services_.context.time.wall_ms(), policy.mqtt_active()};
}

TimeSource::Clock::time_point Session::next_errand() const {
    auto next = TimeSource::Clock::time_point::max();
    if (!state_.online) return next;
    if (const auto at = features_.wakes_at()) next = *at;
    if (const auto at = hub_ ? hub_->wakes_at() : std::nullopt) next = std::min(next, *at);
    return std::max(next, state_.last_errand + errand_spacing);
}

asio::awaitable<void> Session::run_errands() {
    if (!state_.online || now() < next_errand()) co_return;
    state_.last_errand = now();
    std::vector<Request> requests;
    model::Observations observations;
    const bool changed = features_.tick(moment(), requests, observations);
    show(std::move(observations), changed);
    if (hub_) hub_->tick(moment(), requests);
    for (auto& request : requests) {
        if (!state_.online) co_return;
        const bool reads = request.method != Method::set;
        const std::string name_space = request.name_space;
        auto reply = reads ? read_one(std::move(request), Patience::command)
                           : ask(std::move(request), Patience::command);
        const auto answer = co_await std::move(reply);
        // Nobody pushes over HTTP, and a failure may have done half of it.
        const bool telling = answer && ways_.answered_by() == model::Transport::mqtt;
        if (!reads && !telling) read_again_soon(name_space);
    }
}

/// A reading during the rest may have made something due earlier than the rest ends.
void Session::wake_for_errands() {
    if (state_.rests_until && next_errand() < *state_.rests_until) wake_.notify();
}

}  // namespace lanbridge::meross
