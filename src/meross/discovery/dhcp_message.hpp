#pragma once

#include <boost/asio/ip/address_v4.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "lanbridge/base/bytes.hpp"

namespace lanbridge::meross {

/// What a DHCP message says of its client.
struct DhcpMessage {
    enum class Type : std::uint8_t { discover = 1, offer, request, decline, ack, nak, release, inform };
    DhcpMessage() = default;
    Type type = Type::discover;
    std::string mac;  ///< lower case with colons
    /// The address that it will have if all goes well; nothing where the message does not say.
    std::optional<boost::asio::ip::address_v4> address;
};

/// Reads an IPv4 datagram with UDP, BOOTP and DHCP inside. Errors: `malformed`.
Result<DhcpMessage> parse_dhcp_datagram(ByteSpan datagram);

}  // namespace lanbridge::meross
