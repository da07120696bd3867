#include "agent/json/message.hpp"

#include <algorithm>

#include "agent/json/json_text.hpp"

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

constexpr std::size_t usual_members = 6;

std::string decoded(std::string_view raw_key) {
    std::string quoted = "\"";
    quoted.append(raw_key).append("\"");
    return unquote(quoted);
}

/// Most keys are names that need no escaping.
void append_key(std::string& out, std::string_view key) {
    const bool plain = std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
    if (plain)
        out.append(1, '"').append(key).append(1, '"');
    else
        out.append(quote(key));
}

}  // namespace

Result<Message> Message::parse(std::string_view text) {
    Message message;
    message.members_.reserve(usual_members);
    auto compact = compact_json(text, message.members_);
    if (!compact) return std::move(compact).error();
    const auto kind = kind_of(*compact);
    message.null_ = kind == JsonKind::null;
    if (kind != JsonKind::object && !message.null_)
        return Error(Errc::malformed, "json: cannot unmarshal " + std::string(type_name(kind)) +
                                          " into Go value of type rpc.Message");
    message.store_ = std::move(*compact);
    message.put_in_order();
    return message;
}

/// Decodes the keys, sorts by them, and keeps the last of equal ones.
void Message::put_in_order() {
    for (auto& member : members_) {
        if (key_of(member).find('\\') == std::string_view::npos) continue;
        const auto key = decoded(key_of(member));
        member.key = keep(key);
        member.key_size = static_cast<std::uint32_t>(key.size());
    }
    std::sort(members_.begin(), members_.end(), [this](const MemberPlace& a, const MemberPlace& b) {
        const int order = key_of(a).compare(key_of(b));
        return order != 0 ? order < 0 : a.value > b.value;
    });
    const auto same = [this](const MemberPlace& a, const MemberPlace& b) { return key_of(a) == key_of(b); };
    members_.erase(std::unique(members_.begin(), members_.end(), same), members_.end());
}

std::uint32_t Message::keep(std::string_view text) {
    const auto at = store_.size();
    store_.append(text);
    return static_cast<std::uint32_t>(at);
}

const MemberPlace* Message::find(std::string_view key) const noexcept {
    const auto it = std::find_if(members_.begin(), members_.end(),
                                 [&](const MemberPlace& m) { return key_of(m) == key; });
    return it == members_.end() ? nullptr : &*it;
}

std::string_view Message::raw(std::string_view key) const noexcept {
    const auto* member = find(key);
    return member ? value_of(*member) : std::string_view();
}

std::string_view Message::bare(std::string_view key) const noexcept {
    const auto value = raw(key);
    return value.starts_with('"') ? value.substr(1, value.size() - 2) : std::string_view();
}

void Message::set(std::string_view key, std::string_view value) {
    null_ = false;
    const auto place =
        std::lower_bound(members_.begin(), members_.end(), key,
                         [this](const MemberPlace& m, std::string_view k) { return key_of(m) < k; });
    const bool known = place != members_.end() && key_of(*place) == key;
    const auto value_size = static_cast<std::uint32_t>(value.size());
    const auto value_at = keep(value);
    if (known) {
        place->value = value_at;
        place->value_size = value_size;
        return;
    }
    MemberPlace member;
    member.key_size = static_cast<std::uint32_t>(key.size());
    member.key = keep(key);
    member.value = value_at;
    member.value_size = value_size;
    members_.insert(place, member);
}

void Message::erase(std::string_view key) {
    if (const auto* member = find(key)) members_.erase(members_.begin() + (member - members_.data()));
}

std::string Message::text() const {
    if (null_) return "null";
    std::size_t size = 2;
    for (const auto& member : members_) size += member.key_size + member.value_size + 4;
    std::string out;
    out.reserve(size);
    out.push_back('{');
    for (const auto& member : members_) {
        if (out.size() > 1) out.push_back(',');
        append_key(out, key_of(member));
        out.push_back(':');
        out.append(value_of(member));
    }
    out.push_back('}');
    return out;
}

}  // namespace lanbridge::agent
