#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lanbridge/base/error.hpp"
#include "lanbridge/base/json.hpp"
#include "lanbridge/base/random.hpp"
#include "lanbridge/base/secret.hpp"
#include "lanbridge/base/strong.hpp"

// The envelope of every Meross message, the same on HTTP and MQTT. Facts: docs/protocols/meross.md,
// "Envelope".
namespace lanbridge::meross {

/// 32 lower case hex digits; the last 12 are the MAC address.
using Uuid = Strong<struct UuidTag>;
/// Accepts upper case and surrounding blanks. Errors: `invalid_value`.
Result<Uuid> parse_uuid(std::string_view text);
/// "48:e1:e9:a1:b2:c3"
std::string mac_of(const Uuid& uuid);
/// "48e1e9a1b2c3"
std::string mac_digits_of(const Uuid& uuid);

enum class Method : std::uint8_t { get, set, push, delete_, getack, setack, deleteack, error, other };
std::string_view method_name(Method method) noexcept;
Method parse_method(std::string_view text) noexcept;
/// GET -> GETACK and so on; PUSH answers PUSH.
Method ack_of(Method method) noexcept;

/// Largest body accepted from a device: hubs reach 4 kB on HTTP, recordings about 30 kB on MQTT.
inline constexpr std::size_t max_message_bytes = 256 * 1024;

struct Header {
    std::string message_id;
    std::string name_space;
    Method method = Method::other;
    int payload_version = 1;
    std::string trigger_src;
    std::string from;
    std::int64_t timestamp = 0;  ///< epoch seconds of the sender's clock
    int timestamp_ms = 0;        ///< remainder
    std::string sign;
    std::string uuid;  ///< "" = not sent
};

struct Message {
    Message() = default;
    Message(Header h, Json p) : header(std::move(h)), payload(std::move(p)) {}
    Header header;
    Json payload = Json::object();
};

/// Errors: `malformed`, `truncated` (the JSON ends too early), `too_large`.
Result<Message> parse_message(std::string_view text);
/// Compact, members in the order devices and the reference client use, UTF-8 not escaped.
std::string serialize(const Header& header, const Json& payload);
/// The same, keeping the order of the payload's members.
std::string serialize(const Header& header, const OrderedJson& payload);
inline std::string serialize(const Message& message) { return serialize(message.header, message.payload); }

/// lowercase_hex(md5(messageId ++ key ++ decimal(timestamp)))
std::string sign(std::string_view message_id, const Secret& key, std::int64_t timestamp);
/// Strict comparison, as every known implementation does it.
bool signature_valid(const Header& header, const Secret& key);

/// Who sends and when: what a request needs beside its content.
struct Origin {
    std::string from;
    std::string trigger_src = "lanbridge";
    std::int64_t timestamp = 0;  ///< epoch seconds
};
/// A signed request header with a fresh message id.
Header make_request_header(std::string_view name_space, Method method, const Secret& key,
                           const Origin& origin, Random& random);

/// `header.uuid` if there, else the uuid inside `header.from` (`/appliance/<uuid>/publish`).
std::optional<Uuid> sender_of(const Header& header);

/// The device's own error, from an ERROR message.
struct DeviceError {
    int code = 0;
    std::string detail;
};
inline constexpr int error_bad_signature = 5001;
inline constexpr int error_unsupported = 5000;
inline constexpr int error_unknown_id = 5050;
std::optional<DeviceError> error_of(const Message& message);

/// MQTT topics of a device.
std::string request_topic(const Uuid& uuid);
std::string publish_topic(const Uuid& uuid);

}  // namespace lanbridge::meross
