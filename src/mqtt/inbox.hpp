#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <utility>

namespace lanbridge::mqtt {

/// A message on its way from Paho's thread to the loop.
struct Incoming {
    Incoming(std::string t, std::string p, int q, bool r, bool d)
        : topic(std::move(t)), payload(std::move(p)), qos(q), retained(r), duplicate(d) {}
    std::size_t size() const noexcept { return topic.size() + payload.size(); }
    std::string topic;
    std::string payload;
    int qos;
    bool retained;
    bool duplicate;
};

/// The bounded queue between the two threads; the one place above Paho where two threads meet.
class Inbox {
public:
    /// 10,000 devices whose retained documents are replayed at once fit; a loop that lags longer is in
    /// trouble.
    static constexpr std::size_t most_messages = 32'768;
    static constexpr std::size_t most_bytes = 32 * 1024 * 1024;

    Inbox() = default;
    /// With a tighter bound of bytes.
    explicit Inbox(std::size_t bytes) : byte_limit_(bytes) {}

    /// On Paho's thread. True when the loop has to be woken: the queue was empty.
    bool push(Incoming message) {
        const std::lock_guard lock(mutex_);
        if (queue_.size() >= most_messages || bytes_ + message.size() > byte_limit_) {
            dropped_.fetch_add(1, std::memory_order_relaxed);
            return false;
        }
        bytes_ += message.size();
        queue_.push_back(std::move(message));
        return queue_.size() == 1;
    }

    /// On the loop: everything at once.
    std::deque<Incoming> take() {
        const std::lock_guard lock(mutex_);
        bytes_ = 0;
        return std::exchange(queue_, {});
    }

    std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return queue_.size();
    }
    std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }

private:
    std::size_t byte_limit_ = most_bytes;
    mutable std::mutex mutex_;
    std::deque<Incoming> queue_;
    std::size_t bytes_ = 0;
    std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace lanbridge::mqtt
