#pragma once

#include <boost/asio/ip/udp.hpp>
#include <cstdint>
#include <span>
#include <string_view>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/error.hpp"

namespace lanbridge::net {

/// A UDP port of this machine on all its IPv4 addresses, which may broadcast.
class UdpEndpoint {
public:
    explicit UdpEndpoint(const asio::any_io_executor& executor) : socket_(executor) {}

    /// Shares the port with others who share it too. Errors: those of the system, with the port in words.
    Result<void> open(std::uint16_t port);
    /// What waits in `receive` ends with an error.
    void close();
    bool is_open() const noexcept { return socket_.is_open(); }

    /// Never waits: what finds no room is dropped, as UDP may. Errors: those of the system.
    Result<void> send(asio::ip::address_v4 to, std::uint16_t port, std::string_view datagram);

    struct Arrival {
        Arrival(asio::ip::address_v4 f, std::size_t n) : from(f), size(n) {}
        asio::ip::address_v4 from;
        std::size_t size;  ///< what exceeds the buffer is lost
    };
    /// `into` stays where it is until the result is there. Errors: those of the system.
    asio::awaitable<Result<Arrival>> receive(std::span<char> into);

private:
    asio::ip::udp::socket socket_;
};

}  // namespace lanbridge::net
