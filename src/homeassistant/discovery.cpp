#include "lanbridge/homeassistant/discovery.hpp"

#include <algorithm>

#include "homeassistant/components.hpp"

namespace lanbridge::homeassistant {
namespace {

using model::DeviceDescription;
using model::EntityDescription;

OrderedJson topic_entry(std::string topic) {
    OrderedJson entry = OrderedJson::object();
    entry["topic"] = std::move(topic);
    return entry;
}

/// Says whether lanbridge is connected: the last will writes its state, so that no availability may hide it.
bool is_bridge_connection(const DeviceDescription& device, const EntityDescription& entity) {
    return device.is_bridge && entity.key == "connection";
}

/// Tells whether the device is there: hidden by the device's availability it could never say "off".
bool tells_connectivity(const EntityDescription& entity) {
    return entity.component == model::Component::binary_sensor && entity.device_class == "connectivity";
}

/// Home Assistant would show both as, say, "Temperature".
bool shares_class(const DeviceDescription& device, const EntityDescription& entity) {
    return std::ranges::any_of(device.entities->entities(), [&entity](const EntityDescription& other) {
        return other.key != entity.key && other.component == entity.component &&
               other.device_class == entity.device_class && other.naming == model::Naming::class_name;
    });
}

std::string shown_name(const EntityDescription& entity) {
    return entity.name.empty() ? model::sentence_case(entity.key) : entity.name;
}

std::string entity_id(const DeviceDescription& device, const EntityDescription& entity) {
    std::string object = slug(device.name);
    if (object.empty()) object = slug(device.id.value());
    if (entity.naming != model::Naming::main) object += "_" + slug(entity.key);
    return std::string(platform_name(entity.component)) + "." + object;
}

void put_category(const EntityDescription& entity, OrderedJson& out) {
    if (entity.category == model::Category::config) out["entity_category"] = "config";
    if (entity.category == model::Category::diagnostic) out["entity_category"] = "diagnostic";
    if (!entity.enabled_by_default) out["enabled_by_default"] = false;
    put_text(out, "icon", entity.icon);
}

}  // namespace

OrderedJson Discovery::origin_block() const {
    OrderedJson origin = OrderedJson::object();
    origin["name"] = "lanbridge";
    put_text(origin, "sw_version", origin_.sw_version);
    put_text(origin, "support_url", origin_.support_url);
    return origin;
}

OrderedJson Discovery::device_block(const DeviceDescription& device) const {
    OrderedJson block = OrderedJson::object();
    block["identifiers"] = std::vector<std::string>{identifier_of(device.id)};
    // A subdevice's address would merge it with its hub.
    if (!device.mac.empty() && device.via.empty()) {
        auto connection = OrderedJson::array();
        connection.push_back("mac");
        connection.push_back(device.mac);
        block["connections"] = OrderedJson::array();
        block["connections"].push_back(std::move(connection));
    }
    block["name"] = device.name.empty() ? device.id.value() : device.name;
    put_text(block, "manufacturer", device.manufacturer);
    put_text(block, "model", device.model);
    put_text(block, "model_id", device.model_id);
    put_text(block, "sw_version", device.sw_version);
    put_text(block, "hw_version", device.hw_version);
    put_text(block, "serial_number", device.serial_number);
    if (!device.is_bridge)
        block["via_device"] = identifier_of(device.via.empty() ? bridge_id(topics_.base()) : device.via);
    return block;
}

OrderedJson Discovery::shared_availability(const DeviceDescription& device) const {
    auto list = OrderedJson::array();
    list.push_back(topic_entry(topics_.bridge_state()));
    if (device.is_bridge) return list;
    if (!device.via.empty()) list.push_back(topic_entry(topics_.availability(device.via)));
    list.push_back(topic_entry(topics_.availability(device.id)));
    return list;
}

void Discovery::put_own_availability(const DeviceDescription& device, const EntityDescription& entity,
                                     OrderedJson& out) const {
    if (is_bridge_connection(device, entity)) return;
    auto list = OrderedJson::array();
    if (entity.own_availability) {
        list = shared_availability(device);
        list.push_back(
            topic_entry(topics_.entity_availability(level_of(device.id, device.is_bridge), entity.key)));
    } else if (device.is_bridge || tells_connectivity(entity)) {
        list.push_back(topic_entry(topics_.bridge_state()));
    } else {
        return;
    }
    out["availability"] = std::move(list);
    out["availability_mode"] = "all";
}

void Discovery::put_name(const DeviceDescription& device, const EntityDescription& entity,
                         OrderedJson& out) const {
    if (entity.naming == model::Naming::main) {
        out["name"] = nullptr;
        return;
    }
    const bool class_says_it = entity.naming == model::Naming::class_name && !entity.device_class.empty();
    if (!class_says_it || shares_class(device, entity)) out["name"] = shown_name(entity);
}

OrderedJson Discovery::component(const DeviceDescription& device, const EntityDescription& entity) const {
    OrderedJson out = OrderedJson::object();
    out["unique_id"] = identifier_of(device.id) + "_" + entity.key;
    put_name(device, entity, out);
    out["default_entity_id"] = entity_id(device, entity);
    put_category(entity, out);
    build_component(EntityPlace{entity, topics_, level_of(device.id, device.is_bridge)}, out);
    put_own_availability(device, entity, out);
    return out;
}

OrderedJson Discovery::document(const DeviceDescription& device, const Markers& markers,
                                std::vector<std::string>& problems) const {
    OrderedJson out = OrderedJson::object();
    out["device"] = device_block(device);
    out["origin"] = origin_block();
    if (!device.is_bridge) {
        out["availability"] = shared_availability(device);
        out["availability_mode"] = "all";
    }
    auto components = OrderedJson::object();
    for (const auto& entity : device.entities->entities()) {
        if (markers.contains(entity.key)) continue;  // first the old platform goes, then the new one comes
        if (auto reason = why_invalid(entity)) {
            problems.push_back(entity.key + ": " + *reason);
            continue;
        }
        OrderedJson full = OrderedJson::object();
        full["platform"] = std::string(platform_name(entity.component));
        full.update(component(device, entity));
        components[entity.key] = std::move(full);
    }
    for (const auto& [key, platform] : markers) {
        auto marker = OrderedJson::object();
        marker["platform"] = platform;
        components[key] = std::move(marker);
    }
    out["components"] = std::move(components);
    return out;
}

OrderedJson Discovery::single(const DeviceDescription& device, const EntityDescription& entity) const {
    OrderedJson out = component(device, entity);
    if (!out.contains("availability") && !is_bridge_connection(device, entity)) {
        out["availability"] = shared_availability(device);
        out["availability_mode"] = "all";
    }
    out["device"] = device_block(device);
    out["origin"] = origin_block();
    return out;
}

Announcement Discovery::announce(const DeviceDescription& device, const Markers& markers,
                                 DiscoveryForm form) const {
    Announcement out;
    if (form == DiscoveryForm::device) {
        const auto json = document(device, markers, out.problems);
        // Home Assistant needs at least one component; a device without any is not worth a document.
        if (!json["components"].empty())
            out.messages.emplace_back(topics_.document(device.id), dump_json(json));
        return out;
    }
    for (const auto& [key, platform] : markers)
        out.messages.emplace_back(topics_.single_config(platform, device.id, key), "");
    for (const auto& entity : device.entities->entities()) {
        if (auto reason = why_invalid(entity)) {
            out.problems.push_back(entity.key + ": " + *reason);
            continue;
        }
        out.messages.emplace_back(
            topics_.single_config(platform_name(entity.component), device.id, entity.key),
            dump_json(single(device, entity)));
    }
    return out;
}

std::vector<std::string> Discovery::config_topics(const model::DeviceId& device,
                                                  const model::EntitySet& entities, const Markers& markers,
                                                  DiscoveryForm form) const {
    std::vector<std::string> topics;
    if (form == DiscoveryForm::device) {
        topics.push_back(topics_.document(device));
        return topics;
    }
    for (const auto& [key, platform] : markers)
        topics.push_back(topics_.single_config(platform, device, key));
    for (const auto& entity : entities.entities())
        topics.push_back(topics_.single_config(platform_name(entity.component), device, entity.key));
    return topics;
}

}  // namespace lanbridge::homeassistant
