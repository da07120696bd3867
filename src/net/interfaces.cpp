#include "lanbridge/net/interfaces.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <memory>

namespace lanbridge::net {
namespace {

using Address = boost::asio::ip::address_v4;

/// Empty where the system does not tell.
using Entries = std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)>;
Entries interface_entries() {
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) != 0) first = nullptr;
    return Entries(first, &::freeifaddrs);
}

std::optional<boost::asio::ip::address_v6> address_v6_of(const sockaddr* generic) {
    if (!generic || generic->sa_family != AF_INET6) return std::nullopt;
    sockaddr_in6 exact{};
    std::memcpy(&exact, generic, sizeof exact);
    boost::asio::ip::address_v6::bytes_type bytes{};
    std::memcpy(bytes.data(), &exact.sin6_addr, bytes.size());
    return boost::asio::ip::address_v6(bytes, exact.sin6_scope_id);
}

std::optional<Address> address_of(const sockaddr* generic) {
    if (!generic || generic->sa_family != AF_INET) return std::nullopt;
    sockaddr_in exact{};
    std::memcpy(&exact, generic, sizeof exact);
    return Address(ntohl(exact.sin_addr.s_addr));
}

}  // namespace

std::vector<InterfaceAddress> interface_addresses() {
    std::vector<InterfaceAddress> out;
    const auto entries = interface_entries();
    for (const ifaddrs* entry = entries.get(); entry; entry = entry->ifa_next) {
        const auto address = address_of(entry->ifa_addr);
        if (!address || (entry->ifa_flags & IFF_UP) == 0) continue;
        InterfaceAddress found;
        found.interface = entry->ifa_name;
        found.address = *address;
        if ((entry->ifa_flags & IFF_BROADCAST) != 0) found.broadcast = address_of(entry->ifa_broadaddr);
        out.push_back(std::move(found));
    }
    return out;
}

std::vector<boost::asio::ip::address> outside_addresses() {
    std::vector<boost::asio::ip::address> out;
    const auto entries = interface_entries();
    for (const ifaddrs* entry = entries.get(); entry; entry = entry->ifa_next) {
        if ((entry->ifa_flags & IFF_UP) == 0 || (entry->ifa_flags & IFF_LOOPBACK) != 0) continue;
        if (const auto v4 = address_of(entry->ifa_addr)) out.emplace_back(*v4);
        if (const auto v6 = address_v6_of(entry->ifa_addr)) out.emplace_back(*v6);
    }
    return out;
}

}  // namespace lanbridge::net
