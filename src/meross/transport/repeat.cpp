#include "meross/transport/repeat.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "lanbridge/meross/protocol/namespaces.hpp"

namespace lanbridge::meross {
namespace {

/// A SET of these is an event, not a state: a second one would move a door back, adjust twice or reset a
/// device.
constexpr std::array events{
    std::string_view("Appliance.Config.Key"),       std::string_view("Appliance.Config.Wifi"),
    std::string_view("Appliance.Config.WifiX"),     std::string_view("Appliance.Control.Bind"),
    std::string_view("Appliance.Control.Unbind"),   std::string_view("Appliance.Control.Upgrade"),
    std::string_view("Appliance.Encrypt.ECDHE"),    std::string_view("Appliance.GarageDoor.State"),
    std::string_view("Appliance.Hub.PairSubDev"),   std::string_view("Appliance.Hub.Sensor.Adjust"),
    std::string_view("Appliance.Hub.Sensor.Smoke"), std::string_view("Appliance.RollerShutter.Adjust"),
};
static_assert(std::ranges::is_sorted(events));

constexpr std::array index_members{"channel", "id", "subId"};

std::vector<int> channels_of(const Json& value) {
    std::set<int> channels;
    const auto note = [&](const Json& object) {
        if (const auto channel = int_or(object, {"channel"}, -1); channel >= 0 && channel < 256)
            channels.insert(static_cast<int>(channel));
    };
    for (const auto& member : value) {
        if (member.is_object()) note(member);
        if (member.is_array())
            for (const auto& item : member)
                if (item.is_object()) note(item);
    }
    if (channels.empty()) channels.insert(0);
    return {channels.begin(), channels.end()};
}

bool same_entry(const Json& a, const Json& b) {
    return std::ranges::all_of(index_members, [&](const char* name) {
        const Json* left = find_member(a, {name});
        const Json* right = find_member(b, {name});
        return !left || !right || *left == *right;
    });
}

bool object_so(const Json& wanted, const Json& actual) {
    return std::ranges::all_of(wanted.items(), [&](const auto& item) {
        const Json* there = find_member(actual, {item.key()});
        // a device of one channel may leave it out
        if (!there) return std::ranges::find(index_members, item.key()) != index_members.end();
        return already_so(item.value(), *there);
    });
}

bool entry_so(const Json& wanted, const Json& actual) {
    if (!actual.is_array()) return wanted.is_object() && actual.is_object() && already_so(wanted, actual);
    return std::ranges::any_of(actual, [&](const Json& entry) {
        return entry.is_object() && wanted.is_object() && same_entry(wanted, entry) &&
               already_so(wanted, entry);
    });
}

}  // namespace

bool is_event(std::string_view name_space) noexcept { return std::ranges::binary_search(events, name_space); }

bool may_repeat(const Request& request) {
    if (request.method == Method::get) return true;
    if (request.method != Method::set) return false;
    if (request.name_space == multiple_namespace) {
        const Json* list = find_member(request.payload, {"multiple"});
        return list && list->is_array() && std::ranges::all_of(*list, [](const Json& inner) {
                   return string_or(inner, {"header", "method"}, "") == "GET";
               });
    }
    if (is_event(request.name_space)) return false;
    const Namespace* row = find_namespace(request.name_space);
    return row && row->get == Seen::yes && row->shape != GetShape::none &&
           row->shape != GetShape::push_query && row->shape != GetShape::dict_id;
}

Request read_before_repeating(const Request& set) {
    const auto channels = channels_of(set.payload);
    return Request(set.name_space, Method::get, default_get_payload(set.name_space, channels));
}

bool already_so(const Json& wanted, const Json& actual) {
    if (wanted.is_array())
        return std::ranges::all_of(wanted, [&](const Json& entry) {
            if (!entry.is_object()) return wanted == actual;
            return entry_so(entry, actual);
        });
    if (!wanted.is_object()) return wanted == actual;
    if (actual.is_array()) return entry_so(wanted, actual);
    return actual.is_object() && object_so(wanted, actual);
}

}  // namespace lanbridge::meross
