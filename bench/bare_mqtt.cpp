#include "bare_mqtt.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace lanbridge::bench {
namespace {

using namespace std::chrono_literals;

// first bytes of MQTT 3.1.1 packets
constexpr std::uint8_t connect_packet = 0x10;
constexpr std::uint8_t connack_packet = 0x20;
constexpr std::uint8_t publish_packet = 0x30;
constexpr std::uint8_t subscribe_packet = 0x82;
constexpr std::uint8_t suback_packet = 0x90;
constexpr std::uint8_t type_mask = 0xF0;
constexpr std::uint8_t retain_flag = 0x01;

constexpr auto patience = 5s;

std::string with_length(std::string_view text) {
    std::string out{static_cast<char>(text.size() >> 8), static_cast<char>(text.size() & 0xFF)};
    return out.append(text);
}

}  // namespace

BareMqtt::BareMqtt(std::uint16_t port, std::string_view client_id) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in peer{};
    peer.sin_family = AF_INET;
    peer.sin_port = htons(port);
    peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&peer), sizeof peer) != 0) {
        ::close(socket_);
        throw std::runtime_error("the broker cannot be reached");
    }
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    std::string body = with_length("MQTT");
    body += {'\x04', '\x02', '\0', '\0'};  // 3.1.1, clean session, no keep-alive
    send(connect_packet, body + with_length(client_id));
    expect(connack_packet);
}

BareMqtt::~BareMqtt() { ::close(socket_); }

void BareMqtt::subscribe(std::string_view filter) {
    std::string body{'\0', '\x01'};  // packet id
    body += with_length(filter);
    body += '\0';  // QoS 0
    send(subscribe_packet, body);
    expect(suback_packet);
}

void BareMqtt::publish(std::string_view topic, std::string_view payload, bool retain) {
    const auto type = retain ? publish_packet | retain_flag : publish_packet;
    send(static_cast<std::uint8_t>(type), with_length(topic).append(payload));
}

std::optional<BareMessage> BareMqtt::receive(Clock::time_point deadline) {
    for (;;) {
        auto packet = read_packet(deadline);
        if (!packet) return std::nullopt;
        if ((packet->type & type_mask) != publish_packet || packet->body.size() < 2) continue;
        const auto high = static_cast<unsigned char>(packet->body[0]);
        const auto low = static_cast<unsigned char>(packet->body[1]);
        const auto topic = static_cast<std::size_t>(high) << 8 | low;
        BareMessage message;
        message.topic = packet->body.substr(2, topic);
        message.payload = packet->body.substr(2 + topic);
        message.retained = (packet->type & retain_flag) != 0;
        return message;
    }
}

void BareMqtt::send(std::uint8_t type, std::string_view body) {
    std::string packet{static_cast<char>(type)};
    auto length = body.size();
    do {
        const auto more = length >= 0x80 ? 0x80U : 0U;
        packet += static_cast<char>((length & 0x7F) | more);
        length >>= 7;
    } while (length > 0);
    packet += body;
    for (std::string_view rest = packet; !rest.empty();) {
        const auto sent = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent <= 0) throw std::runtime_error("the broker has closed the connection");
        rest.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::optional<BareMqtt::Packet> BareMqtt::take_packet() {
    const auto rest = std::string_view(input_).substr(taken_);
    std::size_t length = 0;
    std::size_t at = 1;
    for (unsigned shift = 0;; shift += 7, ++at) {
        if (at >= rest.size()) return std::nullopt;
        const auto byte = static_cast<unsigned char>(rest[at]);
        length |= static_cast<std::size_t>(byte & 0x7F) << shift;
        if (byte < 0x80) break;
    }
    if (rest.size() < at + 1 + length) return std::nullopt;
    Packet packet;
    packet.type = static_cast<std::uint8_t>(rest[0]);
    packet.body = rest.substr(at + 1, length);
    taken_ += at + 1 + length;
    return packet;
}

std::optional<BareMqtt::Packet> BareMqtt::read_packet(Clock::time_point deadline) {
    for (;;) {
        if (auto packet = take_packet()) return packet;
        input_.erase(0, taken_);
        taken_ = 0;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        pollfd ready{socket_, POLLIN, 0};
        if (left <= 0ms || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0) return std::nullopt;
        char chunk[64 * 1024];
        const auto got = ::recv(socket_, chunk, sizeof chunk, 0);
        if (got <= 0) throw std::runtime_error("the broker has closed the connection");
        input_.append(chunk, static_cast<std::size_t>(got));
    }
}

void BareMqtt::expect(std::uint8_t type) {
    const auto packet = read_packet(Clock::now() + patience);
    if (!packet || (packet->type & type_mask) != type)
        throw std::runtime_error("the broker does not answer as expected");
}

}  // namespace lanbridge::bench
