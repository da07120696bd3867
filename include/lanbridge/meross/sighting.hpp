#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lanbridge/meross/protocol/message.hpp"
#include "lanbridge/net/http_client.hpp"

namespace lanbridge::meross {

/// How a device was noticed.
enum class FoundBy : std::uint8_t { udp, dhcp, sweep, mqtt };
std::string_view found_by_name(FoundBy by) noexcept;

/// A hint that a device may be somewhere. Anybody on the network can give one, so nothing of it is believed
/// before the device has confirmed it with a signed System.All.
struct Sighting {
    Sighting() = default;
    explicit Sighting(FoundBy b) : by(b) {}
    FoundBy by = FoundBy::udp;
    std::optional<net::HttpEndpoint> endpoint;  ///< nothing for a device heard on MQTT
    std::optional<Uuid> uuid;
    std::string mac;  ///< lower case with colons; "" = not told
    std::string model;
    std::string sub_type;
    std::string name;
    std::string firmware;
    std::string hardware;
};

}  // namespace lanbridge::meross
