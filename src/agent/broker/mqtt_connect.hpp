#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "lanbridge/base/error.hpp"
#include "lanbridge/base/secret.hpp"

// The one MQTT packet that decides whether a client may come in, and the broker's refusals.
namespace lanbridge::agent {

/// Of a CONNECT, whole: a client id, a will, a user and a password. Real ones stay below 300 bytes.
inline constexpr std::size_t longest_connect = 4096;

/// What a client says at first. MQTT 3.1, 3.1.1 and 5.
struct ConnectPacket {
    ConnectPacket() = default;
    unsigned level = 0;  ///< 3, 4 or 5
    std::optional<std::string> user;
    std::optional<Secret> password;
};

/// Nothing while the packet is not complete. Errors: `malformed`; `too_large`.
Result<std::optional<ConnectPacket>> read_connect(std::string_view received);

/// Whom a broker lets in.
struct Login {
    Login() = default;
    Login(std::string u, Secret p) : user(std::move(u)), password(std::move(p)) {}
    std::string user;
    Secret password;
};

enum class Admission { granted, no_login, wrong_login, unavailable };
/// Takes equally long however much of a wrong login is right.
Admission admission_of(const ConnectPacket& packet, const Login& login);
/// The CONNACK that says no, in the words of the client's protocol.
std::string refusal(unsigned level, Admission why);

}  // namespace lanbridge::agent
