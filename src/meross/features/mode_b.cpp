#include "meross/features/mode_b.hpp"

#include <algorithm>

#include "meross/features/payload.hpp"

namespace lanbridge::meross::mode_b {
namespace {

void take_int(const Json& item, std::string_view member, std::optional<int>& into) {
    if (const auto value = read_int64(item, {member})) into = static_cast<int>(*value);
}

}  // namespace

Json ask_payload() { return payload_of("modeB", list_of(channel_object(0))); }

void State::take(const Json& payload) {
    for_each_item(payload, "modeB", [this](const Json& item) {
        if (int_or(item, {"channel"}, 0) != 0) return;
        take_int(item, "onoff", onoff);
        take_int(item, "mode", mode);
        take_int(item, "working", working);
        take_int(item, "state", relay);
        take_int(item, "sensorStatus", sensor);
        if (const auto native = read_number(item, {"targetTemp"})) target = *native;
        if (const auto native = read_number(item, {"currentTemp"})) current = *native;
    });
}

bool is_timer_preset(std::string_view word) noexcept {
    return std::ranges::find(timer_presets, word) != timer_presets.end();
}

std::string_view timer_preset(const Json& payload) {
    std::string_view preset;
    for_each_item(payload, "timer", [&](const Json& item) {
        if (int_or(item, {"channel"}, 0) != 0) return;
        const auto type = int_or(item, {"type"}, 0);
        const auto onoff = int_or(item, {"down", "onoff"}, 0);
        if (type == 2) preset = timer_cycle;
        if (type == 1 && onoff == on) preset = timer_countdown_on;
        if (type == 1 && onoff == mode_b::off) preset = timer_countdown_off;
    });
    return preset;
}

}  // namespace lanbridge::meross::mode_b
