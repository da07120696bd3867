#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "lanbridge/base/json.hpp"

namespace lanbridge::meross {

/// What a hidden value was. Each kind counts its values on its own.
enum class Hidden : std::uint8_t {
    device_id,  ///< uuids, and other words of 32 hex digits
    user_id,
    host,    ///< addresses and names of machines
    server,  ///< brokers
    port,
    key,
    mac,
    wifi_mac,
    gateway_mac,
    bssid,
    ssid,
    serial,
    setup_id,
    setup_code,
    token,
    email,
    cluster,
    app_id,
    bind_id,
    name,      ///< what people call their things
    identity,  ///< of HomeKit and Matter
    redacted,  ///< not even countable: passwords, positions
};

/// Takes out of messages what tells who somebody is, where they live or how to get in; what a device does
/// stays. The same value is replaced by the same text for as long as this object lives: a string of n
/// characters by `#…#0` of n characters, the next one by `#…#1`; anything else by `"@0"`.
///
/// Secrets are recognised by the name of their member, by their shape in any string (addresses, host names,
/// MACs, uuids, e-mail), and by having been seen or told before.
class Obfuscator {
public:
    /// Hides this value wherever it turns up from now on, if it is long enough not to hit innocent words.
    void hide(Hidden kind, std::string_view value);

    /// Of a message or a payload. Header fields are treated like others; signatures stay.
    Json json(const Json& value);
    /// The same without what only signs a message: `messageId` and `sign`, on any level.
    Json unsigned_json(const Json& value);
    /// Free text, such as a log line.
    std::string text(std::string_view value);

private:
    /// What is looked for in a string: what can be nothing but a secret (MAC, uuid, e-mail); addresses, which
    /// versions look like; names of machines, which much looks like.
    enum class Shapes : std::uint8_t { certain, addresses, all };
    Json any(const Json& value, int depth);
    Json object(const Json& value, int depth);
    Json list(const Json& value, int depth);
    Json member(std::string_view name, const Json& value, int depth);
    Json masked(Hidden kind, const Json& value, int depth);
    Json identity(const Json& value, int depth);
    std::string free_string(const std::string& value, int depth);
    std::string mask(Hidden kind, const Json& value);
    std::string mask_broker(const std::string& value);
    std::string reply_topic(const std::string& value);
    std::string without_known(std::string value);
    std::string without_shapes(std::string_view value, Shapes shapes);
    std::size_t port(std::string_view value, std::string& out);
    std::string word(std::string_view value, Shapes shapes);

    /// A shorter word may be part of a longer one.
    struct LongerFirst {
        bool operator()(const std::string& a, const std::string& b) const {
            return a.size() != b.size() ? a.size() > b.size() : a < b;
        }
    };
    using Replacements = std::map<Json, std::string>;
    std::array<Replacements, static_cast<std::size_t>(Hidden::redacted)> replaced_;  ///< by kind
    std::map<std::string, std::string, LongerFirst> known_;  ///< words to be found in any string
    bool unsigned_ = false;
};

}  // namespace lanbridge::meross
