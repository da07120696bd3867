#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "support.hpp"

namespace lanbridge::bench {

struct BareMessage {
    std::string topic;
    std::string payload;
    bool retained = false;
};

/// The least that can be called an MQTT client: 3.1.1, QoS 0, one blocking socket, no thread. What it needs
/// for a message is the floor for every other client.
class BareMqtt {
public:
    BareMqtt(std::uint16_t port, std::string_view client_id);
    BareMqtt(const BareMqtt&) = delete;
    BareMqtt& operator=(const BareMqtt&) = delete;
    ~BareMqtt();

    void subscribe(std::string_view filter);
    void publish(std::string_view topic, std::string_view payload, bool retain = false);
    /// Nothing when none comes before `deadline`.
    std::optional<BareMessage> receive(Clock::time_point deadline);

private:
    struct Packet {
        std::uint8_t type = 0;  ///< first byte, flags included
        std::string body;
    };
    void send(std::uint8_t type, std::string_view body);
    std::optional<Packet> read_packet(Clock::time_point deadline);
    std::optional<Packet> take_packet();
    void expect(std::uint8_t type);

    int socket_ = -1;
    std::string input_;
    std::size_t taken_ = 0;  ///< of `input_`
};

}  // namespace lanbridge::bench
