#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/base/secret.hpp"
#include "lanbridge/meross/device_options.hpp"
#include "lanbridge/meross/protocol/credentials.hpp"
#include "lanbridge/meross/protocol/message.hpp"
#include "lanbridge/model/device.hpp"
#include "lanbridge/net/http_client.hpp"
#include "meross/transport/auto_policy.hpp"
#include "meross/transport/mqtt_exchange.hpp"

namespace lanbridge::meross {

class Session;
class SubdeviceClaims;

/// `meross_<mac>`, known from the uuid before the device answers.
model::DeviceId device_id_of(const Uuid& uuid);

/// What the configuration, or discovery, says about one device.
struct SessionSettings {
    std::optional<net::HttpEndpoint> endpoint;  ///< configured; nothing: found, or known on MQTT only
    std::optional<Uuid> uuid;  ///< nothing else is accepted; there is one where there is no endpoint
    bool found = false;        ///< by discovery: the configuration does not know it
    Protocol protocol = Protocol::automatic;
    std::optional<Secret> key;
    std::vector<Secret> shared_keys;
    std::string name;  ///< "" = made from the product and the address
    std::chrono::seconds poll_interval{30};
    std::string timezone;  ///< written to a device that has none; "" = leave it alone
    DeviceOptions options;
    /// For people, and to list it while it is nobody: the address, else the uuid.
    std::string label() const { return endpoint ? endpoint->text() : uuid ? uuid->value() : std::string(); }
    friend bool operator==(const SessionSettings&, const SessionSettings&) = default;
};

/// How many devices are met at the same time. As many as the HTTP client has connections for: were all of
/// them to queue there, each with its request and its chain of coroutines, the heap would keep the holes for
/// ever.
inline constexpr std::size_t max_meetings = 50;

/// What every session shares.
struct SessionServices {
    Context context;
    net::HttpPoster& http;
    MqttExchange& exchange;
    model::DeviceSink& sink;
    model::Memory& memory;
    model::EntitySetPool& entity_sets;
    Nursery& nursery;
    Gate& meetings;
    SubdeviceClaims& subdevices;  ///< which hub serves which
    /// Claims a uuid for this session; false when another session serves it already.
    std::function<bool(const Uuid&, Session* session)> claim;
    /// Gives the uuid back. False when another session serves it: its registry entry is none of ours then.
    std::function<bool(const Uuid&, Session* session)> release;
    /// Who was last met at this configured endpoint, in an earlier run.
    std::function<std::optional<Uuid>(const net::HttpEndpoint&)> known_at;
    /// A device does not answer where it should: look around for it.
    std::function<void()> seek;
    /// A device has shown something that is not understood.
    std::function<void()> unknown_seen;
    /// Whether this is the broker that we are connected to.
    std::function<bool(const BrokerAddress&)> is_our_broker;
};

}  // namespace lanbridge::meross
