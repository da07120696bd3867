#include "mqtt/packets.hpp"

namespace lanbridge::mqtt {
namespace {

/// Acknowledgements have some bytes, and of messages only our own small ones are of interest.
constexpr std::size_t largest_packet = 1024 * 1024;
constexpr char keep_alive_seconds = 10;

void append_number(std::string& packet, std::size_t number) {
    packet.push_back(static_cast<char>((number >> 8) & 0xFF));
    packet.push_back(static_cast<char>(number & 0xFF));
}

void append_text(std::string& packet, std::string_view text) {
    append_number(packet, text.size());
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

std::string framed(unsigned first, const std::string& body) {
    std::string packet(1, static_cast<char>(first));
    append_length(packet, body.size());
    return packet + body;
}

std::size_t number_at(std::string_view text, std::size_t at) {
    if (at + 2 > text.size()) return 0;
    return (std::size_t{static_cast<unsigned char>(text[at])} << 8) |
           static_cast<unsigned char>(text[at + 1]);
}

}  // namespace

std::string connect_packet(const ConnectRequest& request) {
    constexpr unsigned clean_session = 0x02, with_user = 0x80, with_password = 0x40;
    unsigned flags = clean_session;
    if (!request.username.empty()) flags |= with_user;
    if (!request.username.empty() && !request.password.empty()) flags |= with_password;

    std::string body;
    append_text(body, request.level == level_3_1 ? "MQIsdp" : "MQTT");
    body.push_back(static_cast<char>(request.level));
    body.push_back(static_cast<char>(flags));
    body.push_back(0);
    body.push_back(keep_alive_seconds);
    append_text(body, request.client_id);
    if ((flags & with_user) != 0) append_text(body, request.username);
    if ((flags & with_password) != 0) append_text(body, request.password.reveal());
    return framed(0x10, body);
}

std::string subscribe_packet(std::uint16_t id, std::string_view topic, int qos) {
    std::string body;
    append_number(body, id);
    append_text(body, topic);
    body.push_back(static_cast<char>(qos));
    return framed(0x82, body);
}

std::string publish_packet(std::uint16_t id, std::string_view topic, std::string_view payload) {
    std::string body;
    append_text(body, topic);
    append_number(body, id);
    return framed(0x32, body.append(payload));
}

std::string ping_packet() { return std::string("\xC0\x00", 2); }
std::string disconnect_packet() { return std::string("\xE0\x00", 2); }

Result<std::optional<Packet>> take_packet(std::string& received) {
    std::size_t length = 0, used = 1;
    for (unsigned shift = 0;; shift += 7) {
        if (shift > 21) return Error(Errc::malformed, "what it answers is not MQTT");
        if (used >= received.size()) return std::optional<Packet>();
        const auto byte = static_cast<unsigned char>(received[used++]);
        length |= std::size_t{byte & 0x7FU} << shift;
        if ((byte & 0x80U) == 0) break;
    }
    if (length > largest_packet) return Error(Errc::malformed, "what it answers is not MQTT");
    if (received.size() - used < length) return std::optional<Packet>();
    Packet packet;
    const auto first = static_cast<unsigned char>(received[0]);
    packet.type = static_cast<PacketType>(first >> 4);
    packet.flags = first & 0x0FU;
    packet.body = received.substr(used, length);
    received.erase(0, used + length);
    return std::optional<Packet>(std::move(packet));
}

std::uint16_t packet_id(const Packet& packet) {
    return static_cast<std::uint16_t>(number_at(packet.body, 0));
}

std::string_view publish_topic(const Packet& packet) {
    if (packet.type != PacketType::publish) return {};
    const auto length = number_at(packet.body, 0);
    if (length + 2 > packet.body.size()) return {};
    return std::string_view(packet.body).substr(2, length);
}

}  // namespace lanbridge::mqtt
