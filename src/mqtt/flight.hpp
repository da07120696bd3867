#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>

namespace lanbridge::mqtt {

/// Counts what `publish` has accepted and what of it Paho has not yet written (QoS 0) or seen acknowledged
/// (QoS 1), so that both are bounded. Filled by the loop, emptied by Paho's thread.
class Flight {
public:
    /// Keeps a fast broker busy for 50 ms; some 2 MB of small messages.
    static constexpr std::size_t most_messages = 1024;
    /// Of payload. A single message may be larger, when nothing else is under way.
    static constexpr std::size_t most_bytes = 4 * 1024 * 1024;
    /// Of QoS 1 messages given to Paho. It searches a list for each acknowledgement, and more gains nothing.
    static constexpr std::size_t widest_window = 100;

    Flight() = default;
    /// With a tighter bound of payload.
    explicit Flight(std::size_t bytes) : byte_limit_(bytes) {}

    /// What the loop has to do after a message has gone.
    struct Progress {
        bool send = false;  ///< the window is open again for those that wait
        bool tell = false;  ///< there is room again, or nothing left: somebody has asked
        bool any() const noexcept { return send || tell; }
    };

    /// A new connection, or none (0): what was under way is lost. Returns how much that was.
    /// `window` is how many QoS 1 messages the broker takes at once.
    std::size_t begin(std::uintptr_t connection, std::size_t window) {
        const std::lock_guard lock(mutex_);
        connection_ = connection;
        window_ = std::clamp<std::size_t>(window, 1, widest_window);
        unacknowledged_ = 0;
        bytes_ = 0;
        window_wanted_ = false;
        return std::exchange(messages_, 0);
    }

    /// False when the message cannot be accepted now.
    bool admit(std::size_t size) {
        const std::lock_guard lock(mutex_);
        const bool full = messages_ >= most_messages || (messages_ > 0 && bytes_ + size > byte_limit_);
        if (full) {
            room_wanted_ = true;
            return false;
        }
        ++messages_;
        bytes_ += size;
        return true;
    }

    /// False when an accepted message has to wait before it is given to Paho.
    bool may_send(int qos) {
        if (qos == 0) return true;
        const std::lock_guard lock(mutex_);
        if (unacknowledged_ >= window_) {
            window_wanted_ = true;
            return false;
        }
        ++unacknowledged_;
        return true;
    }

    /// A message that was given to Paho has gone, one way or the other.
    Progress done(std::uintptr_t connection, std::size_t size, int qos) {
        const std::lock_guard lock(mutex_);
        Progress progress;
        if (connection != connection_ || messages_ == 0) return progress;
        --messages_;
        bytes_ -= std::min(bytes_, size);
        if (qos > 0 && unacknowledged_ > 0) --unacknowledged_;
        if (unacknowledged_ <= window_ / 2) progress.send = std::exchange(window_wanted_, false);
        if (messages_ == 0 && std::exchange(empty_wanted_, false)) progress.tell = true;
        if (messages_ <= most_messages / 2 && bytes_ <= byte_limit_ / 2 && std::exchange(room_wanted_, false))
            progress.tell = true;
        return progress;
    }

    std::size_t room() {
        const std::lock_guard lock(mutex_);
        const std::size_t free = bytes_ >= byte_limit_ ? 0 : most_messages - messages_;
        if (free == 0) room_wanted_ = true;
        return free;
    }

    /// True when nothing is under way; else the loop is told when it is so.
    bool empty_or_tell() {
        const std::lock_guard lock(mutex_);
        empty_wanted_ = messages_ > 0;
        return messages_ == 0;
    }

    std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return messages_;
    }

private:
    std::size_t byte_limit_ = most_bytes;
    mutable std::mutex mutex_;
    std::uintptr_t connection_ = 0;
    std::size_t window_ = 1;
    std::size_t messages_ = 0;
    std::size_t bytes_ = 0;
    std::size_t unacknowledged_ = 0;
    bool window_wanted_ = false;
    bool room_wanted_ = false;
    bool empty_wanted_ = false;
};

}  // namespace lanbridge::mqtt
