#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"

namespace lanbridge::sim {

/// What has come, in order. Keeps the latest 100,000 messages, more than any test sends.
class Inbox {
public:
    static constexpr std::size_t most = 100'000;
    explicit Inbox(const Context& context) : context_(context), arrived_(context.executor) {}

    void add(std::string_view message) {
        if (messages_.size() == most) messages_.pop_front();
        messages_.emplace_back(message);
        ++count_;
        arrived_.notify();
    }
    /// Takes the oldest; waits for it until `limit` has passed. One waiter at a time. Errors: `timeout`.
    asio::awaitable<Result<std::string>> next(TimeSource::Clock::duration limit);
    /// What is here now, emptying it.
    std::deque<std::string> take_all() { return std::exchange(messages_, {}); }
    const std::deque<std::string>& waiting() const noexcept { return messages_; }
    /// Ever.
    std::uint64_t count() const noexcept { return count_; }

private:
    Context context_;
    Signal arrived_;
    std::deque<std::string> messages_;
    std::uint64_t count_ = 0;
};

}  // namespace lanbridge::sim
