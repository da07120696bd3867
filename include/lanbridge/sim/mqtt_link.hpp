#pragma once

#include <map>
#include <memory>
#include <string>

#include "lanbridge/base/context.hpp"
#include "lanbridge/mqtt/client.hpp"
#include "lanbridge/sim/mqtt_session.hpp"

namespace lanbridge::sim {

/// A device's way to its broker.
class MqttLink {
public:
    virtual ~MqttLink() = default;
    virtual MqttSession& session() noexcept = 0;
    /// Gone without a farewell, until `reconnect`.
    virtual void disconnect() = 0;
    virtual void reconnect() = 0;
    /// The end of it; run the executor until `idle` before it is destroyed.
    virtual void close() = 0;
    virtual bool idle() const = 0;
};

/// Many devices on one connection. What they hear comes by one subscription, `/appliance/+/subscribe`.
class SharedBroker {
public:
    /// `client` outlives it and is started by its owner.
    SharedBroker(Context context, mqtt::Client& client);
    ~SharedBroker();
    SharedBroker(const SharedBroker&) = delete;
    SharedBroker& operator=(const SharedBroker&) = delete;

    /// The device's session begins now or with the connection. The link does not outlive the broker, the
    /// device outlives the link.
    std::unique_ptr<MqttLink> join(MerossDevice& device, MqttHabits habits = MqttHabits());
    void close();
    bool idle() const;
    /// Messages that were lost because devices sent more than the connection takes.
    std::uint64_t overflows() const;

private:
    class Link;
    struct Core;
    std::shared_ptr<Core> core_;
};

/// How a device connects by itself.
struct OwnConnection {
    enum class Transport : std::uint8_t {
        tls,     ///< as real devices do; the certificate is not verified
        plain,   ///< no real device does this
        detect,  ///< TLS first, then plain
    };
    OwnConnection() = default;
    Transport transport = Transport::detect;
    MqttHabits habits;
};

/// One device with a connection and credentials of its own, to the broker of its binding; a device without a
/// binding does not connect. The client id's random tail is new at every `reconnect`.
std::unique_ptr<MqttLink> connect_alone(Context context, MerossDevice& device,
                                        OwnConnection how = OwnConnection());

}  // namespace lanbridge::sim
