#include "homeassistant/components.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace lanbridge::homeassistant {
namespace {

using model::Component;
using model::ValueKind;

/// Sliders with more steps than this cannot be set to one of them by hand.
constexpr double most_slider_steps = 100;

void put_class(const EntityPlace& place, OrderedJson& out) {
    put_text(out, "device_class", place.entity.device_class);
}

void build_switch(const EntityPlace& place, OrderedJson& out) {
    put_class(place, out);
    put_state(place, out);
    put_command(place, out);
}

void build_binary_sensor(const EntityPlace& place, OrderedJson& out) {
    put_class(place, out);
    put_state(place, out);
    if (out["state_topic"] != place.topics.bridge_state()) return;
    // The bridge's own state speaks the words of availability, since the last will writes it.
    out["payload_on"] = "online";
    out["payload_off"] = "offline";
}

void build_sensor(const EntityPlace& place, OrderedJson& out) {
    put_class(place, out);
    put_text(out, "state_class", place.entity.state_class);
    put_text(out, "unit_of_measurement", place.entity.unit);
    if (place.entity.precision) out["suggested_display_precision"] = *place.entity.precision;
    put_state(place, out);
    const auto* state = place.part("state");
    if (state && state->kind == ValueKind::option) out["options"] = state->options;
    if (state && state->kind == ValueKind::total) {
        out["value_template"] = "{{ value_json.value }}";
        out["last_reset_value_template"] = "{{ value_json.last_reset }}";
    }
}

void build_number(const EntityPlace& place, OrderedJson& out) {
    put_class(place, out);
    put_text(out, "unit_of_measurement", place.entity.unit);
    const auto* state = place.part("state");
    if (state && state->range) {
        const auto& range = *state->range;
        out["min"] = json_number(range.min);
        out["max"] = json_number(range.max);
        out["step"] = json_number(range.step);
        if ((range.max - range.min) / range.step > most_slider_steps) out["mode"] = "box";
    }
    put_state(place, out);
    put_command(place, out);
}

void build_select(const EntityPlace& place, OrderedJson& out) {
    if (const auto* state = place.part("state")) out["options"] = state->options;
    put_state(place, out);
    put_command(place, out);
}

void build_button(const EntityPlace& place, OrderedJson& out) {
    put_class(place, out);
    put_command(place, out);
}

void build_text(const EntityPlace& place, OrderedJson& out) {
    put_state(place, out);
    put_command(place, out);
}

struct Row {
    Component component;
    void (*build)(const EntityPlace&, OrderedJson&);
};

constexpr std::array builders{
    Row{Component::binary_sensor, &build_binary_sensor},
    Row{Component::button, &build_button},
    Row{Component::climate, &build_climate},
    Row{Component::cover, &build_cover},
    Row{Component::event, &build_event},
    Row{Component::fan, &build_fan},
    Row{Component::light, &build_light},
    Row{Component::number, &build_number},
    Row{Component::select, &build_select},
    Row{Component::sensor, &build_sensor},
    Row{Component::switch_, &build_switch},
    Row{Component::text, &build_text},
    Row{Component::update, &build_update},
};

}  // namespace

const model::PartDescription* EntityPlace::part(std::string_view name) const noexcept {
    const auto it = std::ranges::find(entity.parts, name, &model::PartDescription::name);
    return it != entity.parts.end() ? &*it : nullptr;
}

void put_state(const EntityPlace& place, OrderedJson& out, std::string_view part, std::string_view key) {
    const auto* found = place.part(part);
    if (found && found->readable) out[std::string(key)] = place.topic_of(part);
}

void put_command(const EntityPlace& place, OrderedJson& out, std::string_view part, std::string_view key) {
    const auto* found = place.part(part);
    if (found && found->commandable) out[std::string(key)] = place.command_of(part);
}

void put_text(OrderedJson& out, std::string_view key, std::string_view text) {
    if (!text.empty()) out[std::string(key)] = std::string(text);
}

OrderedJson json_number(double value) {
    if (value == std::floor(value) && std::abs(value) < 1e15) return static_cast<std::int64_t>(value);
    return value;
}

void build_component(const EntityPlace& place, OrderedJson& out) {
    const auto row = std::ranges::find(builders, place.entity.component, &Row::component);
    if (row != builders.end()) row->build(place, out);
    put_state(place, out, "attributes", "json_attributes_topic");
}

}  // namespace lanbridge::homeassistant
