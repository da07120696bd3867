#include "mqtt/paho_link.hpp"

// What does not depend on which of Paho's libraries is used.
namespace lanbridge::mqtt {

PahoLink::PahoLink(asio::any_io_executor executor, const ClientSettings& settings, Events events)
    : executor_(std::move(executor)), settings_(settings), events_(std::move(events)) {}

PahoLink::~PahoLink() {
    if (reaper_.joinable()) reaper_.join();
}

/// Every connection gets a Paho client of its own: one that has failed takes 1.1 s to connect again, a fresh
/// one 15 ms. But destroying the last client blocks for 100 ms, until Paho's threads have ended: not on the
/// loop.
void PahoLink::connect(const LinkTarget& target) {
    ++attempt_;
    retire_session();
    if (reaper_.joinable())
        next_ = target;
    else
        open_session(target);
}

void PahoLink::retire_session() {
    if (!session_) return;
    if (reaper_.joinable()) reaper_.join();
    reaper_ =
        std::thread([old = std::move(session_), executor = executor_, weak = weak_from_this()]() mutable {
            old.reset();
            asio::post(executor, [weak] {
                if (auto self = weak.lock()) self->on_retired();
            });
        });
}

void PahoLink::on_retired() {
    if (session_ || !reaper_.joinable()) return;
    reaper_.join();
    if (const auto target = std::exchange(next_, std::nullopt)) open_session(*target);
}

void PahoLink::on_connected(std::size_t window) {
    waiting_.clear();
    flight_->begin(attempt_, window);
    events_.connected();
}

void PahoLink::abort() {
    ++attempt_;
    next_.reset();
    retire_session();
}

Result<void> PahoLink::publish(std::string_view topic, std::string_view payload, int qos, bool retain) {
    if (!flight_->admit(payload.size())) return Error(Errc::overflow, std::string(topic));
    Outgoing message{std::string(topic), std::string(payload), qos, retain};
    if (!waiting_.empty() || !flight_->may_send(qos)) {
        waiting_.push_back(std::move(message));
        return {};
    }
    auto given = hand_over(message);
    if (!given) flight_->done(attempt_, payload.size(), qos);
    return given;
}

/// Stops where the link has just gone; `forget` counts what was lost.
void PahoLink::send_waiting() {
    for (; session_ && !waiting_.empty() && flight_->may_send(waiting_.front().qos); waiting_.pop_front())
        if (!hand_over(waiting_.front())) return;
}

std::size_t PahoLink::forget() {
    waiting_.clear();
    return flight_->begin(0, 0);
}

}  // namespace lanbridge::mqtt
