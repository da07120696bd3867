#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>

namespace lanbridge::mqtt {

/// Counts what was given to Paho and is not yet written (QoS 0) or acknowledged (QoS 1), so that the number
/// is bounded. Filled by the loop, emptied by Paho's thread.
class Flight {
public:
    /// Keeps a fast broker busy; with the copies in Paho some 2 MB of small messages.
    static constexpr std::size_t most_messages = 1024;
    /// Of payload. A single message may be larger, when nothing else is under way.
    static constexpr std::size_t most_bytes = 4 * 1024 * 1024;

    /// A new connection: what was under way on the old one is lost. Returns how much that was.
    std::size_t begin(std::uintptr_t connection) {
        const std::lock_guard lock(mutex_);
        connection_ = connection;
        bytes_ = 0;
        return std::exchange(messages_, 0);
    }

    /// False when the message must wait.
    bool admit(std::size_t size) {
        const std::lock_guard lock(mutex_);
        const bool full = messages_ >= most_messages || (messages_ > 0 && bytes_ + size > most_bytes);
        if (full) {
            room_wanted_ = true;
            return false;
        }
        ++messages_;
        bytes_ += size;
        return true;
    }

    /// A message has gone, one way or the other. True when the loop is to be told.
    bool done(std::uintptr_t connection, std::size_t size) {
        const std::lock_guard lock(mutex_);
        if (connection != connection_ || messages_ == 0) return false;
        --messages_;
        bytes_ -= std::min(bytes_, size);
        if (messages_ == 0 && std::exchange(empty_wanted_, false)) return true;
        if (messages_ > most_messages / 2 || bytes_ > most_bytes / 2) return false;
        return std::exchange(room_wanted_, false);
    }

    std::size_t room() {
        const std::lock_guard lock(mutex_);
        const std::size_t free = bytes_ >= most_bytes ? 0 : most_messages - messages_;
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
    mutable std::mutex mutex_;
    std::uintptr_t connection_ = 0;
    std::size_t messages_ = 0;
    std::size_t bytes_ = 0;
    bool room_wanted_ = false;
    bool empty_wanted_ = false;
};

}  // namespace lanbridge::mqtt
