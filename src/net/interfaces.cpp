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

std::optional<Address> address_of(const sockaddr* generic) {
    if (!generic || generic->sa_family != AF_INET) return std::nullopt;
    sockaddr_in exact{};
    std::memcpy(&exact, generic, sizeof exact);
    return Address(ntohl(exact.sin_addr.s_addr));
}

}  // namespace

std::vector<InterfaceAddress> interface_addresses() {
    std::vector<InterfaceAddress> out;
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) != 0) return out;
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(first, &::freeifaddrs);
    for (const ifaddrs* entry = first; entry; entry = entry->ifa_next) {
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

}  // namespace lanbridge::net
