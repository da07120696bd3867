#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "agent/broker/mqtt_connect.hpp"
#include "agent/journal.hpp"
#include "lanbridge/base/context.hpp"

namespace lanbridge::agent {

struct GateLimits {
    std::size_t clients = 32;                       ///< 8 KiB each; a house has a handful
    std::chrono::seconds greeting{10};              ///< until a client's CONNECT is complete
    std::chrono::seconds stall{60};                 ///< a client that takes nothing meanwhile is dropped
    std::chrono::seconds farewell{10};              ///< between the two ends of one connection
    std::chrono::milliseconds refusal_pause{1000};  ///< makes guessing passwords slow
};

struct GateSettings {
    GateSettings() = default;
    std::uint16_t port = 1883;  ///< here, and of the broker on 127.0.0.1
    std::optional<Login> login;
    /// Where to listen; asked again at each `refresh`.
    std::function<std::vector<boost::asio::ip::address>()> addresses;
    GateLimits limits;
};

/// Stands on the LAN's addresses in front of a broker that listens on loopback: asks clients for the
/// password, where there is one, and passes bytes on.
class BrokerGate {
public:
    BrokerGate(Context context, Journal& journal, GateSettings settings);
    BrokerGate(const BrokerGate&) = delete;
    BrokerGate& operator=(const BrokerGate&) = delete;
    /// Without `stop()` before, all connections are cut at once.
    ~BrokerGate();

    /// Listens on addresses that are new, and no more on those that are gone. Call it again and again.
    void refresh();
    asio::awaitable<void> stop();

    /// Where it listens now.
    std::vector<boost::asio::ip::address> listening() const;
    std::size_t clients() const noexcept;

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace lanbridge::agent
