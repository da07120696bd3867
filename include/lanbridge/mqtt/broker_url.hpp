#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lanbridge/base/error.hpp"
#include "lanbridge/base/secret.hpp"

namespace lanbridge::mqtt {

/// Where a broker is: `mqtt://[user[:password]@]host[:port]`; `mqtts://` with TLS; `tcp://` and `ssl://` are
/// accepted for the same two. User and password may be percent-encoded, IPv6 addresses stand in brackets.
struct BrokerUrl {
    BrokerUrl() = default;
    BrokerUrl(std::string h, std::uint16_t p, bool t = false) : host(std::move(h)), port(p), tls(t) {}

    std::string host;
    std::uint16_t port = 1883;  ///< 8883 by default with TLS
    bool tls = false;
    std::string username;  ///< "" when the URL names none
    Secret password;

    /// For people, log lines and topics: never contains the password nor the user.
    std::string display() const;
    friend bool operator==(const BrokerUrl&, const BrokerUrl&) = default;
};

/// Errors: `invalid_value`, saying what is wrong and what is expected; a password in the URL is not repeated.
Result<BrokerUrl> parse_broker_url(std::string_view text);

}  // namespace lanbridge::mqtt
