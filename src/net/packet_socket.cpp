#include "lanbridge/net/packet_socket.hpp"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <cerrno>

namespace lanbridge::net {
namespace {

/// A flood fills this much of the kernel's memory and no more; the rest of it is dropped there.
constexpr int receive_buffer = 64 * 1024;
/// Longest part of a datagram that is handed over; DHCP messages are below 600 bytes.
constexpr std::uint32_t snap_length = 2048;

Error last_error(int number) {
    return Error(error_code(number, boost::system::system_category()), "packet socket");
}

/// "UDP, no later fragment, to this port": the offsets count from the IP header; the last but one line
/// refuses.
std::array<sock_filter, 9> program_for(std::uint16_t port) {
    constexpr std::uint32_t protocol = 9, fragment = 6, destination_port = 2;
    constexpr std::uint32_t udp = 17, fragment_offset = 0x1fff;
    return {sock_filter{BPF_LD | BPF_B | BPF_ABS, 0, 0, protocol},
            sock_filter{BPF_JMP | BPF_JEQ | BPF_K, 0, 5, udp},
            sock_filter{BPF_LD | BPF_H | BPF_ABS, 0, 0, fragment},
            sock_filter{BPF_JMP | BPF_JSET | BPF_K, 3, 0, fragment_offset},
            sock_filter{BPF_LDX | BPF_B | BPF_MSH, 0, 0, 0},  // length of the IP header
            sock_filter{BPF_LD | BPF_H | BPF_IND, 0, 0, destination_port},
            sock_filter{BPF_JMP | BPF_JEQ | BPF_K, 1, 0, port},
            sock_filter{BPF_RET | BPF_K, 0, 0, 0},
            sock_filter{BPF_RET | BPF_K, 0, 0, snap_length}};
}

}  // namespace

Result<void> PacketSocket::open(std::uint16_t udp_port) {
    close();
    const int socket = ::socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_IP));
    if (socket < 0) return last_error(errno);
    auto program = program_for(udp_port);
    const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    const bool ready =
        ::setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0 &&
        ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer) == 0;
    error_code ec(ready ? 0 : errno, boost::system::system_category());
    if (!ec) descriptor_.assign(socket, ec);
    if (ec) {
        ::close(socket);
        return Error(ec, "packet socket");
    }
    return {};
}

void PacketSocket::close() {
    error_code ignored;
    descriptor_.close(ignored);
}

asio::awaitable<Result<std::size_t>> PacketSocket::receive(std::span<std::uint8_t> into) {
    const auto buffer = asio::buffer(into.data(), into.size());
    auto [ec, size] = co_await descriptor_.async_read_some(buffer, as_result);
    if (ec) co_return Error(ec, "packet socket");
    co_return size;
}

}  // namespace lanbridge::net
