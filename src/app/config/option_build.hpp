#pragma once

#include <algorithm>
#include <map>
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

/// A list of single values; repetitions are problems, those of secrets excepted.
template <class T>
void read_list(Reader& reader, const YAML::Node& node, const Format<T>& format, std::vector<T>& out) {
    if (!reader.list(node, "a list, each item " + format.expected)) return;
    out.clear();  // a list replaces the default rather than adding to it
    for (std::size_t i = 0; i < node.size(); ++i) {
        const Reader::Step step(reader, i, node[i]);
        auto value = reader.value(node[i], format);
        if (!value) continue;
        if (!format.secret && std::ranges::find(out, *value) != out.end())
            reader.refuse("each item once", Reader::describe(node[i], false) + " again");
        else
            out.push_back(std::move(*value));
    }
}

template <class T>
OrderedJson show_list(const Format<T>& format, const std::vector<T>& values) {
    auto out = OrderedJson::array();
    if (format.secret) return out;
    for (const auto& value : values) out.push_back(format.show(value));
    return out;
}

template <class Owner, class T>
Option list_of(std::string name, std::vector<T> Owner::*member, Format<T> format, std::string description,
               std::string example = {}) {
    Option option;
    option.name = std::move(name);
    option.shape = Option::Shape::list;
    option.description = std::move(description);
    option.expected = "list, each item " + format.expected;
    option.example = std::move(example);
    option.secret = format.secret;
    option.schema["type"] = OrderedJson::array({"array", "null"});
    option.schema["items"] = format.schema;
    if (!format.secret) option.schema["uniqueItems"] = true;
    option.fallback = show_list(format, Owner().*member);
    option.show = [member, format](const void* owner) {
        return show_list(format, detail::as<Owner>(owner).*member);
    };
    option.read = [member, format = std::move(format)](Reader& reader, const YAML::Node& node, void* owner) {
        read_list(reader, node, format, detail::as<Owner>(owner).*member);
    };
    return option;
}

/// Free names with single values.
template <class Owner, class T>
Option map_of(std::string name, std::map<std::string, T> Owner::*member, Format<T> format,
              std::string description, std::string example = {}) {
    Option option;
    option.name = std::move(name);
    option.shape = Option::Shape::map;
    option.description = std::move(description);
    option.expected = "names, each with " + format.expected;
    option.example = std::move(example);
    option.schema["type"] = OrderedJson::array({"object", "null"});
    option.schema["additionalProperties"] = format.schema;
    option.fallback = OrderedJson::object();
    option.show = [member, format](const void* owner) {
        auto out = OrderedJson::object();
        for (const auto& [key, value] : detail::as<Owner>(owner).*member) out[key] = format.show(value);
        return out;
    };
    option.read = [member, format = std::move(format)](Reader& reader, const YAML::Node& node, void* owner) {
        if (!reader.section(node)) return;
        auto& out = detail::as<Owner>(owner).*member;
        for (const auto& entry : node) {
            const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "?";
            const Reader::Step step(reader, key, entry.second);
            auto value = reader.value(entry.second, format);
            if (value && !out.emplace(key, std::move(*value)).second)
                reader.refuse("each name once", '"' + key + "\" a second time");
        }
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

template <class Owner, class Item>
Option list_of_sections(std::string name, std::vector<Item> Owner::*member, std::string description,
                        std::vector<Option> members) {
    Option option;
    option.name = std::move(name);
    option.shape = Option::Shape::section_list;
    option.description = std::move(description);
    option.expected = "list of sections";
    option.members = std::move(members);
    option.fallback = OrderedJson::array();
    option.show = [member, members = option.members](const void* owner) {
        auto out = OrderedJson::array();
        for (const auto& item : detail::as<Owner>(owner).*member) out.push_back(show_members(members, &item));
        return out;
    };
    option.read = [member, members = option.members](Reader& reader, const YAML::Node& node, void* owner) {
        if (!reader.list(node, "a list of sections")) return;
        auto& out = detail::as<Owner>(owner).*member;
        out.resize(node.size());  // broken items too, so that positions in paths and in the list agree
        for (std::size_t i = 0; i < node.size(); ++i) {
            const Reader::Step step(reader, i, node[i]);
            if (node[i].IsMap())
                reader.read_members(node[i], members, &out[i]);
            else
                reader.refuse("a section with names and values", Reader::describe(node[i], false));
        }
    };
    return option;
}

}  // namespace lanbridge::app
