#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <span>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/error.hpp"

namespace lanbridge::net {

/// Hears UDP datagrams to one port that arrive on any interface, whoever they are for: a machine that asks
/// for its address has none yet, and the port may belong to a DHCP server on this host. The kernel filters,
/// so that nothing else wakes us. Linux only; needs the capability CAP_NET_RAW.
class PacketSocket {
public:
    explicit PacketSocket(const asio::any_io_executor& executor) : descriptor_(executor) {}

    /// Errors: those of the system; `operation_not_permitted` without the capability,
    /// `address_family_not_supported` where the sandbox forbids packet sockets.
    Result<void> open(std::uint16_t udp_port);
    void close();

    /// One datagram, from its IP header on. `into` stays where it is until the result is there. Errors: those
    /// of the system.
    asio::awaitable<Result<std::size_t>> receive(std::span<std::uint8_t> into);

private:
    asio::posix::stream_descriptor descriptor_;
};

}  // namespace lanbridge::net
