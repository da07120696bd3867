#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/model/ids.hpp"

namespace lanbridge::model {

/// What a user sees an entity as. The names follow Home Assistant's vocabulary, the field's standard.
enum class Component : std::uint8_t {
    binary_sensor,
    button,
    climate,
    cover,
    event,
    fan,
    light,
    number,
    select,
    sensor,
    switch_,
    text,
    update,
};

enum class Category : std::uint8_t { none, config, diagnostic };

/// How the entity is named beside its device.
enum class Naming : std::uint8_t {
    main,        ///< the device's main feature: carries the device's name alone
    class_name,  ///< its device class says it all
    given,       ///< `EntityDescription::name`
};

enum class ValueKind : std::uint8_t {
    on_off,      ///< bool
    number,      ///< int64 or double within `range`
    option,      ///< string out of `options`
    text,        ///< string
    press,       ///< no value: a button
    total,       ///< Total
    attributes,  ///< Attributes; the part is named "attributes"
};

struct NumberRange {
    double min = 0;
    double max = 100;
    double step = 1;
    friend bool operator==(const NumberRange&, const NumberRange&) = default;
};

/// One readable or commandable aspect of an entity. Simple entities have one part, named "state".
struct PartDescription {
    std::string name = "state";
    ValueKind kind = ValueKind::text;
    bool readable = true;
    bool commandable = false;
    std::vector<std::string> options;  ///< of kind option
    std::optional<NumberRange> range;  ///< of kind number
    friend bool operator==(const PartDescription&, const PartDescription&) = default;
};

struct EntityDescription {
    std::string key;
    Component component = Component::sensor;
    Naming naming = Naming::given;
    std::string name;          ///< with Naming::given; sentence case
    std::string device_class;  ///< "" = none
    std::string state_class;   ///< "" = none
    std::string unit;          ///< "" = none
    std::string icon;          ///< "" = none
    Category category = Category::none;
    bool enabled_by_default = true;
    bool own_availability = false;  ///< can be off while its device is on
    std::optional<int> precision;   ///< decimals to show
    std::vector<PartDescription> parts;
    friend bool operator==(const EntityDescription&, const EntityDescription&) = default;
};

/// The entities of one kind of device: immutable, sorted by key, shared by all devices of the kind.
/// Every (entity, part) has a slot number, dense from 0, where the registry keeps its value.
class EntitySet {
public:
    explicit EntitySet(std::vector<EntityDescription> entities);

    std::span<const EntityDescription> entities() const noexcept { return entities_; }
    const EntityDescription* find(std::string_view key) const noexcept;
    std::size_t slot_count() const noexcept { return slot_count_; }
    /// Nothing for an entity or part that does not exist.
    std::optional<std::size_t> slot(std::string_view key, std::string_view part) const noexcept;
    /// The slot of the first part of entity number `index`.
    std::size_t first_slot(std::size_t index) const noexcept { return first_slots_[index]; }

    friend bool operator==(const EntitySet& a, const EntitySet& b) { return a.entities_ == b.entities_; }

private:
    std::vector<EntityDescription> entities_;
    std::vector<std::uint32_t> first_slots_;
    std::size_t slot_count_ = 0;
};
using EntitySetPtr = std::shared_ptr<const EntitySet>;

/// Gives equal sets one object while any device uses it. Single-threaded, like everything above base.
class EntitySetPool {
public:
    EntitySetPtr intern(std::vector<EntityDescription> entities);

private:
    std::vector<std::weak_ptr<const EntitySet>> sets_;
};

/// Short forms for the entities that most features make; the caller adjusts what differs.
EntityDescription make_switch(std::string key);
EntityDescription make_sensor(std::string key, std::string device_class, std::string unit,
                              std::string state_class);
EntityDescription make_enum_sensor(std::string key, std::vector<std::string> options);
EntityDescription make_binary_sensor(std::string key, std::string device_class);
EntityDescription make_number(std::string key, NumberRange range, std::string unit);
EntityDescription make_select(std::string key, std::vector<std::string> options);
EntityDescription make_button(std::string key);

/// "overheat_warning" -> "Overheat warning".
std::string sentence_case(std::string_view key);

}  // namespace lanbridge::model
