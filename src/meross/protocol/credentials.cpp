#include "lanbridge/meross/protocol/credentials.hpp"

#include <charconv>

#include "lanbridge/base/crypto.hpp"

namespace lanbridge::meross {
namespace {

constexpr int default_port = 443;

int usable_port(std::int64_t port) noexcept {
    return port > 0 && port <= 65535 ? static_cast<int>(port) : default_port;
}

}  // namespace

MqttCredentials device_credentials(const Uuid& uuid, std::string_view mac, const Secret& key,
                                   std::string_view user_id, std::string_view tail) {
    const Secret mixed(std::string(mac) + key.reveal());
    MqttCredentials credentials;
    credentials.client_id = "fmware:" + uuid.value() + '_' + std::string(tail);
    credentials.username = mac;
    credentials.password = Secret(std::string(user_id) + '_' + crypto::md5_hex(mixed.reveal()));
    return credentials;
}

BrokerAddress parse_broker_address(std::string_view text) {
    BrokerAddress address;
    const auto colon = text.rfind(':');
    address.host = text.substr(0, colon);
    if (colon == std::string_view::npos) return address;
    std::int64_t port = 0;
    std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
    address.port = usable_port(port);
    return address;
}

BrokerAddress broker_from_debug(const Json& debug) {
    const Json* cloud = find_member(debug, {"cloud"});
    const Json none = Json::object();
    if (!cloud) cloud = &none;
    const auto second = string_or(*cloud, {"secondServer"}, "");
    BrokerAddress address;
    address.host = string_or(*cloud, {"activeServer"}, string_or(*cloud, {"mainServer"}, ""));
    // both may be the same host with two ports; then the device is taken to be on the main one
    const bool on_second = address.host == second && address.host != string_or(*cloud, {"mainServer"}, "");
    address.port = usable_port(int_or(*cloud, {on_second ? "secondPort" : "mainPort"}, 0));
    return address;
}

}  // namespace lanbridge::meross
