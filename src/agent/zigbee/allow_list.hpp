#pragma once

#include <array>
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/error.hpp"

namespace lanbridge::agent {

/// Networks whose hosts may connect, IPv4 and IPv6. Without any, everybody may.
class AllowList {
public:
    using Address = boost::asio::ip::address;

    /// "192.168.1.0/24", "fd00::/8", or a single address. After an entry that cannot be read, which stays
    /// without effect, the list is no longer open to everybody. Errors: `invalid_value`.
    Result<void> add(std::string_view text);
    bool allows(const Address& address) const noexcept;

private:
    using Bytes = std::array<std::uint8_t, 16>;  ///< IPv4 as ::ffff:a.b.c.d
    struct Network {
        Bytes address;
        unsigned prefix;
    };
    static Bytes bytes_of(const Address& address) noexcept;

    std::vector<Network> networks_;
    bool everybody_ = true;
};

}  // namespace lanbridge::agent
