#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "admin/trickle.hpp"
#include "lanbridge/base/log.hpp"

namespace lanbridge::admin {

/// Log records to `bridge/logging`. The logging thread only posts; what exceeds the rate is counted, and told
/// once there is room again.
class LogForwarder {
public:
    LogForwarder(Context context, model::Outbox& outbox, std::string topic);
    ~LogForwarder();

    void set_level(log::Level level);
    asio::awaitable<void> run() { return trickle_.run(); }
    std::uint64_t dropped() const noexcept;

private:
    struct Shared;
    void forward(log::Level level, const std::string& logger, const std::string& message);
    bool spend();

    Context context_;
    std::string topic_;
    Trickle trickle_;
    std::shared_ptr<Shared> shared_;
    double tokens_;
    TimeSource::Clock::time_point filled_;
    std::uint64_t left_out_ = 0;
};

}  // namespace lanbridge::admin
