#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lanbridge/base/error.hpp"
#include "lanbridge/base/json.hpp"

namespace YAML {
class Node;
}

namespace lanbridge::app {

class Reader;

/// A scalar of the file, tags resolved.
struct Scalar {
    Scalar() = default;
    enum class Style { plain, quoted, resolved };  ///< resolved: out of !secret, !file or !env
    std::string text;
    Style style = Style::plain;
    std::string folder;  ///< of the configuration file, for relative paths
};

/// How a scalar becomes a T and back, and how people and editors are told of it.
template <class T>
struct Format {
    std::string expected;  ///< "a duration from 5s to 1h, such as 30s"
    OrderedJson schema;    ///< JSON Schema of one value
    /// Errors: `invalid_value`; `where` is advice, or empty.
    std::function<Result<T>(const Scalar&)> parse;
    /// What stands in a file for this value; null for "not set".
    std::function<OrderedJson(const T&)> show;
    bool secret = false;
};

/// One line of the tree from which validation, the commented starter, the JSON Schema and the table in the
/// documentation are made.
struct Option {
    enum class Shape { scalar, list, map, section, section_list };
    std::string name;
    Shape shape = Shape::scalar;
    std::string description;
    std::string expected;
    std::string example;  ///< YAML, for the starter, where there is no default worth showing
    bool secret = false;
    OrderedJson schema;           ///< of the whole option; empty for sections: it follows from the members
    OrderedJson fallback;         ///< the default as it would stand in a file; null = none
    std::vector<Option> members;  ///< of a section, or of each item of a section list

    /// Reads the node into the structure (of the enclosing section) at `owner`, reporting to the reader.
    std::function<void(Reader&, const YAML::Node&, void* owner)> read;
    /// What stands in `owner`, as JSON, without secrets.
    std::function<OrderedJson(const void* owner)> show;
};

/// The whole configuration; its owner is a `Config`.
const std::vector<Option>& option_tree();
/// Sections that option_tree() is put together from.
Option mqtt_options();
Option embedded_broker_options();
Option homeassistant_options();
Option meross_options();
Option xiaomi_options();
Option log_options();

}  // namespace lanbridge::app
