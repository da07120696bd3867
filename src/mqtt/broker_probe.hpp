#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "lanbridge/base/context.hpp"
#include "lanbridge/mqtt/embedded_broker.hpp"

namespace lanbridge::mqtt {

/// Who answers at an address, found out with one MQTT 3.1.1 CONNECT, which every broker understands.
struct ProbeAnswer {
    enum class Kind { nobody, accepted, refused, not_mqtt };
    ProbeAnswer() = default;
    ProbeAnswer(Kind k, std::string w) : kind(k), why(std::move(w)) {}
    Kind kind = Kind::nobody;
    std::string why;  ///< for people
};

/// `context` is used until the end.
asio::awaitable<ProbeAnswer> probe_broker(const Context& context, BrokerUrl url);

/// The packet that asks to be let in, for a session that leaves nothing behind.
std::string connect_packet(std::string_view client_id, const BrokerUrl& login);
/// What the first bytes of the answer mean.
ProbeAnswer read_connack(std::string_view answer);

}  // namespace lanbridge::mqtt
