// What a session does for the subdevices of its hub: it lends them its connection.
#include "lanbridge/meross/protocol/namespaces.hpp"
#include "meross/device/session.hpp"

namespace lanbridge::meross {

std::vector<Poll> Session::polls() const {
    std::vector<Poll> polls;
    features_.polls(polls);
    if (!hub_) return polls;
    for (auto& poll : hub_->polls()) polls.push_back(std::move(poll));
    return polls;
}

/// After everything that the hub has said: what follows for polling.
void Session::follow_hub() {
    if (!hub_) return;
    if (hub_->take_polls_changed()) schedule_.replace(polls());
    if (hub_->take_digest_wanted()) {
        state_.all_wanted = true;
        state_.next_cycle = now();
        wake_.notify();
    }
    if (hub_->has_errands() && state_.rests_until) wake_.notify();
}

/// Answers that the hub waits for, and the first questions about those that have come.
asio::awaitable<void> Session::look_after_subdevices() {
    if (!hub_ || !state_.online || !hub_->has_errands()) co_return;
    const auto deadline = now() + publish_patience;
    auto requests = hub_->take_requests();
    for (auto& request : requests) {
        if (!state_.online) co_return;
        if (now() >= deadline) publish_subdevices();
        if (request.method == Method::push)
            co_await ways_.request(std::move(request), Patience::brief);  // nobody acknowledges it
        else
            co_await read_one(std::move(request), Patience::brief);
    }
    publish_subdevices();
}

void Session::publish_subdevices() {
    if (!hub_ || !state_.published) return;
    hub_->publish(services_.context.time.wall_ms());
    follow_hub();
}

/// The requests that read this namespace again, also where it is polled as a part of another.
std::vector<Request> Session::requests_of(const std::string& name_space) const {
    auto requests = schedule_.requests_of(name_space);
    const Namespace* row = hub_ ? find_namespace(name_space, true) : nullptr;
    if (requests.empty() && row && row->hub && row->get == Seen::yes && row->shape == GetShape::list)
        requests.emplace_back(name_space, Method::get, hub_request_payload(name_space, Json::array()));
    return requests;
}

}  // namespace lanbridge::meross
