#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>

#include "lanbridge/base/context.hpp"
#include "lanbridge/base/error.hpp"
#include "lanbridge/mqtt/broker_url.hpp"
#include "lanbridge/mqtt/client.hpp"

namespace lanbridge::mqtt {

/// What a broker can do for the bridge.
struct BrokerFeatures {
    BrokerFeatures() = default;
    bool mqtt5 = false;                   ///< else it takes 3.1.1 only
    bool retained = false;                ///< a retained message is replayed to who subscribes later
    std::chrono::microseconds latency{};  ///< from publishing a message to getting it back
};

/// Connects with a client of its own, and leaves nothing behind at the broker. At most some 5 s. `base_topic`
/// is one the login may use: topics below it are. Errors: `wrong_key`, `unreachable`, as `Client` tells them;
/// `timeout` when what is published does not come back (rights of the login?).
asio::awaitable<Result<BrokerFeatures>> probe_features(Context context, BrokerUrl url, TlsSettings tls,
                                                       std::string base_topic = "lanbridge");

}  // namespace lanbridge::mqtt
