#include "agent/zigbee/pass_through.hpp"

#include <boost/asio/buffer.hpp>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/bytes.hpp"

namespace lanbridge::agent {
namespace {

using What = PassEnd::What;

constexpr std::size_t piece = 256;
/// A side that has taken nothing for so long is dead, or may as well be: the chip's buffers run over in
/// milliseconds.
constexpr auto stall_limit = 30s;
/// The last bytes of a client that left.
constexpr auto drain_limit = 500ms;

void trace(Journal& journal, std::string_view direction, const std::string& bytes) {
    if (!journal.enabled(Part::zigbee, Severity::trace)) return;
    journal.trace(Part::zigbee, "[zigb] " + std::string(direction) + " " + to_hex(as_bytes(bytes)));
}

asio::awaitable<Result<void>> writable(tcp::socket& socket) {
    auto [ec] = co_await socket.async_wait(tcp::socket::wait_write, as_result);
    if (ec) co_return Error(ec);
    co_return Result<void>();
}

/// Errors: `timeout` when nothing was taken for so long.
asio::awaitable<Result<void>> write_all(TimeSource& time, tcp::socket& socket, std::string bytes) {
    for (std::size_t sent = 0; sent < bytes.size();) {
        error_code ec;
        sent += socket.write_some(asio::buffer(bytes) + sent, ec);
        if (!ec) continue;
        if (ec != asio::error::would_block) co_return Error(ec);
        auto ready = co_await with_timeout(time, writable(socket), stall_limit);
        if (!ready) co_return ready;
    }
    co_return Result<void>();
}

asio::awaitable<PassEnd> to_chip(Context context, Journal& journal, TcpClientPtr client,
                                 net::SerialPort& port) {
    for (;;) {
        std::string bytes(piece, '\0');
        auto [ec, size] = co_await client->socket.async_read_some(asio::buffer(bytes), as_result);
        if (ec) co_return PassEnd(What::client_left, ec.message());
        bytes.resize(size);
        trace(journal, "send", bytes);
        auto written = co_await port.write(context.time, std::move(bytes), stall_limit);
        if (written) continue;
        const bool stalled = written.error().is(Errc::timeout);
        co_return PassEnd(stalled ? What::chip_stalled : What::chip_gone, written.error().text());
    }
}

asio::awaitable<PassEnd> to_client(Context context, Journal& journal, TcpClientPtr client,
                                   net::SerialPort& port) {
    for (;;) {
        auto bytes = co_await port.read(piece);
        if (!bytes) co_return PassEnd(What::chip_gone, bytes.error().text());
        trace(journal, "recv", *bytes);
        auto written = co_await write_all(context.time, client->socket, std::move(*bytes));
        if (written) continue;
        const bool stalled = written.error().is(Errc::timeout);
        co_return PassEnd(stalled ? What::client_stalled : What::client_left, written.error().text());
    }
}

}  // namespace

asio::awaitable<PassEnd> pass_through(Context context, Journal& journal, TcpClientPtr client,
                                      net::SerialPort& port) {
    using namespace asio::experimental::awaitable_operators;
    auto first =
        co_await (to_chip(context, journal, client, port) || to_client(context, journal, client, port));
    if (first.index() == 1) co_return std::get<1>(std::move(first));
    auto end = std::get<0>(std::move(first));
    if (end.what == What::client_left) co_await port.drain(context.time, drain_limit);
    co_return end;
}

}  // namespace lanbridge::agent
