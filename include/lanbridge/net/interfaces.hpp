#pragma once

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lanbridge::net {

/// An IPv4 address of this machine, on an interface that is up.
struct InterfaceAddress {
    InterfaceAddress() = default;
    std::string interface;
    boost::asio::ip::address_v4 address;
    std::optional<boost::asio::ip::address_v4> broadcast;  ///< nothing for loopback and point-to-point
};
/// Empty where the system does not tell.
std::vector<InterfaceAddress> interface_addresses();

/// Those, and the IPv6 ones, that others than this machine may reach it at: all but loopback's.
std::vector<boost::asio::ip::address> outside_addresses();

}  // namespace lanbridge::net
