#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>

#include "lanbridge/base/context.hpp"
#include "lanbridge/base/error.hpp"

namespace lanbridge::mqtt {

/// What to do about a connection as a device that failed with `error`. Where TLS did not come about, it looks
/// once more: is plain MQTT spoken there, is the certificate of another kind? Some seconds at most.
asio::awaitable<Error> explain_trouble(Context context, std::string host, std::uint16_t port, Error error);

}  // namespace lanbridge::mqtt
