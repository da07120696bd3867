#include "lanbridge/model/entity.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace lanbridge::model {
namespace {

/// An entity of one part named "state"; without a device class it is named after its key.
EntityDescription make(std::string key, Component component, ValueKind kind, bool commandable) {
    EntityDescription entity;
    entity.name = sentence_case(key);
    entity.key = std::move(key);
    entity.component = component;
    PartDescription state;
    state.kind = kind;
    state.commandable = commandable;
    state.readable = kind != ValueKind::press;
    entity.parts.push_back(std::move(state));
    return entity;
}

}  // namespace

EntitySet::EntitySet(std::vector<EntityDescription> entities) : entities_(std::move(entities)) {
    std::ranges::sort(entities_, {}, &EntityDescription::key);
    for (const auto& entity : entities_) {
        first_slots_.push_back(static_cast<std::uint32_t>(slot_count_));
        slot_count_ += entity.parts.size();
    }
}

const EntityDescription* EntitySet::find(std::string_view key) const noexcept {
    const auto it =
        std::ranges::lower_bound(entities_, key, {}, [](const auto& e) { return std::string_view(e.key); });
    return it != entities_.end() && it->key == key ? &*it : nullptr;
}

std::optional<std::size_t> EntitySet::slot(std::string_view key, std::string_view part) const noexcept {
    const EntityDescription* entity = find(key);
    if (!entity) return std::nullopt;
    for (std::size_t i = 0; i < entity->parts.size(); ++i)
        if (entity->parts[i].name == part)
            return first_slots_[static_cast<std::size_t>(entity - entities_.data())] + i;
    return std::nullopt;
}

EntitySetPtr EntitySetPool::intern(std::vector<EntityDescription> entities) {
    EntitySet set(std::move(entities));
    std::erase_if(sets_, [](const auto& known) { return known.expired(); });
    for (const auto& known : sets_)
        if (auto shared = known.lock(); shared && *shared == set) return shared;
    auto shared = std::make_shared<const EntitySet>(std::move(set));
    sets_.push_back(shared);
    return shared;
}

EntityDescription make_switch(std::string key) {
    return make(std::move(key), Component::switch_, ValueKind::on_off, true);
}

EntityDescription make_sensor(std::string key, std::string device_class, std::string unit,
                              std::string state_class) {
    auto entity = make(std::move(key), Component::sensor, ValueKind::number, false);
    if (!device_class.empty()) entity.naming = Naming::class_name;
    entity.device_class = std::move(device_class);
    entity.unit = std::move(unit);
    entity.state_class = std::move(state_class);
    return entity;
}

EntityDescription make_enum_sensor(std::string key, std::vector<std::string> options) {
    auto entity = make(std::move(key), Component::sensor, ValueKind::option, false);
    entity.device_class = "enum";
    entity.parts.front().options = std::move(options);
    return entity;
}

EntityDescription make_binary_sensor(std::string key, std::string device_class) {
    auto entity = make(std::move(key), Component::binary_sensor, ValueKind::on_off, false);
    entity.device_class = std::move(device_class);
    return entity;
}

EntityDescription make_number(std::string key, NumberRange range, std::string unit) {
    auto entity = make(std::move(key), Component::number, ValueKind::number, true);
    entity.parts.front().range = range;
    entity.unit = std::move(unit);
    entity.category = Category::config;
    return entity;
}

EntityDescription make_select(std::string key, std::vector<std::string> options) {
    auto entity = make(std::move(key), Component::select, ValueKind::option, true);
    entity.parts.front().options = std::move(options);
    return entity;
}

EntityDescription make_button(std::string key) {
    return make(std::move(key), Component::button, ValueKind::press, true);
}

std::string sentence_case(std::string_view key) {
    std::string name(key);
    std::ranges::replace(name, '_', ' ');
    if (!name.empty()) name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
    return name;
}

}  // namespace lanbridge::model
