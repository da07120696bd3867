#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string_view>
#include <type_traits>
#include <utility>

#include "lanbridge/base/error.hpp"

namespace lanbridge {

using Json = nlohmann::json;
/// Keeps the order in which members were added, for devices and files that are picky about it.
using OrderedJson = nlohmann::ordered_json;

/// Deepest nesting accepted from the network: real messages need about 10 levels, and a destructor or dump
/// of 200,000 nested arrays would exhaust the stack.
inline constexpr int max_json_depth = 64;

/// Parses text from outside. Errors: `malformed` with the position, `truncated` when the text ends too early.
Result<Json> parse_json(std::string_view text);

/// Compact text; invalid UTF-8 is replaced rather than thrown about.
std::string dump_json(const Json& json);
std::string dump_json(const OrderedJson& json);

/// The member below `path`, or nullptr. Never throws, whatever the types on the way are.
const Json* find_member(const Json& root, std::initializer_list<std::string_view> path) noexcept;

/// Reads that say which member was wrong: "$.togglex.onoff must be an integer in range, got string".
Result<std::int64_t> read_int64(const Json& root, std::initializer_list<std::string_view> path);
Result<double> read_number(const Json& root, std::initializer_list<std::string_view> path);
Result<std::string> read_string(const Json& root, std::initializer_list<std::string_view> path);

/// Integers of any width; a float without fraction (`75.0`) and a numeral in a string (`"443"`) count as one.
template <std::integral T>
Result<T> read_integer(const Json& root, std::initializer_list<std::string_view> path) {
    auto wide = read_int64(root, path);
    if (!wide) return std::move(wide).error();
    if (!std::in_range<T>(*wide))
        return Error(Errc::malformed, "$…" + std::string(*(path.end() - 1)) + " is out of range");
    return static_cast<T>(*wide);
}

/// The same with a default for what is missing or unusable.
std::int64_t int_or(const Json& root, std::initializer_list<std::string_view> path,
                    std::int64_t fallback) noexcept;
double number_or(const Json& root, std::initializer_list<std::string_view> path, double fallback) noexcept;
std::string string_or(const Json& root, std::initializer_list<std::string_view> path,
                      std::string_view fallback);

}  // namespace lanbridge
