#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lanbridge/base/error.hpp"
#include "lanbridge/base/secret.hpp"

// The few MQTT packets that probes exchange, as bytes: a client library offers neither MQTT 3.1 with long
// client ids nor a look at what a broker refuses.
namespace lanbridge::mqtt {

/// The levels of CONNECT.
inline constexpr int level_3_1 = 3;
inline constexpr int level_3_1_1 = 4;

enum class PacketType { connect = 1, connack, publish, puback, suback = 9, pingresp = 13 };

struct Packet {
    Packet() = default;
    PacketType type = PacketType::connect;
    unsigned flags = 0;
    std::string body;  ///< behind the length
};

struct ConnectRequest {
    ConnectRequest() = default;
    int level = level_3_1_1;
    std::string client_id;
    std::string username;  ///< "" for none
    Secret password;
};

/// All for a session that leaves nothing behind.
std::string connect_packet(const ConnectRequest& request);
std::string subscribe_packet(std::uint16_t id, std::string_view topic, int qos);
std::string publish_packet(std::uint16_t id, std::string_view topic, std::string_view payload);
std::string ping_packet();
std::string disconnect_packet();

/// Takes the first packet off `received`; nothing when it is not complete. Errors: `malformed`: not MQTT, or
/// longer than a probe expects.
Result<std::optional<Packet>> take_packet(std::string& received);

/// The number at the begin of a PUBACK's or SUBACK's body; 0 where there is none.
std::uint16_t packet_id(const Packet& packet);
/// What a PUBLISH is about; "" where it is none.
std::string_view publish_topic(const Packet& packet);

}  // namespace lanbridge::mqtt
