#pragma once

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "app/cli/daemon_link.hpp"
#include "lanbridge/meross/protocol/multiple.hpp"

namespace lanbridge::app {

/// A device behind the broker, and with what it may be signed for.
struct BrokerTarget {
    BrokerTarget() = default;
    meross::Uuid uuid;
    std::vector<Secret> keys;  ///< tried in order; at least one
};

/// One request and its answer over the broker itself, without a daemon. Connects first. A PUSH is answered by
/// the device's next PUSH of the namespace, if at all. Errors: those of `DaemonLink::connect`; `timeout`. An
/// ERROR answer is an answer.
asio::awaitable<Result<meross::Message>> request_over_broker(Context context, DaemonLink& link,
                                                             BrokerTarget target, meross::Request request);

}  // namespace lanbridge::app
