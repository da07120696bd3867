// A light's parts travel as one JSON object: Home Assistant takes nothing else.
#include "homeassistant/light.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "lanbridge/base/json.hpp"
#include "lanbridge/homeassistant/payload.hpp"

namespace lanbridge::homeassistant {
namespace {

OrderedJson to_json(const model::Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
    if (const auto* number = std::get_if<double>(&value)) return *number;
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    return nullptr;
}

/// "255,120,0" as {"r":255,"g":120,"b":0}.
OrderedJson to_color(const std::string& text) {
    auto color = OrderedJson::object();
    const char* at = text.data();
    const char* end = at + text.size();
    for (const char* name : {"r", "g", "b"}) {
        int level = 0;
        at = std::from_chars(at, end, level).ptr;
        if (at != end && *at == ',') ++at;
        color[name] = level;
    }
    return color;
}

/// Levels come as floats too, after Home Assistant's own conversions.
Result<std::string> color_text(const Json& color) {
    std::string text;
    for (const char* name : {"r", "g", "b"}) {
        const auto level = read_number(color, {name});
        if (!level) return level.error();
        if (!(*level >= 0 && *level <= 255))
            return Error(Errc::invalid_value, std::string(name) + " must be from 0 to 255");
        text.append(text.empty() ? "" : ",").append(std::to_string(std::lround(*level)));
    }
    return text;
}

/// How something shall happen, which is no wish of its own.
bool is_manner(std::string_view member) { return member == "transition" || member == "flash"; }

bool has_part(const model::EntityDescription& entity, std::string_view name) {
    return std::ranges::find(entity.parts, name, &model::PartDescription::name) != entity.parts.end();
}

/// The text that a plain command topic would carry for this member.
Result<std::string> member_text(std::string_view name, const Json& member) {
    if (name == "color") return color_text(member);
    if (member.is_string()) return member.get<std::string>();
    if (member.is_number()) return dump_json(member);
    return Error(Errc::invalid_value, std::string(name) + " must be a text or a number");
}

Result<void> add_member(const model::EntityDescription& entity, const std::string& name, const Json& member,
                        model::PartValues& out) {
    const std::string part_name = name == "color" ? "rgb" : name;
    const auto part = std::ranges::find(entity.parts, part_name, &model::PartDescription::name);
    if (part == entity.parts.end() || !part->commandable)
        return Error(Errc::unsupported, "the light has no " + name);
    auto text = member_text(name, member);
    if (!text) return std::move(text).error();
    auto value = parse_command(*part, *text);
    if (!value) return value.error().in(name);
    out.emplace_back(part_name, std::move(*value));
    return {};
}

}  // namespace

std::string light_state(const registry::Device& device, std::size_t entity_index) {
    const auto& entity = device.entities().entities()[entity_index];
    auto json = OrderedJson::object();
    json["state"] = nullptr;
    for (const auto& part : entity.parts) {
        const auto* stored = device.value(entity.key, part.name);
        if (!part.readable || part.name == "attributes" || !stored) continue;
        if (std::holds_alternative<std::monostate>(stored->value)) continue;
        if (const auto* on = std::get_if<bool>(&stored->value)) {
            json[part.name] = *on ? "ON" : "OFF";
        } else if (const auto* text = std::get_if<std::string>(&stored->value); text && part.name == "rgb") {
            json["color"] = to_color(*text);
        } else {
            json[part.name] = to_json(stored->value);
        }
    }
    // Home Assistant keeps the last effect until told that none runs.
    if (has_part(entity, "effect") && !json["state"].is_null() && !json.contains("effect"))
        json["effect"] = nullptr;
    return dump_json(json);
}

Result<model::PartValues> parse_light_command(const model::EntityDescription& entity,
                                              std::string_view payload, bool is_on) {
    auto json = parse_json(payload);
    if (!json) return std::move(json).error();
    if (!json->is_object()) return Error(Errc::malformed, "a JSON object is expected");
    model::PartValues out;
    const bool has_more = std::ranges::any_of(
        json->items(), [](const auto& item) { return item.key() != "state" && !is_manner(item.key()); });
    const bool on = string_or(*json, {"state"}, "ON") == "ON";
    if (json->contains("state") && !(on && has_more && is_on)) {
        if (auto added = add_member(entity, "state", (*json)["state"], out); !added)
            return std::move(added).error();
    }
    for (const auto& [name, member] : json->items()) {
        const bool ignored = is_manner(name) && !has_part(entity, name);
        if (name == "state" || ignored || (!on && !is_manner(name))) continue;
        if (auto added = add_member(entity, name, member, out); !added) return std::move(added).error();
    }
    return out;
}

}  // namespace lanbridge::homeassistant
