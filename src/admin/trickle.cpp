#include "admin/trickle.hpp"

#include <utility>

namespace lanbridge::admin {
namespace {

constexpr int burst = 20;
constexpr auto pause = std::chrono::milliseconds(100);
/// Room that is left to states and answers.
constexpr std::size_t reserve = 64;

}  // namespace

bool Trickle::push(std::string topic, std::string payload) {
    // Without a broker news would be old by the time it is told.
    if (outbox_.room() == 0 || queue_.size() >= capacity_) {
        ++dropped_;
        return false;
    }
    queue_.emplace_back(std::move(topic), std::move(payload), 0, false);
    ready_.notify();
    return true;
}

void Trickle::send_some() {
    for (int i = 0; i < burst && !queue_.empty() && outbox_.room() > reserve; ++i) {
        if (!outbox_.publish(queue_.front())) break;
        queue_.pop_front();
    }
    if (outbox_.room() != 0) return;
    dropped_ += queue_.size();
    queue_.clear();
}

asio::awaitable<void> Trickle::run() {
    for (;;) {
        while (queue_.empty()) {
            const bool signalled = co_await ready_.wait();
            if (!signalled) co_return;
        }
        send_some();
        const auto cancelled = co_await context_.time.sleep(pause);
        if (cancelled) co_return;
    }
}

}  // namespace lanbridge::admin
