#pragma once

#include <boost/asio/awaitable.hpp>

#include "lanbridge/base/context.hpp"
#include "lanbridge/meross/protocol/message.hpp"
#include "lanbridge/net/http_client.hpp"

namespace lanbridge::meross {

/// Asks whoever listens there for its abilities, with the empty key. A Meross device answers in any case, and
/// be it that the key is wrong, and its header says who it is. Short of patience: it is asked of addresses
/// that mostly belong to nobody. Errors: those of the poster; `malformed` for anybody else.
boost::asio::awaitable<Result<Message>> probe(Context context, net::HttpPoster& http,
                                              net::HttpEndpoint endpoint);

}  // namespace lanbridge::meross
