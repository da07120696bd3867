#include <algorithm>
#include <array>

#include "meross/device/facts.hpp"

namespace lanbridge::meross {
namespace {

/// A digest key, the namespace that its value stands for, and the payload's key there.
struct DigestRow {
    std::string_view key;
    std::string_view name_space;
    std::string_view payload_key;
};
constexpr std::array rows{
    DigestRow{"fan", "Appliance.Control.Fan", "fan"},
    DigestRow{"garageDoor", "Appliance.GarageDoor.State", "state"},
    DigestRow{"hub", "Appliance.Digest.Hub", "hub"},
    DigestRow{"light", "Appliance.Control.Light", "light"},
    DigestRow{"light.effect", "Appliance.Control.Light.Effect", "effect"},  // one key with a dot
    DigestRow{"spray", "Appliance.Control.Spray", "spray"},
    DigestRow{"toggle", "Appliance.Control.Toggle", "toggle"},
    DigestRow{"togglex", "Appliance.Control.ToggleX", "togglex"},
};
static_assert(std::ranges::is_sorted(rows, {}, &DigestRow::key));

constexpr std::array<std::string_view, 2> diffuser_members{"light", "spray"};
/// Lists of timers and counters: no state.
constexpr std::array<std::string_view, 4> ignored{"timer", "timerx", "trigger", "triggerx"};

constexpr std::size_t max_parts = 32;  // the longest digest seen has six keys

void add(std::vector<DigestPart>& parts, std::string name_space, std::string_view key, const Json& value) {
    if (parts.size() >= max_parts) return;
    Json payload = Json::object();
    payload.emplace(std::string(key), value);
    parts.emplace_back(name_space, std::move(payload));
}

/// {"type":…,"light":[…],"spray":[…]}
void split_diffuser(const Json& diffuser, std::vector<DigestPart>& parts) {
    constexpr std::array<std::string_view, 2> names{"Appliance.Control.Diffuser.Light",
                                                    "Appliance.Control.Diffuser.Spray"};
    for (std::size_t i = 0; i < names.size(); ++i)
        if (const Json* value = find_member(diffuser, {diffuser_members[i]}))
            add(parts, std::string(names[i]), diffuser_members[i], *value);
}

/// {"mode":[…],"summerMode":[…],…}: each member is named like its namespace.
void split_thermostat(const Json& thermostat, std::vector<DigestPart>& parts) {
    if (!thermostat.is_object()) return;
    for (const auto& [key, value] : thermostat.items()) {
        if (key.empty() || !value.is_structured()) continue;
        std::string name = key;
        if (name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 'a' + 'A');
        add(parts, "Appliance.Control.Thermostat." + name, key, value);
    }
}

const DigestRow* row_of(std::string_view key) {
    const auto it = std::ranges::lower_bound(rows, key, {}, &DigestRow::key);
    return it != rows.end() && it->key == key ? &*it : nullptr;
}

}  // namespace

std::vector<DigestPart> split_digest(const Json& digest) {
    std::vector<DigestPart> parts;
    if (!digest.is_object()) return parts;
    for (const auto& [key, value] : digest.items()) {
        if (const DigestRow* row = row_of(key))
            add(parts, std::string(row->name_space), row->payload_key, value);
        if (key == "diffuser") split_diffuser(value, parts);
        if (key == "thermostat") split_thermostat(value, parts);
    }
    return parts;
}

std::vector<std::string> unknown_digest_keys(const Json& digest) {
    std::vector<std::string> unknown;
    if (!digest.is_object()) return unknown;
    for (const auto& [key, value] : digest.items()) {
        const bool known = row_of(key) || key == "diffuser" || key == "thermostat" ||
                           std::ranges::find(ignored, key) != ignored.end();
        if (!known && unknown.size() < max_parts) unknown.push_back(key);
    }
    return unknown;
}

}  // namespace lanbridge::meross
