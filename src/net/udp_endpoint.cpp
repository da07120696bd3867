#include "lanbridge/net/udp_endpoint.hpp"

#include <boost/asio/buffer.hpp>

namespace lanbridge::net {
namespace {

using Udp = asio::ip::udp;

}  // namespace

Result<void> UdpEndpoint::open(std::uint16_t port) {
    close();
    const auto fail = [&](const error_code& ec) {
        error_code ignored;
        socket_.close(ignored);
        return Error(ec, "UDP port " + std::to_string(port));
    };
    error_code ec;
    if (socket_.open(Udp::v4(), ec); ec) return fail(ec);
    if (socket_.set_option(Udp::socket::reuse_address(true), ec); ec) return fail(ec);
    if (socket_.set_option(asio::socket_base::broadcast(true), ec); ec) return fail(ec);
    if (socket_.non_blocking(true, ec); ec) return fail(ec);
    if (socket_.bind(Udp::endpoint(asio::ip::address_v4::any(), port), ec); ec) return fail(ec);
    return {};
}

void UdpEndpoint::close() {
    error_code ignored;
    socket_.close(ignored);
}

Result<void> UdpEndpoint::send(asio::ip::address_v4 to, std::uint16_t port, std::string_view datagram) {
    error_code ec;
    socket_.send_to(asio::buffer(datagram), Udp::endpoint(to, port), 0, ec);
    if (ec && ec != asio::error::would_block) return Error(ec, to.to_string());
    return {};
}

asio::awaitable<Result<UdpEndpoint::Arrival>> UdpEndpoint::receive(std::span<char> into) {
    Udp::endpoint sender;
    const auto buffer = asio::buffer(into.data(), into.size());
    auto [ec, size] = co_await socket_.async_receive_from(buffer, sender, as_result);
    if (ec) co_return Error(ec, "receiving by UDP");
    co_return Arrival(sender.address().to_v4(), size);
}

}  // namespace lanbridge::net
