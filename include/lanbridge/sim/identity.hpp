#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lanbridge/base/secret.hpp"
#include "lanbridge/meross/protocol/credentials.hpp"
#include "lanbridge/meross/protocol/message.hpp"

namespace lanbridge::sim {

/// Who a simulated device is.
struct Identity {
    Identity(meross::Uuid u, Secret k, std::string a = "127.0.0.1")
        : uuid(std::move(u)), key(std::move(k)), address(std::move(a)) {}
    meross::Uuid uuid;  ///< its end is the MAC address
    Secret key;
    std::string address;  ///< what the device says its address is
};
/// A uuid that looks real and is none; the same for the same number.
meross::Uuid made_up_uuid(std::uint64_t number);
/// False for what a recording has masked: anything but 32 hex digits that are not the recordings' own
/// placeholder.
bool is_real_uuid(std::string_view text);

/// Whom a device belongs to: what `SET Appliance.Config.Key` tells it.
struct Binding {
    Binding(meross::BrokerAddress b, Secret k, std::string u)
        : broker(b), second(std::move(b)), key(std::move(k)), user_id(std::move(u)) {}
    meross::BrokerAddress broker;
    meross::BrokerAddress second;
    Secret key;
    std::string user_id;
};
/// From the payload of Config.Key. Errors: `malformed` without host, port or key.
Result<Binding> parse_binding(const Json& payload);

/// What a device does with a request.
struct Reply {
    enum class Kind : std::uint8_t { answer, close, silent };
    Reply() = default;
    explicit Reply(Kind k) : kind(k) {}
    explicit Reply(std::string b) : kind(Kind::answer), body(std::move(b)) {}
    Kind kind = Kind::close;
    std::string body;
};

/// The transport a request came by: only HTTP cuts long answers and encrypts.
enum class Via : std::uint8_t { http, mqtt };
std::string_view via_name(Via via) noexcept;

}  // namespace lanbridge::sim
