#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

namespace lanbridge::agent {

/// What waits to be written to one peer that is slow. When it is full the oldest message goes: of events and
/// states the latest matter.
class PeerQueue {
public:
    static constexpr std::size_t most_messages = 256;       ///< some minutes of a busy gateway
    static constexpr std::size_t most_bytes = 1024 * 1024;  ///< what a gateway with 64 MB can spare per peer

    /// Returns how many messages were dropped for it, the new one itself where it alone is too much.
    std::size_t push(std::string_view message) {
        if (message.size() > most_bytes) return 1;
        std::size_t dropped = 0;
        while (messages_.size() > kept() &&
               (messages_.size() >= most_messages || bytes_ + message.size() > most_bytes)) {
            drop(kept());
            ++dropped;
        }
        if (bytes_ + message.size() > most_bytes) return dropped + 1;  // the begun message is as long
        messages_.emplace_back(message);
        bytes_ += message.size();
        return dropped;
    }

    bool empty() const noexcept { return messages_.empty(); }
    std::size_t size() const noexcept { return messages_.size(); }
    std::size_t bytes() const noexcept { return bytes_; }

    /// What is left of the first message.
    std::string_view front() const noexcept { return std::string_view(messages_.front()).substr(written_); }
    /// So many bytes of `front()` are out.
    void wrote(std::size_t count) {
        written_ += count;
        if (written_ >= messages_.front().size()) drop(0);
    }
    /// The first message can never be completed: its connection is gone. Returns how many messages that cost.
    std::size_t drop_begun() {
        if (written_ == 0) return 0;
        drop(0);
        return 1;
    }
    /// Returns how many there were.
    std::size_t clear() {
        const auto count = messages_.size();
        messages_.clear();
        bytes_ = written_ = 0;
        return count;
    }

private:
    /// A message that is partly out has to follow, or the stream would be garbage.
    std::size_t kept() const noexcept { return written_ > 0 ? 1 : 0; }
    void drop(std::size_t index) {
        const auto it = messages_.begin() + static_cast<std::ptrdiff_t>(index);
        bytes_ -= it->size();
        messages_.erase(it);
        if (index == 0) written_ = 0;
    }

    std::deque<std::string> messages_;
    std::size_t bytes_ = 0;
    std::size_t written_ = 0;  ///< of the first message
};

}  // namespace lanbridge::agent
