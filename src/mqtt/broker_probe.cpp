#include "mqtt/broker_probe.hpp"

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "lanbridge/base/async.hpp"

namespace lanbridge::mqtt {
namespace {

using asio::ip::tcp;
using Kind = ProbeAnswer::Kind;

/// On this machine; a broker that takes longer is not one to build on.
constexpr auto answer_deadline = 2s;
constexpr std::size_t connack_size = 4;
constexpr std::string_view disconnect_packet("\xE0\x00", 2);

void append_text(std::string& packet, std::string_view text) {
    packet.push_back(static_cast<char>(text.size() >> 8));
    packet.push_back(static_cast<char>(text.size() & 0xFF));
    packet.append(text);
}

/// MQTT's variable length: 7 bits in each byte, the lowest first.
void append_length(std::string& packet, std::size_t length) {
    do {
        const auto low = length & 0x7F;
        length >>= 7;
        packet.push_back(static_cast<char>(low | (length > 0 ? 0x80 : 0)));
    } while (length > 0);
}

asio::awaitable<Result<ProbeAnswer>> converse(const Context& context, BrokerUrl url) {
    tcp::socket socket(context.executor);
    boost::system::error_code bad;
    const auto address = asio::ip::make_address(url.host, bad);
    if (bad) co_return ProbeAnswer(Kind::nobody, bad.message());
    const tcp::endpoint peer(address, url.port);
    if (auto [ec] = co_await socket.async_connect(peer, as_result); ec)
        co_return ProbeAnswer(Kind::nobody, ec.message());

    const auto hello = connect_packet("lanbridge_probe_" + context.random.hex(4), url);
    co_await asio::async_write(socket, asio::buffer(hello), as_result);
    std::array<char, connack_size> bytes{};
    const auto [failed, size] = co_await asio::async_read(socket, asio::buffer(bytes), as_result);
    auto answer = read_connack(std::string_view(bytes.data(), size));
    if (answer.kind == Kind::accepted)
        co_await asio::async_write(socket, asio::buffer(disconnect_packet), as_result);
    co_return answer;
}

}  // namespace

std::string connect_packet(std::string_view client_id, const BrokerUrl& login) {
    constexpr unsigned clean_session = 0x02, with_user = 0x80, with_password = 0x40;
    constexpr char keep_alive_seconds = 10;
    constexpr char protocol_level_3_1_1 = 4;
    unsigned flags = clean_session;
    if (!login.username.empty()) flags |= with_user;
    if (!login.username.empty() && !login.password.empty()) flags |= with_password;

    std::string body;
    append_text(body, "MQTT");
    body.push_back(protocol_level_3_1_1);
    body.push_back(static_cast<char>(flags));
    body.push_back(0);
    body.push_back(keep_alive_seconds);
    append_text(body, client_id);
    if ((flags & with_user) != 0) append_text(body, login.username);
    if ((flags & with_password) != 0) append_text(body, login.password.reveal());

    std::string packet("\x10", 1);
    append_length(packet, body.size());
    return packet + body;
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
