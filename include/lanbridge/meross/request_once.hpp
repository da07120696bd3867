#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <vector>

#include "lanbridge/base/context.hpp"
#include "lanbridge/base/secret.hpp"
#include "lanbridge/meross/protocol/multiple.hpp"
#include "lanbridge/net/http_client.hpp"

namespace lanbridge::meross {

/// Who to ask, for a request without a running session.
struct OneShot {
    explicit OneShot(net::HttpEndpoint e) : endpoint(std::move(e)) {}
    net::HttpEndpoint endpoint;
    std::optional<Uuid> uuid;
    std::optional<Secret> key;
    std::vector<Secret> shared_keys;
};
/// Finds key and encryption, then asks once. Errors: those of identification and transport.
boost::asio::awaitable<Result<Message>> request_once(Context context, net::HttpPoster& http, OneShot target,
                                                     Request request);

}  // namespace lanbridge::meross
