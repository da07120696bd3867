#include "meross/hub/listing.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "lanbridge/meross/protocol/namespaces.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::size_t longest_id = 32;  // 8 and 12 digits are known

/// It becomes a part of topics.
bool usable_id(std::string_view id) noexcept {
    return !id.empty() && id.size() <= longest_id &&
           std::ranges::all_of(id, [](unsigned char c) { return std::isalnum(c) != 0; });
}

std::string id_of(const Json& item) {
    auto id = string_or(item, {"id"}, string_or(item, {"subId"}, ""));
    return usable_id(id) ? id : std::string();
}

/// The one member that is an object is named like the type.
std::string type_key(const Json& item) {
    for (const auto& [key, value] : item.items())
        if (value.is_object()) return key;
    return {};
}

Listed listed(std::string id, const Json& item) {
    Listed entry;
    entry.id = std::move(id);
    entry.status = static_cast<int>(std::clamp<std::int64_t>(int_or(item, {"status"}, -1), -1, 9));
    entry.type = type_key(item);
    if (find_member(item, {"scheduleBMode"})) entry.guess = "mts100";  // only valves have one
    entry.has_onoff = find_member(item, {"onoff"}) != nullptr;
    entry.item = &item;
    return entry;
}

constexpr std::array sensor_members{
    std::string_view("doorWindow"),
    std::string_view("smokeAlarm"),
    std::string_view("waterLeak"),
};

/// Both sensors of temperature and humidity answer alike; the ids of their makes differ.
std::string climate_sensor(const Json& item) {
    const auto id = id_of(item);
    const bool ms130 = id.size() == 12 && (id.starts_with("1A") || id.starts_with("1a"));
    return ms130 ? "tempHumi" : "ms100";
}

}  // namespace

model::DeviceId subdevice_device_id(std::string_view id) {
    std::string text = "meross_";
    for (const char c : id) text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return model::DeviceId(std::move(text));
}

std::optional<std::vector<Listed>> listed_subdevices(const Json& digest_payload) {
    const Json* list = find_member(digest_payload, {"hub", "subdevice"});
    if (!list || !list->is_array()) return std::nullopt;
    std::vector<Listed> all;
    for (const Json& item : *list) {
        auto id = item.is_object() ? id_of(item) : std::string();
        if (id.empty() || all.size() >= max_subdevices) continue;
        if (std::ranges::find(all, id, &Listed::id) == all.end()) all.push_back(listed(std::move(id), item));
    }
    return all;
}

std::vector<SubdeviceItem> subdevice_items(std::string_view name_space, const Json& payload) {
    std::vector<SubdeviceItem> items;
    for_each_item(payload, hub_payload_key(name_space), [&](const Json& item) {
        auto id = id_of(item);
        if (id.empty() || items.size() >= max_subdevices) return;
        if (std::ranges::find(items, id, &SubdeviceItem::first) == items.end())
            items.emplace_back(std::move(id), &item);
    });
    return items;
}

std::string type_shown_by(std::string_view name_space, const Json& item) {
    if (name_space == ns::hub_valve_all) return find_member(item, {"temperature"}) ? "mts100" : "";
    if (name_space != ns::hub_sensor_all) return {};
    for (const auto member : sensor_members)
        if (find_member(item, {member})) return std::string(member);
    return find_member(item, {"humidity"}) ? climate_sensor(item) : std::string();
}

std::string hub_payload_key(std::string_view name_space) {
    const Namespace* row = find_namespace(name_space, true);
    return row && !row->key.empty() ? std::string(row->key) : guess_namespace(name_space).key;
}

Json hub_request_payload(std::string_view name_space, Json items) {
    return payload_of(hub_payload_key(name_space), std::move(items));
}

}  // namespace lanbridge::meross
