#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agent/gateway.hpp"
#include "agent/journal.hpp"
#include "agent/programs.hpp"
#include "agent/report.hpp"
#include "agent/settings.hpp"
#include "lanbridge/base/context.hpp"

namespace lanbridge::agent {

/// The Zigbee chip's module: the vendor's program run by us (`z3`), and the chip over TCP (`--zigbee.tcp`).
/// Does nothing on gateways whose chip it does not know. What it refers to outlives it.
class Zigbee {
public:
    using Publish = std::function<void(std::string topic, std::string payload)>;

    Zigbee(Context context, Journal& journal, const Settings& settings, const Gateway& gateway,
           std::optional<ZigbeeReport>& report, Programs& programs, Publish publish);
    Zigbee(const Zigbee&) = delete;
    Zigbee& operator=(const Zigbee&) = delete;
    ~Zigbee();

    void start();
    /// The gateway's own programs come back after this. Call it before the end, when there was a `start()`.
    asio::awaitable<void> stop();

    std::uint16_t port() const noexcept;     ///< 0 while not listening
    std::uint64_t refused() const noexcept;  ///< clients that `--zigbee.allow` does not name

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace lanbridge::agent
