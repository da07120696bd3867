#include "app/daemon/lan_address.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

#include "lanbridge/base/time.hpp"

namespace lanbridge::app {
namespace {

using asio::ip::address;

/// Reserved for documentation, so the way there is the default route.
constexpr const char* somewhere = "192.0.2.1";
constexpr std::uint16_t discard = 9;

/// The network that a device in pairing mode makes.
bool in_pairing_network(const address& address) {
    if (!address.is_v4()) return false;
    const auto bytes = address.to_v4().to_bytes();
    return bytes[0] == 10 && bytes[1] == 10 && bytes[2] == 10;
}

Result<address> local_address_towards(const address& peer) {
    asio::io_context io;
    asio::ip::udp::socket socket(io);
    error_code ec;
    socket.connect(asio::ip::udp::endpoint(peer, discard), ec);  // of UDP: chooses the way, sends nothing
    if (ec) return Error(Errc::unreachable, ec.message());
    const auto local = socket.local_endpoint(ec);
    if (ec) return Error(Errc::unreachable, ec.message());
    return local.address();
}

}  // namespace

bool is_loopback(const std::string& host) {
    error_code ec;
    const auto parsed = asio::ip::make_address(host, ec);
    return ec ? host == "localhost" : parsed.is_loopback() || parsed.is_unspecified();
}

Result<std::string> address_seen_from(const std::string& peer) {
    error_code ec;
    auto target = asio::ip::make_address(peer, ec);
    if (ec || in_pairing_network(target)) target = asio::ip::make_address(somewhere);
    const auto local = local_address_towards(target);
    if (!local || in_pairing_network(*local))
        return Error(Errc::unreachable,
                     "this machine's address in the LAN cannot be told while it is in the device's own "
                     "network: give it with --broker-host");
    return local->to_string();
}

Result<std::string> host_for_device(const std::string& host, const std::string& peer) {
    if (!is_loopback(host)) return host;
    return address_seen_from(peer);
}

}  // namespace lanbridge::app
