#include "mqtt/broker_probe.hpp"

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "lanbridge/base/async.hpp"
#include "mqtt/packets.hpp"

namespace lanbridge::mqtt {
namespace {

using asio::ip::tcp;
using Kind = ProbeAnswer::Kind;

/// On this machine; a broker that takes longer is not one to build on.
constexpr auto answer_deadline = 2s;
constexpr std::size_t connack_size = 4;

asio::awaitable<Result<ProbeAnswer>> converse(const Context& context, BrokerUrl url) {
    tcp::socket socket(context.executor);
    boost::system::error_code bad;
    const auto address = asio::ip::make_address(url.host, bad);
    if (bad) co_return ProbeAnswer(Kind::nobody, bad.message());
    const tcp::endpoint peer(address, url.port);
    if (auto [ec] = co_await socket.async_connect(peer, as_result); ec)
        co_return ProbeAnswer(Kind::nobody, ec.message());

    const auto hello = connect_packet("lanbridge_probe_" + context.random.hex(4), url);
    const auto farewell = disconnect_packet();
    co_await asio::async_write(socket, asio::buffer(hello), as_result);
    std::array<char, connack_size> bytes{};
    const auto [failed, size] = co_await asio::async_read(socket, asio::buffer(bytes), as_result);
    auto answer = read_connack(std::string_view(bytes.data(), size));
    if (answer.kind == Kind::accepted) co_await asio::async_write(socket, asio::buffer(farewell), as_result);
    co_return answer;
}

}  // namespace

std::string connect_packet(std::string_view client_id, const BrokerUrl& login) {
    ConnectRequest request;
    request.client_id = std::string(client_id);
    request.username = login.username;
    request.password = login.password;
    return connect_packet(request);
}

ProbeAnswer read_connack(std::string_view answer) {
    if (answer.empty()) return ProbeAnswer(Kind::not_mqtt, "it closes the connection without an answer");
    const bool connack = answer.size() == connack_size && answer[0] == 0x20 && answer[1] == 0x02;
    if (!connack) return ProbeAnswer(Kind::not_mqtt, "what it answers is not MQTT");
    switch (answer[3]) {
        case 0:
            return ProbeAnswer(Kind::accepted, "it lets us in");
        case 4:
            return ProbeAnswer(Kind::refused, "bad user name or password");
        case 5:
            return ProbeAnswer(Kind::refused, "not authorized");
        default:
            return ProbeAnswer(Kind::refused, "it refuses with code " + std::to_string(answer[3]));
    }
}

asio::awaitable<ProbeAnswer> probe_broker(const Context& context, BrokerUrl url) {
    auto answer = co_await with_timeout(context.time, converse(context, std::move(url)), answer_deadline);
    if (answer.has_error())
        co_return ProbeAnswer(Kind::not_mqtt, "it accepts the connection and says nothing");
    co_return std::move(*answer);
}

}  // namespace lanbridge::mqtt
