#pragma once

#include <boost/asio/ip/address_v4.hpp>
#include <cstdint>
#include <string>

namespace lanbridge::net {

/// An IPv4 network.
class Subnet {
public:
    using Address = boost::asio::ip::address_v4;
    /// Bits of `address` behind the prefix are ignored; `prefix` is 0 to 32.
    Subnet(Address address, int prefix);

    int prefix() const noexcept { return prefix_; }
    /// Addresses that a host may have: all but the network's own and its broadcast (a /31 and a /32 have
    /// neither).
    std::uint64_t hosts() const noexcept;
    Address host(std::uint64_t index) const;
    bool contains(Address address) const noexcept;
    std::string text() const;  ///< "192.168.1.0/24"
    friend bool operator==(const Subnet&, const Subnet&) = default;

private:
    Address network_;
    int prefix_;
};

}  // namespace lanbridge::net
