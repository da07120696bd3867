#include "agent/zigbee/waiting_room.hpp"

#include <netinet/tcp.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>

namespace lanbridge::agent {
namespace {

/// Connections besides the one that is served; each costs a descriptor and the kernel's buffers.
constexpr std::size_t most_waiting = 8;
/// A client speaks at once; who does not by then is none.
constexpr auto silence_limit = 5min;
constexpr auto listen_retry = 10s;
constexpr auto full_poll = 1s;

/// What the kernel keeps for a client that does not read; the chip fills it in seconds.
constexpr int send_buffer = 16 * 1024;

/// A client whose computer was switched off would keep the chip for ever.
void prepare(tcp::socket& socket) {
    struct Option {
        int level, name, value;
    };
    constexpr std::array options{
        Option{SOL_SOCKET, SO_KEEPALIVE, 1},    Option{IPPROTO_TCP, TCP_KEEPIDLE, 30},
        Option{IPPROTO_TCP, TCP_KEEPINTVL, 10}, Option{IPPROTO_TCP, TCP_KEEPCNT, 3},
        Option{IPPROTO_TCP, TCP_NODELAY, 1},    Option{SOL_SOCKET, SO_SNDBUF, send_buffer}};
    for (const auto& [level, name, value] : options)
        ::setsockopt(socket.native_handle(), level, name, &value, sizeof value);
    error_code ignored;
    socket.non_blocking(true, ignored);
}

std::string remote_text(const tcp::endpoint& peer) {
    const auto address = peer.address().to_string();
    const auto port = std::to_string(peer.port());
    return peer.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
}

/// The peer has closed or reset the connection, whatever it sent before.
bool is_gone(tcp::socket& socket) {
    pollfd state{socket.native_handle(), POLLRDHUP, 0};
    return ::poll(&state, 1, 0) > 0 && (state.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

bool has_bytes(tcp::socket& socket) {
    error_code ec;
    return socket.available(ec) > 0;
}

}  // namespace

WaitingRoom::WaitingRoom(Context context, Journal& journal, AllowList allowed)
    : context_(std::move(context)),
      journal_(journal),
      allowed_(std::move(allowed)),
      v4_(context_.executor),
      v6_(context_.executor),
      arrived_(context_.executor),
      nursery_(context_.executor) {}

void WaitingRoom::start(std::uint16_t port) { nursery_.start("zigbee port", listen(port)); }

Result<void> WaitingRoom::bind(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) const {
    error_code ec;
    acceptor.open(endpoint.protocol(), ec);
    if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec && endpoint.protocol() == tcp::v6()) acceptor.set_option(asio::ip::v6_only(true), ec);
    if (!ec) acceptor.bind(endpoint, ec);
    if (!ec) acceptor.listen(tcp::acceptor::max_listen_connections, ec);
    if (!ec) return {};
    error_code ignored;
    acceptor.close(ignored);
    return Error(ec, "port " + std::to_string(endpoint.port()));
}

asio::awaitable<void> WaitingRoom::listen(std::uint16_t port) {
    for (bool said = false;; said = true) {
        auto bound = bind(v4_, tcp::endpoint(tcp::v4(), port));
        if (bound) break;
        if (!said)
            journal_.error(Part::zigbee, "[zigb] can't listen TCP, it is tried again every 10 s",
                           {{"port", std::int64_t{port}}, {"error", bound.error().text()}});
        co_await context_.time.sleep(listen_retry);
    }
    port_ = v4_.local_endpoint().port();
    if (bind(v6_, tcp::endpoint(tcp::v6(), port_)))  // not every gateway's kernel has it
        nursery_.start("zigbee port, IPv6", accept(v6_));
    journal_.info(Part::zigbee, "[zigb] listen TCP", {{"port", std::int64_t{port_}}});
    co_await accept(v4_);
}

asio::awaitable<void> WaitingRoom::accept(tcp::acceptor& acceptor) {
    for (;;) {
        while (full()) co_await context_.time.sleep(full_poll);
        auto [ec, socket] = co_await acceptor.async_accept(as_result);
        if (!ec) {
            admit(std::move(socket));
            continue;
        }
        if (ec == asio::error::operation_aborted) co_return;  // we are stopping
        const bool news = accept_failures_.note(context_.time.now()) > 0;
        if (news) journal_.warn(Part::zigbee, "[zigb] can't accept conn", {{"error", ec.message()}});
        co_await context_.time.sleep(full_poll);
    }
}

bool WaitingRoom::full() {
    if (silent_.size() + ready_.size() < most_waiting) return false;
    drop_gone();
    return silent_.size() + ready_.size() >= most_waiting && oldest_silent() == silent_.end();
}

/// Of a burst some have sent something that their coroutines have not seen yet.
std::list<TcpClientPtr>::iterator WaitingRoom::oldest_silent() {
    return std::find_if(silent_.begin(), silent_.end(),
                        [](const TcpClientPtr& client) { return !has_bytes(client->socket); });
}

void WaitingRoom::drop_gone() {
    std::erase_if(ready_, [](const TcpClientPtr& client) { return is_gone(client->socket); });
}

void WaitingRoom::admit(tcp::socket socket) {
    error_code ec;
    const auto peer = socket.remote_endpoint(ec);
    if (ec) return;  // gone already
    auto remote = remote_text(peer);
    if (!allowed_.allows(peer.address())) {
        if (const auto news = refused_.note(context_.time.now()); news > 0)
            journal_.warn(Part::zigbee, "[zigb] refuse conn",
                          {{"remote", remote}, {"count", static_cast<std::int64_t>(news)}});
        return;
    }
    prepare(socket);
    if (silent_.size() + ready_.size() >= most_waiting) {
        if (const auto oldest = oldest_silent(); oldest != silent_.end()) {
            (*oldest)->socket.close(ec);  // its coroutine sees it
            silent_.erase(oldest);
        }
    }
    auto client = std::make_shared<TcpClient>(std::move(socket), std::move(remote));
    silent_.push_back(client);
    nursery_.start("zigbee client", await_first_byte(std::move(client)));
}

asio::awaitable<void> WaitingRoom::await_first_byte(TcpClientPtr client) {
    auto spoke = co_await with_timeout(context_.time, first_byte(client), silence_limit);
    silent_.remove(client);
    if (!spoke) {
        journal_.debug(Part::zigbee, "[zigb] conn without a byte",
                       {{"remote", client->remote}, {"error", spoke.error().text()}});
        co_return;
    }
    ready_.push_back(std::move(client));
    arrived_.notify();
}

asio::awaitable<Result<void>> WaitingRoom::first_byte(TcpClientPtr client) {
    for (;;) {
        auto [waited] = co_await client->socket.async_wait(tcp::socket::wait_read, as_result);
        if (waited) co_return Error(waited);
        std::array<char, 1> byte{};
        error_code ec;
        client->socket.receive(asio::buffer(byte), tcp::socket::message_peek, ec);
        if (!ec) co_return Result<void>();
        if (ec != asio::error::would_block) co_return Error(ec);
    }
}

asio::awaitable<TcpClientPtr> WaitingRoom::next(Moment when) {
    drop_gone();  // who waited in vain
    while (ready_.empty() && context_.time.now() < when) co_await arrived_.wait_until(context_.time, when);
    if (ready_.empty()) co_return TcpClientPtr();
    auto client = std::move(ready_.front());
    ready_.pop_front();
    co_return client;
}

asio::awaitable<void> WaitingRoom::stop() {
    nursery_.stop();
    while (!nursery_.idle()) co_await asio::post(context_.executor, asio::use_awaitable);
    error_code ignored;
    v4_.close(ignored);
    v6_.close(ignored);
    silent_.clear();
    ready_.clear();
    port_ = 0;
}

}  // namespace lanbridge::agent
