#pragma once

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "app/config/option_build.hpp"

// Builders for options that hold several values.
namespace lanbridge::app {

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
                reader.refuse("a section with names and values", Reader::describe_kind(node[i]));
        }
    };
    return option;
}

}  // namespace lanbridge::app
