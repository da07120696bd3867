#include "lanbridge/meross/protocol/obfuscation.hpp"

#include <algorithm>
#include <charconv>

#include "meross/protocol/obfuscation_names.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::string_view redacted = "<redacted>";
/// A device has a handful of values of each kind; a hub some hundred. More is somebody filling our memory.
constexpr std::size_t most_values = 4096;
/// Shorter words are too often part of innocent ones to be looked for in every string.
constexpr std::size_t shortest_known = 6;

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// "####2", as long as the value where it is long enough.
std::string hashes(std::string_view value, std::size_t number) {
    const auto digits = std::to_string(number);
    const auto length = characters(value);
    return std::string(length > digits.size() ? length - digits.size() : 1, '#') + digits;
}

/// "17" and 17 are the same user.
Json as_integer(const Json& value) {
    const auto* text = value.get_ptr<const std::string*>();
    if (!text) return value;
    std::int64_t number = 0;
    const auto* end = text->data() + text->size();
    const auto [stop, failure] = std::from_chars(text->data(), end, number);
    return failure == std::errc() && stop == end ? Json(number) : value;
}

const std::string& as_text(const Json& value) { return value.get_ref<const std::string&>(); }

bool is_local_id(std::string_view name) { return name == "id" || name == "Id" || name == "subId"; }

bool signs_only(std::string_view name) { return name == "messageId" || name == "sign"; }

}  // namespace

void Obfuscator::hide(Hidden kind, std::string_view value) {
    if (value.empty()) return;
    if (kind == Hidden::redacted) {
        if (value.size() >= shortest_known) known_.emplace(value, redacted);
        return;
    }
    mask(kind, Json(std::string(value)));
}

Json Obfuscator::json(const Json& value) { return any(value, 0); }

Json Obfuscator::unsigned_json(const Json& value) {
    unsigned_ = true;
    auto out = any(value, 0);
    unsigned_ = false;
    return out;
}

std::string Obfuscator::text(std::string_view value) { return free_string(std::string(value), 0); }

Json Obfuscator::any(const Json& value, int depth) {
    if (depth > max_json_depth) return Json(redacted);
    if (value.is_object()) return object(value, depth + 1);
    if (value.is_array()) return list(value, depth + 1);
    if (value.is_string()) return free_string(as_text(value), depth + 1);
    return value;
}

Json Obfuscator::object(const Json& value, int depth) {
    Json out = Json::object();
    for (const auto& [name, inner] : value.items()) {
        if (unsigned_ && signs_only(name)) continue;
        // Namespaces and names of members are vocabulary, but somebody may use an address as a name.
        out[name.starts_with("Appliance.") ? name : without_shapes(name, Shapes::addresses)] =
            member(name, inner, depth);
    }
    return out;
}

Json Obfuscator::list(const Json& value, int depth) {
    Json out = Json::array();
    for (const auto& inner : value) out.push_back(any(inner, depth));
    return out;
}

Json Obfuscator::member(std::string_view name, const Json& value, int depth) {
    if (signs_only(name)) return value;
    // Ids of subdevices, timers, effects: they tell parts of a device apart, and topics are made of them.
    if (value.is_string() && is_local_id(name)) return without_shapes(as_text(value), Shapes::certain);
    if (name == "homekit" || name == "matter" || name == "matterPlatform") return identity(value, depth);
    if (value.is_string() && (name == "from" || name == "to")) return reply_topic(as_text(value));
    if (value.is_string() && is_vocabulary(name)) return without_shapes(as_text(value), Shapes::certain);
    if (const auto kind = hidden_by_name(name)) return masked(*kind, value, depth);
    return any(value, depth);
}

/// Scalars of a secret member, also in a list; objects have names of their own inside.
Json Obfuscator::masked(Hidden kind, const Json& value, int depth) {
    if (value.is_object()) return any(value, depth);
    if (value.is_array()) {
        Json out = Json::array();
        for (const auto& inner : value) out.push_back(masked(kind, inner, depth + 1));
        return out;
    }
    if (value.is_null() || value.is_boolean()) return value;
    if (value.is_string() && as_text(value).empty()) return value;
    if (kind == Hidden::redacted) return Json(redacted);
    if (kind == Hidden::server && value.is_string()) return mask_broker(as_text(value));
    return mask(kind, kind == Hidden::user_id ? as_integer(value) : value);
}

/// Of what makes a device known to other houses nothing stays but its kind.
Json Obfuscator::identity(const Json& value, int depth) {
    if (depth > max_json_depth) return Json(redacted);
    if (value.is_array()) {
        Json out = Json::array();
        for (const auto& inner : value) out.push_back(identity(inner, depth + 1));
        return out;
    }
    if (!value.is_object()) return masked(Hidden::identity, value, depth);
    Json out = Json::object();
    for (const auto& [name, inner] : value.items()) {
        const bool plain = (name == "model" || name == "category") && !inner.is_structured();
        const auto kind = hidden_by_name(name).value_or(Hidden::identity);
        if (plain)
            out[name] = any(inner, depth + 1);
        else
            out[name] = inner.is_structured() ? identity(inner, depth + 1) : masked(kind, inner, depth + 1);
    }
    return out;
}

std::string Obfuscator::mask(Hidden kind, const Json& value) {
    auto& replaced = replaced_[static_cast<std::size_t>(kind)];
    const auto known = replaced.find(value);
    if (known != replaced.end()) return known->second;
    if (replaced.size() >= most_values) return std::string(redacted);
    const auto number = replaced.size();
    auto text = value.is_string() ? hashes(as_text(value), number) : '@' + std::to_string(number);
    replaced.emplace(value, text);
    auto shown = value.is_string() ? as_text(value) : value.dump();
    if (shown.size() >= shortest_known) known_.emplace(std::move(shown), text);
    return text;
}

/// "host:port", each hidden among its like.
std::string Obfuscator::mask_broker(const std::string& value) {
    const auto colon = value.rfind(':');
    if (colon == std::string::npos || value.find(':') != colon) return mask(Hidden::server, value);
    const auto port = as_integer(Json(value.substr(colon + 1)));
    return mask(Hidden::server, value.substr(0, colon)) + ':' + mask(Hidden::port, port);
}

/// "/app/<user>-<app>/subscribe" or "/appliance/<uuid>/publish".
std::string Obfuscator::reply_topic(const std::string& value) {
    constexpr std::string_view app = "/app/";
    if (!value.starts_with(app)) return free_string(value, 0);
    const auto end = std::min(value.find_first_not_of("0123456789", app.size()), value.size());
    if (end == app.size()) return free_string(value, 0);
    const auto user = as_integer(Json(value.substr(app.size(), end - app.size())));
    return std::string(app) + mask(Hidden::user_id, user) + value.substr(end);
}

std::string Obfuscator::free_string(const std::string& value, int depth) {
    if (value.starts_with('{') || value.starts_with('[')) {  // JSON inside of JSON
        if (const auto inner = parse_json(value); inner && depth < max_json_depth)
            return dump_json(any(*inner, depth + 1));
    }
    return without_shapes(without_known(value), Shapes::all);
}

std::string Obfuscator::without_known(std::string value) {
    const auto known = known_;  // a port behind a machine may add to it
    for (const auto& [secret, replacement] : known) {
        for (auto at = value.find(secret); at != std::string::npos; at = value.find(secret, at)) {
            auto shown = replacement;
            const auto port_length = port(std::string_view(value).substr(at + secret.size()), shown);
            value.replace(at, secret.size() + port_length, shown);
            at += shown.size();
        }
    }
    return value;
}

}  // namespace lanbridge::meross
