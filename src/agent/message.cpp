#include "agent/message.hpp"

#include <algorithm>

#include "agent/json_text.hpp"

namespace lanbridge::agent {
namespace {

std::string_view type_name(JsonKind kind) noexcept {
    switch (kind) {
        case JsonKind::array:
            return "array";
        case JsonKind::string:
            return "string";
        case JsonKind::boolean:
            return "bool";
        default:
            return "number";
    }
}

std::string decoded(std::string_view raw_key) {
    if (raw_key.find('\\') == std::string_view::npos) return std::string(raw_key);
    return unquote("\"" + std::string(raw_key) + "\"");
}

/// Most keys are names that need no escaping.
void append_key(std::string& out, const std::string& key) {
    const bool plain = std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
    if (plain)
        out.append("\"").append(key).append("\"");
    else
        out.append(quote(key));
}

}  // namespace

Result<Message> Message::parse(std::string_view text) {
    auto compact = compact_json(text);
    if (!compact) return std::move(compact).error();
    Message message;
    const auto kind = kind_of(*compact);
    message.null_ = kind == JsonKind::null;
    if (kind != JsonKind::object && !message.null_)
        return Error(Errc::malformed, "json: cannot unmarshal " + std::string(type_name(kind)) +
                                          " into Go value of type rpc.Message");
    message.members_.reserve(5);
    for_each_member(*compact, [&](std::string_view raw_key, std::string_view value) {
        message.set(decoded(raw_key), value);
    });
    return message;
}

const Message::Member* Message::find(std::string_view key) const noexcept {
    const auto it =
        std::find_if(members_.begin(), members_.end(), [&](const Member& m) { return m.key == key; });
    return it == members_.end() ? nullptr : &*it;
}

std::string_view Message::raw(std::string_view key) const noexcept {
    const auto* member = find(key);
    return member ? std::string_view(member->value) : std::string_view();
}

std::string_view Message::bare(std::string_view key) const noexcept {
    const auto value = raw(key);
    return value.starts_with('"') ? value.substr(1, value.size() - 2) : std::string_view();
}

void Message::set(std::string_view key, std::string_view value) {
    null_ = false;
    const auto place = std::lower_bound(members_.begin(), members_.end(), key,
                                        [](const Member& m, std::string_view k) { return m.key < k; });
    if (place != members_.end() && place->key == key)
        place->value.assign(value);
    else
        members_.insert(place, Member{std::string(key), std::string(value)});
}

void Message::erase(std::string_view key) {
    if (const auto* member = find(key)) members_.erase(members_.begin() + (member - members_.data()));
}

std::string Message::text() const {
    if (null_) return "null";
    std::size_t size = 2;
    for (const auto& member : members_) size += member.key.size() + member.value.size() + 4;
    std::string out;
    out.reserve(size);
    out.push_back('{');
    for (const auto& member : members_) {
        if (out.size() > 1) out.push_back(',');
        append_key(out, member.key);
        out.append(":").append(member.value);
    }
    out.push_back('}');
    return out;
}

}  // namespace lanbridge::agent
