// What Home Assistant refuses, checked before it can: a refused entity is left out with a sentence in the log
// instead of costing the user the whole device, or an entity that is silently missing.
#include <algorithm>
#include <set>

#include "homeassistant/classes.hpp"
#include "homeassistant/components.hpp"

namespace lanbridge::homeassistant {
namespace {

using model::Component;
using model::EntityDescription;
using model::PartDescription;
using model::ValueKind;
using Reason = std::optional<std::string>;

/// Home Assistant's own limit.
constexpr double smallest_step = 0.001;

bool plain_id(std::string_view id) {
    return !id.empty() && std::ranges::all_of(id, [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-';
    });
}

const PartDescription* part_of(const EntityDescription& entity, std::string_view name) {
    const auto it = std::ranges::find(entity.parts, name, &PartDescription::name);
    return it != entity.parts.end() ? &*it : nullptr;
}

Reason check_range(const PartDescription& part) {
    if (!part.range) return std::nullopt;
    if (!(part.range->min <= part.range->max))
        return "the smallest value of " + part.name + " is above the largest";
    if (!(part.range->step >= smallest_step)) return "the step of " + part.name + " is below 0.001";
    return std::nullopt;
}

Reason check_options(const EntityDescription& entity, const PartDescription& part) {
    if (part.kind != ValueKind::option) return std::nullopt;
    // A cover's states are fixed words; its options, if any, are its commands.
    if (part.options.empty() && entity.component != Component::cover &&
        entity.component != Component::climate)
        return "the options of " + part.name + " are missing";
    std::set<std::string_view> seen;
    for (const auto& option : part.options) {
        if (option.empty()) return "an option of " + part.name + " is empty";
        if (!seen.insert(option).second)
            return "the option \"" + option + "\" of " + part.name + " is there twice";
        const bool unknown_word = option == "none" || option == "None";
        if (unknown_word && (entity.component == Component::select || part.name == "preset_mode"))
            return "\"none\" means unknown in Home Assistant and cannot be an option of " + part.name;
    }
    return std::nullopt;
}

Reason check_unit(const EntityDescription& entity) {
    const auto* row = find_sensor_class(entity.device_class);
    if (!row) return std::nullopt;
    if (!class_takes_unit(*row, entity.unit))
        return "the unit \"" + entity.unit + "\" does not fit the device class " + entity.device_class;
    if (!class_takes_state_class(*row, entity.state_class))
        return "the state class " + entity.state_class + " does not fit the device class " +
               entity.device_class;
    return std::nullopt;
}

Reason check_sensor(const EntityDescription& entity) {
    const auto* state = part_of(entity, "state");
    if (!state || !state->readable) return "a sensor needs a readable state";
    if (!entity.state_class.empty() && !is_state_class(entity.state_class))
        return "the state class " + entity.state_class + " is unknown";
    if (state->kind == ValueKind::option) {
        if (entity.device_class != "enum") return "a sensor with options needs the device class enum";
        if (!entity.unit.empty() || !entity.state_class.empty())
            return "a sensor with options takes neither unit nor state class";
    }
    if (state->kind == ValueKind::total && entity.state_class != "total")
        return "a value with its last reset needs the state class total";
    if (entity.state_class == "measurement_angle" && entity.unit != "°")
        return "measurement_angle needs the unit °";
    return check_unit(entity);
}

Reason check_number(const EntityDescription& entity) {
    const auto* state = part_of(entity, "state");
    if (!state || !state->commandable) return "a number needs a command";
    return check_unit(entity);
}

Reason check_climate(const EntityDescription& entity) {
    if (!part_of(entity, "mode") && !part_of(entity, "temperature"))
        return "a climate needs a mode or a temperature";
    static constexpr std::string_view modes = "|auto|off|cool|heat|dry|fan_only|heat_cool|";
    if (const auto* mode = part_of(entity, "mode")) {
        if (mode->options.empty()) return "the options of mode are missing";
        for (const auto& option : mode->options)
            if (modes.find("|" + option + "|") == std::string_view::npos)
                return "\"" + option + "\" is no mode of Home Assistant; make it a preset";
    }
    for (const auto& part : entity.parts)
        if (part.name.starts_with("temperature") && part.range && part.range->min >= part.range->max)
            return "the lowest temperature is not below the highest";
    return std::nullopt;
}

Reason check_fan(const EntityDescription& entity) {
    const auto* state = part_of(entity, "state");
    if (!state || !state->commandable) return "a fan needs a command";
    const auto* speed = part_of(entity, "percentage");
    if (speed && speed->range && std::max(1.0, speed->range->min) >= speed->range->max)
        return "a fan of one speed has no percentage";
    return std::nullopt;
}

Reason check_by_component(const EntityDescription& entity) {
    const auto* state = part_of(entity, "state");
    const bool readable = state && state->readable;
    const bool commandable = state && state->commandable;
    switch (entity.component) {
        case Component::sensor:
            return check_sensor(entity);
        case Component::number:
            return check_number(entity);
        case Component::climate:
            return check_climate(entity);
        case Component::fan:
            return check_fan(entity);
        case Component::binary_sensor:
        case Component::update:
            if (!readable) return "a readable state is missing";
            return std::nullopt;
        case Component::event:
            if (!readable || state->options.empty())
                return "an event needs its types as options of its state";
            return std::nullopt;
        case Component::switch_:
        case Component::select:
        case Component::button:
        case Component::text:
        case Component::light:
            if (!commandable) return "a command is missing";
            return std::nullopt;
        case Component::cover:
            if (!readable && !commandable && !part_of(entity, "position"))
                return "a cover needs a state or a position";
            return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace

Reason why_invalid(const EntityDescription& entity) {
    if (!plain_id(entity.key)) return "the key must consist of letters, digits, _ and -";
    const bool reads_only =
        entity.component == Component::sensor || entity.component == Component::binary_sensor;
    if (reads_only && entity.category == model::Category::config)
        return "sensors cannot have the category config";
    if (!component_takes_class(entity.component, entity.device_class))
        return "the device class " + entity.device_class + " does not exist for " +
               std::string(platform_name(entity.component));
    if (!entity.icon.empty() && entity.icon.find(':') == std::string::npos)
        return "the icon \"" + entity.icon + "\" has no prefix such as mdi:";
    for (const auto& part : entity.parts) {
        if (!plain_id(part.name) || part.name == "set" || part.name == "availability")
            return "the part name \"" + part.name + "\" cannot be a topic level";
        if (auto reason = check_range(part)) return reason;
        if (auto reason = check_options(entity, part)) return reason;
    }
    return check_by_component(entity);
}

}  // namespace lanbridge::homeassistant
