#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/model/outbox.hpp"

namespace lanbridge::admin {

/// Messages that may be lost and must never crowd out states and commands: sent a few at a time, while the
/// outbox has room to spare; a bounded queue, whose overflow is counted.
class Trickle {
public:
    Trickle(Context context, model::Outbox& outbox, std::size_t capacity)
        : context_(std::move(context)), outbox_(outbox), capacity_(capacity), ready_(context_.executor) {}

    /// False when the message was dropped.
    bool push(std::string topic, std::string payload);
    asio::awaitable<void> run();
    std::size_t queued() const noexcept { return queue_.size(); }
    std::uint64_t dropped() const noexcept { return dropped_; }

private:
    void send_some();

    Context context_;
    model::Outbox& outbox_;
    std::size_t capacity_;
    std::deque<model::Publication> queue_;
    std::uint64_t dropped_ = 0;
    Signal ready_;
};

}  // namespace lanbridge::admin
