#include "lanbridge/meross/protocol/namespaces.hpp"

#include <algorithm>
#include <array>

namespace lanbridge::meross {
namespace {

/// What families of namespaces have in common, for members nobody has seen yet.
struct Family {
    std::string_view prefix;
    IndexKey index;
    GetShape shape;
};
constexpr std::array families{
    Family{"Appliance.Hub.", IndexKey::id, GetShape::list},
    Family{"Appliance.RollerShutter.", IndexKey::channel, GetShape::list},
    Family{"Appliance.Control.Screen.", IndexKey::channel, GetShape::list_c},
    Family{"Appliance.Control.Sensor.", IndexKey::channel, GetShape::list_c},
    Family{"Appliance.Control.Thermostat.", IndexKey::channel, GetShape::list_c},
};

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// "Appliance.Control.ToggleX" -> "togglex": the last part with a small first letter and a small final X.
std::string guess_key(std::string_view name) {
    const auto dot = name.rfind('.');
    std::string key(dot == std::string_view::npos ? name : name.substr(dot + 1));
    if (key.empty()) return key;
    key.front() = lower(key.front());
    if (key.back() == 'X') key.back() = 'x';
    return key;
}

Json channel_entries(std::span<const int> channels, bool with_data) {
    static constexpr std::array only_channel{0};
    if (channels.empty()) channels = only_channel;
    Json entries = Json::array();
    for (int channel : channels) {
        Json entry = Json::object();
        entry["channel"] = channel;
        if (with_data) entry["data"] = Json::array();
        entries.push_back(std::move(entry));
    }
    return entries;
}

Json get_value(GetShape shape, std::span<const int> channels) {
    Json value = Json::object();
    switch (shape) {
        case GetShape::dict_c:
            value["channel"] = channels.empty() ? 0 : channels.front();
            break;
        case GetShape::dict_id:
            value["id"] = "";
            break;
        case GetShape::list:
            value = Json::array();
            break;
        case GetShape::list_c:
            value = channel_entries(channels, false);
            break;
        case GetShape::list_sx:
            value = channel_entries(channels, true);
            break;
        case GetShape::none:
        case GetShape::dict:
        case GetShape::push_query:
            break;
    }
    return value;
}

}  // namespace

const Namespace* find_namespace(std::string_view name, bool hub) noexcept {
    const auto rows = std::ranges::equal_range(namespaces(), name, {}, &Namespace::name);
    if (rows.empty()) return nullptr;
    return hub ? &rows.back() : &rows.front();  // the device's row comes first, the hub's last
}

NamespaceGuess guess_namespace(std::string_view name) {
    NamespaceGuess guess;
    guess.key = guess_key(name);
    guess.index = IndexKey::channel;
    for (const auto& family : families) {
        if (!name.starts_with(family.prefix)) continue;
        guess.index = family.index;
        guess.shape = family.shape;
    }
    return guess;
}

std::string_view index_member(IndexKey index) noexcept {
    switch (index) {
        case IndexKey::channel:
            return "channel";
        case IndexKey::id:
            return "id";
        case IndexKey::sub_id:
            return "subId";
        case IndexKey::none:
            break;
    }
    return "";
}

Json default_get_payload(std::string_view name, std::span<const int> channels, bool hub) {
    const Namespace* row = find_namespace(name, hub);
    const auto guess = guess_namespace(name);
    const auto shape = row ? row->shape : guess.shape;
    Json payload = Json::object();
    if (shape == GetShape::none || shape == GetShape::push_query) return payload;
    // a few namespaces are asked for with a key that their answers do not have
    const std::string key = row && !row->key.empty() ? std::string(row->key) : guess.key;
    payload[key] = get_value(shape, channels);
    return payload;
}

}  // namespace lanbridge::meross
