// Entities that consist of several parts. The parts carry the names of Home Assistant's keys, so that most of
// a component is written by joining names.
#include <algorithm>
#include <array>

#include "homeassistant/components.hpp"

namespace lanbridge::homeassistant {
namespace {

using Part = model::PartDescription;

/// `<name>_state_topic` and `<name>_command_topic`.
void put_topics(const EntityPlace& place, OrderedJson& out, std::string_view part) {
    put_state(place, out, part, std::string(part) + "_state_topic");
    put_command(place, out, part, std::string(part) + "_command_topic");
}

/// A list of words with its topics; Home Assistant wants list and command topic together.
void put_choice(const EntityPlace& place, OrderedJson& out, std::string_view part,
                std::string_view list_key) {
    const Part* found = place.part(part);
    if (!found || found->options.empty()) return;
    out[std::string(list_key)] = found->options;
    put_topics(place, out, part);
}

bool offers(const Part& part, std::string_view option) {
    return std::ranges::find(part.options, option) != part.options.end();
}

/// The first of the temperature parts that has limits.
const Part* limited_temperature(const EntityPlace& place) {
    for (const std::string_view name : {"temperature", "temperature_high", "temperature_low"})
        if (const Part* part = place.part(name); part && part->range) return part;
    return nullptr;
}

/// What the light can show, in Home Assistant's words, from the parts it has.
std::vector<std::string> color_modes(const EntityPlace& place) {
    std::vector<std::string> modes;
    if (const Part* mode = place.part("color_mode")) modes = mode->options;
    // A lamp with colours may report these two while an effect runs, but Home Assistant takes them only
    // alone.
    const auto plain = [](const std::string& mode) { return mode == "brightness" || mode == "onoff"; };
    if (!std::ranges::all_of(modes, plain)) std::erase_if(modes, plain);
    if (!modes.empty()) return modes;
    if (place.part("color_temp")) modes.emplace_back("color_temp");
    if (place.part("rgb")) modes.emplace_back("rgb");
    if (modes.empty()) modes.emplace_back(place.part("brightness") ? "brightness" : "onoff");
    return modes;
}

}  // namespace

void build_climate(const EntityPlace& place, OrderedJson& out) {
    put_choice(place, out, "mode", "modes");
    if (const Part* preset = place.part("preset_mode"); preset && preset->commandable)
        put_choice(place, out, "preset_mode", "preset_modes");
    put_choice(place, out, "fan_mode", "fan_modes");
    put_choice(place, out, "swing_mode", "swing_modes");
    for (const std::string_view name : {"temperature", "temperature_low", "temperature_high"})
        put_topics(place, out, name);
    if (const Part* limited = limited_temperature(place)) {
        out["min_temp"] = json_number(limited->range->min);
        out["max_temp"] = json_number(limited->range->max);
        out["temp_step"] = json_number(limited->range->step);
    }
    out["temperature_unit"] = "C";
    if (place.entity.precision)
        out["precision"] = *place.entity.precision > 0 ? json_number(0.1) : json_number(1);
    put_state(place, out, "action", "action_topic");
    put_state(place, out, "current_temperature", "current_temperature_topic");
    put_state(place, out, "current_humidity", "current_humidity_topic");
}

void build_cover(const EntityPlace& place, OrderedJson& out) {
    put_text(out, "device_class", place.entity.device_class);
    put_state(place, out);
    put_command(place, out);
    const Part* state = place.part("state");
    if (state && state->commandable && !state->options.empty()) {
        // The options are the commands; null tells Home Assistant that the cover lacks one.
        constexpr std::array<std::pair<std::string_view, std::string_view>, 3> commands{
            {{"payload_open", "OPEN"}, {"payload_close", "CLOSE"}, {"payload_stop", "STOP"}}};
        for (const auto& [key, word] : commands)
            if (!offers(*state, word)) out[std::string(key)] = nullptr;
    }
    put_state(place, out, "position", "position_topic");
    put_command(place, out, "position", "set_position_topic");
}

void build_event(const EntityPlace& place, OrderedJson& out) {
    put_text(out, "device_class", place.entity.device_class);
    put_state(place, out);
    if (const Part* state = place.part("state")) out["event_types"] = state->options;
}

void build_fan(const EntityPlace& place, OrderedJson& out) {
    put_state(place, out);
    put_command(place, out);
    put_topics(place, out, "percentage");
    if (const Part* speed = place.part("percentage"); speed && speed->range) {
        // The device's own steps; 0 is "off" and stands outside of the range.
        out["speed_range_min"] = json_number(std::max(1.0, speed->range->min));
        out["speed_range_max"] = json_number(speed->range->max);
    }
    if (const Part* preset = place.part("preset_mode"); preset && preset->commandable)
        put_choice(place, out, "preset_mode", "preset_modes");
}

void build_light(const EntityPlace& place, OrderedJson& out) {
    out["schema"] = "json";
    put_state(place, out);
    put_command(place, out);
    out["supported_color_modes"] = color_modes(place);
    if (const Part* brightness = place.part("brightness"); brightness && brightness->range)
        out["brightness_scale"] = json_number(brightness->range->max);
    if (const Part* temperature = place.part("color_temp"); temperature && temperature->range) {
        out["color_temp_kelvin"] = true;
        out["min_kelvin"] = json_number(temperature->range->min);
        out["max_kelvin"] = json_number(temperature->range->max);
    }
    if (const Part* effect = place.part("effect"); effect && !effect->options.empty()) {
        out["effect"] = true;
        out["effect_list"] = effect->options;
    }
    // Both default to true, and Home Assistant would offer what the device cannot do.
    out["transition"] = place.part("transition") != nullptr;
    out["flash"] = false;
}

void build_update(const EntityPlace& place, OrderedJson& out) {
    put_text(out, "device_class", place.entity.device_class);
    put_state(place, out);
    put_state(place, out, "latest_version", "latest_version_topic");
    const Part* install = place.part("install");
    if (!install || !install->commandable) return;
    put_command(place, out, "install", "command_topic");
    out["payload_install"] = "PRESS";
}

}  // namespace lanbridge::homeassistant
