#pragma once

#include <deque>
#include <string>

#include "lanbridge/mqtt/client.hpp"

namespace lanbridge::sim {

/// What simulated devices have said and the connection has not taken yet.
class Outbox {
public:
    /// Births of 10,000 devices; more is lost and counted.
    static constexpr std::size_t most_messages = 65'536;

    explicit Outbox(mqtt::Client& client) : client_(client) {}
    void send(const std::string& topic, const std::string& payload) {
        if (queue_.size() >= most_messages) {
            ++overflows_;
            return;
        }
        queue_.emplace_back(topic, payload);
        drain();
    }
    void drain() {
        while (!queue_.empty()) {
            const auto& next = queue_.front();
            const auto sent = client_.publish(next.topic, next.payload, 1, false);
            if (!sent && sent.error().is(Errc::overflow)) return;
            queue_.pop_front();
        }
    }
    void clear() { queue_.clear(); }
    std::uint64_t overflows() const noexcept { return overflows_; }

private:
    struct Entry {
        Entry(std::string t, std::string p) : topic(std::move(t)), payload(std::move(p)) {}
        std::string topic;
        std::string payload;
    };
    mqtt::Client& client_;
    std::deque<Entry> queue_;
    std::uint64_t overflows_ = 0;
};

}  // namespace lanbridge::sim
