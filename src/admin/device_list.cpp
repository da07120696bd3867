#include "admin/device_list.hpp"

#include <boost/asio/post.hpp>
#include <utility>

namespace lanbridge::admin {
namespace {

/// Above this the list is published without entities: it would not be read, and fill the broker.
constexpr std::size_t most_with_entities = 500;
/// About half a millisecond of work.
constexpr int slice = 50;

void append(std::string& list, const OrderedJson& entry) {
    list += list.size() > 1 ? ",\n" : "\n";
    list += dump_json(entry);
}

void add_availability(OrderedJson& entry, bool online, model::Reason reason, const std::string& detail) {
    entry["availability"] = online ? "online" : "offline";
    entry["reason"] = model::reason_name(reason);
    if (reason != model::Reason::ok) entry["detail"] = detail;
}

/// Appends up to one slice of devices behind `last`, which moves on. False at the end.
bool append_slice(std::string& list, const registry::Registry& registry, const UnknownOf& unknown_of,
                  model::DeviceId& last, bool with_entities) {
    auto it = registry.devices().upper_bound(last);
    for (int i = 0; i < slice && it != registry.devices().end(); ++i, ++it) {
        last = it->first;
        if (it->second->description().is_bridge) continue;
        auto entry = device_entry(*it->second, with_entities);
        if (const auto unknown = unknown_of ? unknown_of(last) : Json(); !unknown.empty())
            entry["unknown"] = unknown;
        append(list, entry);
    }
    return it != registry.devices().end();
}

}  // namespace

OrderedJson device_entry(const registry::Device& device, bool with_entities) {
    const auto& description = device.description();
    const auto& availability = device.availability();
    OrderedJson entry;
    entry["id"] = description.id.value();
    entry["name"] = description.name;
    entry["model"] = description.model_id.empty() ? description.model : description.model_id;
    entry["firmware"] = description.sw_version;
    entry["address"] = description.address;
    entry["transport"] = model::transport_name(availability.transport);
    if (!availability.transport_reason.empty()) entry["transport_reason"] = availability.transport_reason;
    add_availability(entry, availability.online, availability.reason, availability.detail);
    if (!with_entities) return entry;
    entry["entities"] = OrderedJson::array();
    for (const auto& entity : device.entities().entities()) entry["entities"].push_back(entity.key);
    return entry;
}

OrderedJson candidate_entry(const model::Candidate& candidate) {
    OrderedJson entry;
    entry["id"] = nullptr;
    entry["name"] = candidate.name;
    entry["model"] = candidate.model;
    entry["firmware"] = "";
    entry["address"] = candidate.address;
    entry["transport"] = model::transport_name(candidate.transport);
    add_availability(entry, false, candidate.reason, candidate.detail);
    entry["entities"] = OrderedJson::array();
    return entry;
}

asio::awaitable<std::string> device_list(const registry::Registry& registry, UnknownOf unknown_of) {
    const auto executor = co_await asio::this_coro::executor;
    const bool with_entities = registry.devices().size() <= most_with_entities;
    std::string list = "[";
    model::DeviceId last;
    while (append_slice(list, registry, unknown_of, last, with_entities))
        co_await asio::post(executor, asio::use_awaitable);
    for (const auto& [key, candidate] : registry.candidates()) append(list, candidate_entry(candidate));
    list += "]";
    co_return list;
}

Counts count(const registry::Registry& registry) {
    Counts counts;
    for (const auto& [id, device] : registry.devices()) {
        if (device->description().is_bridge) continue;
        ++counts.devices;
        counts.online += device->availability().online ? 1 : 0;
        counts.entities += device->entities().entities().size();
    }
    counts.candidates = registry.candidates().size();
    return counts;
}

}  // namespace lanbridge::admin
