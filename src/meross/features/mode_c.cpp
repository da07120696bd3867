#include "meross/features/mode_c.hpp"

#include <array>

#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross::mode_c {
namespace {

struct Member {
    std::string_view name;
    std::string_view inner;  ///< "" = the member is a number itself
};
constexpr std::array members{
    Member{"mode", ""},           Member{"work", ""},           Member{"currentTemp", ""},
    Member{"targetTemp", "heat"}, Member{"targetTemp", "cold"}, Member{"fan", "fMode"},
    Member{"fan", "speed"},       Member{"more", "humi"},       Member{"more", "hdStatus"},
    Member{"more", "hStatus"},    Member{"more", "cStatus"},    Member{"more", "fStatus"},
    Member{"more", "aStatus"},
};

void take(const Json& item, const Member& member, Json& state) {
    const bool plain = member.inner.empty();
    const Json* value =
        plain ? find_member(item, {member.name}) : find_member(item, {member.name, member.inner});
    if (!value || !value->is_number()) return;
    Json& place = state[std::string(member.name)];
    if (plain)
        place = *value;
    else
        place[std::string(member.inner)] = *value;
}

}  // namespace

Json ask_payload() { return payload_of("control", list_of(channel_object(0))); }

bool merge_control(Json& state, const Json& payload) {
    bool any = false;
    for_each_item(payload, "control", [&](const Json& item) {
        if (int_or(item, {"channel"}, 0) != 0) return;
        any = true;
        for (const auto& member : members) take(item, member, state);
    });
    return any;
}

Action set(Json control) {
    Action action(
        Request(ns::thermostat_mode_c, Method::set, payload_of("control", list_of(std::move(control)))));
    action.reply_is_reading = true;
    action.read_back.emplace_back(ns::thermostat_mode_c, Method::get, ask_payload());
    return action;
}

}  // namespace lanbridge::meross::mode_c
