#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "lanbridge/base/context.hpp"
#include "lanbridge/meross/pairing.hpp"

namespace lanbridge::app {

/// Connects to a broker exactly as the device will: TLS without a look at the certificate, its client id,
/// login and topics. The value says what was seen. Errors, each with what to do: `unreachable`, `wrong_key`
/// (the login), `unsupported` (TLS that devices do not speak, topics out of reach).
asio::awaitable<Result<std::string>> test_as_device(Context context, meross::PairingLogin login);

}  // namespace lanbridge::app
