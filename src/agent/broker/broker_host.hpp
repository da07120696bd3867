#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "agent/gateway.hpp"
#include "agent/journal.hpp"
#include "agent/programs.hpp"
#include "agent/settings.hpp"
#include "lanbridge/base/context.hpp"

namespace lanbridge::agent {

/// Who reaches the gateway's MQTT broker. Without `--mqtt.bind` and `--mqtt.user` the whole LAN, without a
/// password, as with openmiio_agent: the vendor's mosquitto is started anew on all interfaces. With one of
/// them it stays on loopback, and a gate of ours stands on the LAN's side. Loopback is open to the vendor's
/// programs in any case.
class BrokerHost {
public:
    /// All but the context outlive it.
    BrokerHost(Context context, Journal& journal, const Settings& settings, const Gateway& gateway,
               const Programs& programs);
    BrokerHost(const BrokerHost&) = delete;
    BrokerHost& operator=(const BrokerHost&) = delete;
    /// Without `stop()` before, LAN clients are cut off at once.
    ~BrokerHost();

    /// Returns when the broker is as it shall be, or cannot be made so for now (up to 5 s; both are logged).
    /// From then on it is looked after, every 30 s and at every `check()`: the firmware starts its own one
    /// anew when it dies.
    asio::awaitable<void> start();
    /// To be called when a client of the broker has connected again.
    void check();
    /// The broker stays as it is; clients of the gate are disconnected.
    asio::awaitable<void> stop();

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace lanbridge::agent
