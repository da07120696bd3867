#include "lanbridge/sim/gateway/inbox.hpp"

namespace lanbridge::sim {

asio::awaitable<Result<std::string>> Inbox::next(TimeSource::Clock::duration limit) {
    const auto deadline = context_.time.now() + limit;
    while (messages_.empty()) {
        const bool notified = co_await arrived_.wait_until(context_.time, deadline);
        if (!notified && messages_.empty()) co_return Error(Errc::timeout, "no message has come");
    }
    auto message = std::move(messages_.front());
    messages_.pop_front();
    co_return message;
}

}  // namespace lanbridge::sim
