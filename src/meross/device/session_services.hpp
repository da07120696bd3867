#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/base/secret.hpp"
#include "lanbridge/meross/protocol/message.hpp"
#include "lanbridge/model/device.hpp"
#include "lanbridge/net/http_client.hpp"

namespace lanbridge::meross {

/// What the configuration says about one device.
struct SessionSettings {
    net::HttpEndpoint endpoint;
    std::optional<Uuid> uuid;  ///< nothing else is accepted at the endpoint
    std::optional<Secret> key;
    std::vector<Secret> shared_keys;
    std::string name;  ///< "" = made from the product and the address
    std::chrono::seconds poll_interval{30};
    std::string timezone;  ///< written to a device that has none; "" = leave it alone
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
    model::DeviceSink& sink;
    model::Memory& memory;
    model::EntitySetPool& entity_sets;
    Nursery& nursery;
    Gate& meetings;
    /// Claims a uuid for this session; false when another session serves it already.
    std::function<bool(const Uuid&, const void* session)> claim;
    /// Gives the uuid back. False when another session serves it: its registry entry is none of ours then.
    std::function<bool(const Uuid&, const void* session)> release;
    /// Who was last met at this endpoint, in an earlier run.
    std::function<std::optional<Uuid>(const net::HttpEndpoint&)> known_at;
};

}  // namespace lanbridge::meross
