#include "lanbridge/meross/protocol/message.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "lanbridge/base/crypto.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::array<std::pair<Method, std::string_view>, 8> method_names{{
    {Method::get, "GET"},
    {Method::set, "SET"},
    {Method::push, "PUSH"},
    {Method::delete_, "DELETE"},
    {Method::getack, "GETACK"},
    {Method::setack, "SETACK"},
    {Method::deleteack, "DELETEACK"},
    {Method::error, "ERROR"},
}};

/// Moves a text member out of the parsed header, so that a message costs no copies.
std::string take_string(Json& object, const char* key) {
    const auto it = object.find(key);
    if (it == object.end() || !it->is_string()) return {};
    return std::move(*it->get_ptr<Json::string_t*>());
}

Result<std::string> take_required(Json& object, const char* key) {
    const auto it = object.find(key);
    if (it != object.end() && it->is_string()) return std::move(*it->get_ptr<Json::string_t*>());
    const std::string found =
        it == object.end() ? " is missing" : std::string(" must be a string, got ") + it->type_name();
    return Error(Errc::malformed, std::string("$.header.") + key + found);
}

Result<Header> take_header(Json& json) {
    Header header;
    auto name_space = take_required(json, "namespace");
    if (!name_space) return std::move(name_space).error();
    header.name_space = *std::move(name_space);
    auto method = take_required(json, "method");
    if (!method) return std::move(method).error();
    header.method = parse_method(*method);
    header.message_id = take_string(json, "messageId");
    header.trigger_src = take_string(json, "triggerSrc");
    header.from = take_string(json, "from");
    header.sign = take_string(json, "sign");
    header.uuid = take_string(json, "uuid");
    header.payload_version =
        static_cast<int>(std::clamp<std::int64_t>(int_or(json, {"payloadVersion"}, 1), 0, 1000));
    header.timestamp = int_or(json, {"timestamp"}, 0);
    header.timestamp_ms =
        static_cast<int>(std::clamp<std::int64_t>(int_or(json, {"timestampMs"}, 0), 0, 999));
    return header;
}

bool needs_escape(unsigned char c) noexcept { return c < 0x20 || c == '"' || c == '\\' || c >= 0x80; }

/// Header texts are nearly always plain ASCII; everything else goes through the JSON library.
void append_quoted(std::string& out, std::string_view text) {
    if (std::ranges::any_of(text, [](char c) { return needs_escape(static_cast<unsigned char>(c)); })) {
        out += dump_json(Json(text));
        return;
    }
    out += '"';
    out += text;
    out += '"';
}

void append_member(std::string& out, std::string_view key, std::string_view value) {
    out += key;
    append_quoted(out, value);
}

/// The envelope up to the payload's value. Devices do not mind the order of members; this is the customary
/// one.
std::string open_envelope(const Header& header) {
    std::string out;
    out.reserve(512);
    append_member(out, R"({"header":{"messageId":)", header.message_id);
    append_member(out, R"(,"namespace":)", header.name_space);
    append_member(out, R"(,"method":)", method_name(header.method));
    out += R"(,"payloadVersion":)";
    out += std::to_string(header.payload_version);
    append_member(out, R"(,"triggerSrc":)", header.trigger_src);
    append_member(out, R"(,"from":)", header.from);
    out += R"(,"timestamp":)";
    out += std::to_string(header.timestamp);
    out += R"(,"timestampMs":)";
    out += std::to_string(header.timestamp_ms);
    append_member(out, R"(,"sign":)", header.sign);
    if (!header.uuid.empty()) append_member(out, R"(,"uuid":)", header.uuid);
    out += R"(},"payload":)";
    return out;
}

template <class AnyJson>
std::string close_envelope(std::string out, const AnyJson& payload) {
    if (payload.is_object() && payload.empty())
        out += "{}";
    else
        out += dump_json(payload);
    out += '}';
    return out;
}

}  // namespace

std::string_view method_name(Method method) noexcept {
    for (const auto& [value, name] : method_names)
        if (value == method) return name;
    return "OTHER";
}

Method parse_method(std::string_view text) noexcept {
    for (const auto& [value, name] : method_names)
        if (name == text) return value;
    return Method::other;
}

Method ack_of(Method method) noexcept {
    switch (method) {
        case Method::get:
            return Method::getack;
        case Method::set:
            return Method::setack;
        case Method::delete_:
            return Method::deleteack;
        case Method::push:
            return Method::push;
        default:
            return Method::other;
    }
}

Result<Message> parse_message(std::string_view text) {
    if (text.size() > max_message_bytes)
        return Error(Errc::too_large, "message of " + std::to_string(text.size()) + " bytes");
    auto json = parse_json(text);
    if (!json) return std::move(json).error();
    if (!json->is_object())
        return Error(Errc::malformed, "$ must be an object, got " + std::string(json->type_name()));
    const auto header = json->find("header");
    if (header == json->end() || !header->is_object())
        return Error(Errc::malformed, "$.header must be an object");
    auto parsed = take_header(*header);
    if (!parsed) return std::move(parsed).error();
    const auto payload = json->find("payload");
    if (payload == json->end()) return Message(*std::move(parsed), Json::object());
    if (!payload->is_object()) return Error(Errc::malformed, "$.payload must be an object");
    return Message(*std::move(parsed), std::move(*payload));
}

std::string serialize(const Header& header, const Json& payload) {
    return close_envelope(open_envelope(header), payload);
}

std::string serialize(const Header& header, const OrderedJson& payload) {
    return close_envelope(open_envelope(header), payload);
}

std::string sign(std::string_view message_id, const Secret& key, std::int64_t timestamp) {
    const std::string time = std::to_string(timestamp);
    std::string text;
    text.reserve(message_id.size() + key.reveal().size() + time.size());
    text.append(message_id).append(key.reveal()).append(time);
    const Secret wiped_after_use(std::move(text));
    return crypto::md5_hex(wiped_after_use.reveal());
}

bool signature_valid(const Header& header, const Secret& key) {
    return header.sign == sign(header.message_id, key, header.timestamp);
}

Header make_request_header(std::string_view name_space, Method method, const Secret& key,
                           const Origin& origin, Random& random) {
    Header header;
    header.message_id = random.hex(16);
    header.name_space = name_space;
    header.method = method;
    header.trigger_src = origin.trigger_src;
    header.from = origin.from;
    header.timestamp = origin.timestamp;
    header.sign = sign(header.message_id, key, header.timestamp);
    return header;
}

std::optional<DeviceError> error_of(const Message& message) {
    if (message.header.method != Method::error) return std::nullopt;
    DeviceError error;
    const auto code = int_or(message.payload, {"error", "code"}, 0);
    error.code = std::in_range<int>(code) ? static_cast<int>(code) : 0;
    error.detail = string_or(message.payload, {"error", "detail"}, "");
    return error;
}

}  // namespace lanbridge::meross
