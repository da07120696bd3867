#pragma once

#include <utility>
#include <vector>

#include "app/config/formats.hpp"
#include "app/config/reader.hpp"

// Builders for the option tree: each ties a name to a member of a configuration structure. The default is
// that of the default-constructed structure, so that it is written down once.
namespace lanbridge::app {

namespace detail {
template <class Owner>
Owner& as(void* owner) {
    return *static_cast<Owner*>(owner);
}
template <class Owner>
const Owner& as(const void* owner) {
    return *static_cast<const Owner*>(owner);
}
}  // namespace detail

/// A single value. `example` is YAML for the starter where the default says little.
template <class Owner, class T>
Option scalar(std::string name, T Owner::*member, Format<T> format, std::string description,
              std::string example = {}) {
    Option option;
    option.name = std::move(name);
    option.description = std::move(description);
    option.expected = format.expected;
    option.example = std::move(example);
    option.secret = format.secret;
    option.schema = format.schema;
    option.fallback = format.secret ? OrderedJson() : format.show(Owner().*member);
    option.show = [member, format](const void* owner) {
        return format.secret ? OrderedJson() : format.show(detail::as<Owner>(owner).*member);
    };
    option.read = [member, format = std::move(format)](Reader& reader, const YAML::Node& node, void* owner) {
        if (auto value = reader.value(node, format)) detail::as<Owner>(owner).*member = std::move(*value);
    };
    return option;
}

inline OrderedJson show_members(const std::vector<Option>& members, const void* owner) {
    auto out = OrderedJson::object();
    for (const auto& option : members)
        if (auto shown = option.show(owner); !shown.is_null()) out[option.name] = std::move(shown);
    return out;
}

/// A section whose members live in a structure of their own.
template <class Owner, class Sub>
Option section(std::string name, Sub Owner::*member, std::string description, std::vector<Option> members) {
    Option option;
    option.name = std::move(name);
    option.shape = Option::Shape::section;
    option.description = std::move(description);
    option.members = std::move(members);
    option.show = [member, members = option.members](const void* owner) {
        return show_members(members, &(detail::as<Owner>(owner).*member));
    };
    option.read = [member, members = option.members](Reader& reader, const YAML::Node& node, void* owner) {
        if (reader.section(node)) reader.read_members(node, members, &(detail::as<Owner>(owner).*member));
    };
    return option;
}

/// A section that only groups members of the same structure.
template <class Owner>
Option group(std::string name, std::string description, std::vector<Option> members) {
    Option option;
    option.name = std::move(name);
    option.shape = Option::Shape::section;
    option.description = std::move(description);
    option.members = std::move(members);
    option.show = [members = option.members](const void* owner) { return show_members(members, owner); };
    option.read = [members = option.members](Reader& reader, const YAML::Node& node, void* owner) {
        if (reader.section(node)) reader.read_members(node, members, owner);
    };
    return option;
}

}  // namespace lanbridge::app
