#include "meross/discovery/udp_answer.hpp"

#include "lanbridge/base/json.hpp"
#include "meross/discovery/hardware_address.hpp"

namespace lanbridge::meross {
namespace {

/// Longest name or version that is kept; the longest seen has 20 bytes.
constexpr std::size_t max_text = 64;

/// A stranger's text as it may be shown: no control characters, not long, still UTF-8.
std::string tame(const Json& root, std::string_view member) {
    std::string out;
    for (const char c : string_or(root, {member}, "")) {
        const auto byte = static_cast<unsigned char>(c);
        const bool begins_character = (byte & 0xc0) != 0x80;
        if (out.size() >= max_text && begins_character) break;
        if (byte >= 0x20 && byte != 0x7f) out += c;
    }
    return out;
}

Result<std::uint16_t> port_of(const Json& root) {
    constexpr std::uint16_t http_port = 80;
    const Json* port = find_member(root, {"port"});
    if (!port || port->is_null()) return http_port;
    auto value = read_integer<std::uint16_t>(root, {"port"});
    if (value && *value == 0) return Error(Errc::malformed, "$.port is 0");
    return value;
}

}  // namespace

std::string udp_query(std::string_view id) {
    return "{\"id\":\"" + std::string(id) + "\",\"devName\":\"*\"}";
}

bool is_host_address(boost::asio::ip::address_v4 address) {
    const auto first = address.to_uint() >> 24;
    return first != 0 && first < 224;  // from 224 on: groups, reserved, broadcast
}

Result<UdpAnswer> parse_udp_answer(std::string_view text, boost::asio::ip::address_v4 sender) {
    if (text.size() > max_udp_answer) return Error(Errc::too_large, "a UDP answer");
    if (!is_host_address(sender)) return Error(Errc::malformed, "a sender that is no host");
    const auto json = parse_json(text);
    if (!json) return json.error();
    if (!json->is_object()) return Error(Errc::malformed, "not an object");
    auto uuid = parse_uuid(string_or(*json, {"uuid"}, ""));
    const auto mac = normal_mac(string_or(*json, {"mac"}, ""));
    if (!uuid && !mac) return Error(Errc::malformed, "neither $.uuid nor $.mac");
    const auto port = port_of(*json);
    if (!port) return port.error();

    UdpAnswer answer{Sighting(FoundBy::udp)};
    auto& sighting = answer.sighting;
    sighting.endpoint = net::HttpEndpoint(sender.to_string(), *port);
    sighting.mac = uuid ? mac_of(*uuid) : *mac;
    if (uuid) sighting.uuid = *std::move(uuid);
    sighting.model = tame(*json, "deviceType");
    sighting.sub_type = tame(*json, "subType");
    sighting.name = tame(*json, "devName");
    sighting.firmware = tame(*json, "devSoftWare");
    sighting.hardware = tame(*json, "devHardWare");
    const auto told = string_or(*json, {"ip"}, "");
    answer.contradicts_itself =
        (!told.empty() && told != sender.to_string()) || (mac && *mac != sighting.mac);
    return answer;
}

}  // namespace lanbridge::meross
