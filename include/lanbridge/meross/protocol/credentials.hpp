#pragma once

#include <string>
#include <string_view>

#include "lanbridge/base/secret.hpp"
#include "lanbridge/meross/protocol/message.hpp"

namespace lanbridge::meross {

/// How a device presents itself to a broker.
struct MqttCredentials {
    std::string client_id;
    std::string username;
    Secret password;
};
/// `tail` is the random end of the client id, 16 alphanumerics.
MqttCredentials device_credentials(const Uuid& uuid, std::string_view mac, const Secret& key,
                                   std::string_view user_id, std::string_view tail);

struct BrokerAddress {
    std::string host;
    int port = 443;
};
/// "host[:port]"; without a port 443.
BrokerAddress parse_broker_address(std::string_view text);
/// The broker that System.Debug's `cloud` object names as active.
BrokerAddress broker_from_debug(const Json& debug);

}  // namespace lanbridge::meross
