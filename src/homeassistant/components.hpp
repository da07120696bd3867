#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lanbridge/base/json.hpp"
#include "lanbridge/homeassistant/topics.hpp"
#include "lanbridge/model/entity.hpp"

namespace lanbridge::homeassistant {

/// An entity and where its topics lie: what a component's builder needs.
struct EntityPlace {
    const model::EntityDescription& entity;
    const Topics& topics;
    std::string_view level;

    const model::PartDescription* part(std::string_view name) const noexcept;
    std::string topic_of(std::string_view part) const { return topics.part(level, entity.key, part); }
    std::string command_of(std::string_view part) const { return topics.command(level, entity.key, part); }
};

/// Adds the keys that are the component's own: topics, options, limits, classes.
void build_component(const EntityPlace& place, OrderedJson& out);

/// Why Home Assistant (or good taste) would refuse the entity; nothing when it is sound.
std::optional<std::string> why_invalid(const model::EntityDescription& entity);

// Shared by the builders.
void put_state(const EntityPlace& place, OrderedJson& out, std::string_view part = "state",
               std::string_view key = "state_topic");
void put_command(const EntityPlace& place, OrderedJson& out, std::string_view part = "state",
                 std::string_view key = "command_topic");
void put_text(OrderedJson& out, std::string_view key, std::string_view text);
/// An integral number is written without a fraction.
OrderedJson json_number(double value);

// The builders of entities with several parts.
void build_climate(const EntityPlace& place, OrderedJson& out);
void build_cover(const EntityPlace& place, OrderedJson& out);
void build_event(const EntityPlace& place, OrderedJson& out);
void build_fan(const EntityPlace& place, OrderedJson& out);
void build_light(const EntityPlace& place, OrderedJson& out);
void build_update(const EntityPlace& place, OrderedJson& out);

}  // namespace lanbridge::homeassistant
