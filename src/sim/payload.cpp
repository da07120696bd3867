#include "sim/payload.hpp"

#include <array>

namespace lanbridge::sim {

namespace {

constexpr std::array digest_table{
    DigestRow{"", "togglex", "Appliance.Control.ToggleX", "togglex"},
    DigestRow{"", "toggle", "Appliance.Control.Toggle", "toggle"},
    DigestRow{"", "light", "Appliance.Control.Light", "light", true},
    DigestRow{"", "light.effect", "Appliance.Control.Light.Effect", "effect", true},
    DigestRow{"", "garageDoor", "Appliance.GarageDoor.State", "state"},
    DigestRow{"", "fan", "Appliance.Control.Fan", "fan"},
    DigestRow{"", "spray", "Appliance.Control.Spray", "spray"},
    DigestRow{"", "hub", "Appliance.Digest.Hub", "hub", true},
    DigestRow{"diffuser", "light", "Appliance.Control.Diffuser.Light", "light"},
    DigestRow{"diffuser", "spray", "Appliance.Control.Diffuser.Spray", "spray"},
    DigestRow{"thermostat", "mode", "Appliance.Control.Thermostat.Mode", "mode"},
    DigestRow{"thermostat", "modeB", "Appliance.Control.Thermostat.ModeB", "modeB"},
    DigestRow{"thermostat", "summerMode", "Appliance.Control.Thermostat.SummerMode", "summerMode"},
    DigestRow{"thermostat", "windowOpened", "Appliance.Control.Thermostat.WindowOpened", "windowOpened"},
};

/// A GET must list what it wants. So it is too where a PUSH query is the usual way and items have channels.
bool wants_items(const Grammar& grammar) {
    const bool query = grammar.shape == meross::GetShape::push_query && !grammar.index.empty();
    return query || grammar.shape == meross::GetShape::list_c || grammar.shape == meross::GetShape::list_sx;
}

/// What a hub wants in a question for the samples of its sensors.
bool names_samples(const Json* item) {
    const auto* data = find_member(*item, {"data"});
    return item->contains("subId") && data != nullptr && data->is_array() && !data->empty();
}

bool names_item(const Json& item, const Grammar& grammar) {
    if (!item.is_object() || !item.contains(grammar.index)) return false;
    if (grammar.shape != meross::GetShape::list_sx) return true;
    const auto data = item.find("data");  // an empty list of wanted sensors is answered with nothing
    return data != item.end() && data->is_array() && !data->empty();
}

}  // namespace

std::span<const DigestRow> digest_rows() noexcept { return digest_table; }

const Json* digest_of(const Json& all) {
    if (const auto* digest = find_member(all, {"digest"})) return digest;
    return find_member(all, {"control"});
}
Json* digest_of(Json& all) { return const_cast<Json*>(digest_of(std::as_const(all))); }

const Json* digest_value(const Json& all, const DigestRow& row) {
    const auto* digest = digest_of(all);
    if (digest == nullptr) return nullptr;
    if (row.group.empty()) return find_member(*digest, {row.member});
    return find_member(*digest, {row.group, row.member});
}

Grammar::Grammar(std::string_view name_space, bool hub) : name(name_space) {
    samples = hub && name_space == "Appliance.Control.Sensor.LatestX";
    if (const auto* row = meross::find_namespace(name_space, hub); row != nullptr && !row->key.empty()) {
        key = row->key;
        index = meross::index_member(row->index);
        if (name == "Appliance.Control.Light.Effect") index = "Id";  // the one list with such a name for it
        shape = row->shape;
        pushes = row->push == meross::Seen::yes;
        push_query = row->push_query == meross::Seen::yes;
        get = row->get == meross::Seen::yes || row->shape != meross::GetShape::push_query;
        return;
    }
    auto guess = meross::guess_namespace(name_space);
    key = std::move(guess.key);
    index = meross::index_member(guess.index);
    shape = guess.shape;
    pushes = false;
    push_query = false;
    get = true;
}

std::string content_key(const Json& payload, const Grammar& grammar) {
    if (!payload.is_object() || payload.contains(grammar.key)) return grammar.key;
    std::string found;
    for (const auto& [name, value] : payload.items()) {
        if (!value.is_structured()) continue;  // `channel` of the envelope, `type` of a diffuser
        if (!found.empty()) return grammar.key;
        found = name;
    }
    if (found.empty()) return grammar.key;
    return found;
}

Asked classify_get(const Json& request, const Grammar& grammar, const std::string& key, bool all_by_65535) {
    const auto empty = wants_items(grammar) ? Asked::nothing : Asked::everything;
    if (!request.is_object() || request.empty()) return empty;
    const auto content = request.find(key);
    if (content == request.end()) {
        // the oldest and simplest namespaces answer whatever stands in the request
        return grammar.name.starts_with("Appliance.System.") ? Asked::everything : Asked::wrong_key;
    }
    if (grammar.samples && !std::ranges::all_of(items_of(*content), names_samples)) return Asked::wrong_key;
    if (!content->is_structured()) return empty;
    if (content->empty()) return all_by_65535 && content->is_object() ? Asked::everything : empty;
    if (grammar.index.empty()) return Asked::everything;
    bool named = false;
    for (const auto* item : items_of(*content)) {
        named = named || names_item(*item, grammar);
        const bool every = int_or(*item, {"channel"}, -1) == every_channel;
        if (every && (all_by_65535 || !wants_items(grammar))) return Asked::everything;
    }
    return named ? Asked::items : empty;
}

namespace {

/// Where the question lists kinds of samples, only those.
Json only_samples(Json item, const Json& wanted) {
    const auto kinds = wanted.find("data");
    const auto data = item.find("data");
    if (kinds == wanted.end() || !kinds->is_array() || data == item.end() || !data->is_object()) return item;
    Json kept = Json::object();
    for (const auto& [kind, samples] : data->items()) {
        if (std::ranges::find(*kinds, Json(kind)) != kinds->end()) kept[kind] = samples;
    }
    *data = std::move(kept);
    return item;
}

}  // namespace

Json pick_items(const Json& payload, const Json& request, const std::string& key, std::string_view index) {
    auto result = payload;
    auto content = result.find(key);
    if (content == result.end()) return result;
    if (content->is_object()) {
        const auto wanted = items_of(request[key]);
        const auto own = content->find(index);
        const auto same = [&](const Json* item) {
            return own == content->end() || item->value(index, Json()) == *own;
        };
        if (std::ranges::none_of(wanted, same)) *content = Json::array();
        return result;
    }
    auto kept = Json::array();
    for (const auto* wanted : items_of(request[key])) {
        const auto value = wanted->find(index);
        if (value == wanted->end()) continue;
        if (auto* item = find_item(*content, index, *value)) kept.push_back(only_samples(*item, *wanted));
    }
    *content = std::move(kept);
    return result;
}

bool proper_get(const Json& request, const Grammar& grammar) {
    const auto asked = classify_get(request, grammar, grammar.key, false);
    return asked == Asked::everything || asked == Asked::items;
}

std::vector<const Json*> items_of(const Json& content) {
    std::vector<const Json*> items;
    if (content.is_object()) items.push_back(&content);
    if (!content.is_array()) return items;
    for (const auto& item : content) {
        if (item.is_object()) items.push_back(&item);
    }
    return items;
}

std::vector<Json*> items_of(Json& content) {
    std::vector<Json*> items;
    for (const auto* item : items_of(std::as_const(content))) items.push_back(const_cast<Json*>(item));
    return items;
}

Json* find_item(Json& content, std::string_view index, const Json& value) {
    for (auto* item : items_of(content)) {
        const auto own = item->find(index);
        if (own == item->end() ? content.is_object() : *own == value) return item;
    }
    return nullptr;
}

bool merge_existing(Json& target, const Json& patch) {
    if (!target.is_object() || !patch.is_object()) return false;
    bool changed = false;
    for (const auto& [name, value] : patch.items()) {
        const auto member = target.find(name);
        if (member == target.end()) continue;
        if (member->is_object() && value.is_object()) {
            changed = merge_existing(*member, value) || changed;
        } else if (*member != value) {
            *member = value;
            changed = true;
        }
    }
    return changed;
}

bool merge_items(Json& content, const Json& patch, std::string_view index, bool add) {
    for (const auto* item : items_of(patch)) {
        const auto value = index.empty() ? item->end() : item->find(index);
        Json* target = nullptr;
        if (value != item->end()) target = find_item(content, index, *value);
        if (value == item->end() && !items_of(content).empty()) target = items_of(content).front();
        if (target == nullptr) {
            if (!add) return false;
            if (content.is_array()) content.push_back(*item);
            continue;
        }
        if (add) {
            target->update(*item);
        } else {
            merge_existing(*target, *item);
        }
    }
    return true;
}

bool carries_nothing(const Json& payload) {
    if (!payload.is_object()) return true;
    return std::ranges::none_of(payload.items(), [](const auto& member) {
        return member.value().is_structured() ? !member.value().empty() : member.key() != "channel";
    });
}

}  // namespace lanbridge::sim
