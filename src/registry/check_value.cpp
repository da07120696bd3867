#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lanbridge/registry/registry.hpp"

namespace lanbridge::registry {
namespace {

using model::ValueKind;

std::string shown(const model::Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return '"' + *text + '"';
    if (const auto* on = std::get_if<bool>(&value)) return *on ? "on" : "off";
    double scratch = 0;
    if (const auto* number = model::as_double(value, scratch)) return fmt::format("{}", *number);
    return std::holds_alternative<std::monostate>(value) ? "nothing" : "a structure";
}

Error refused(std::string_view expected, const model::Value& value) {
    return Error(Errc::invalid_value, fmt::format("expected {}, got {}", expected, shown(value)));
}

Result<void> check_number(const model::PartDescription& part, const model::Value& value) {
    double scratch = 0;
    const auto* number = model::as_double(value, scratch);
    if (!number || !std::isfinite(*number)) return refused("a number", value);
    if (!part.range || (*number >= part.range->min && *number <= part.range->max)) return {};
    return refused(fmt::format("a number from {} to {}", part.range->min, part.range->max), value);
}

Result<void> check_option(const model::PartDescription& part, const model::Value& value) {
    const auto* option = std::get_if<std::string>(&value);
    if (option && std::ranges::find(part.options, *option) != part.options.end()) return {};
    return refused(fmt::format("one of {}", fmt::join(part.options, ", ")), value);
}

Result<void> check_type(bool fits, std::string_view expected, const model::Value& value) {
    if (fits) return {};
    return refused(expected, value);
}

}  // namespace

Result<void> check_value(const model::PartDescription& part, const model::Value& value) {
    switch (part.kind) {
        case ValueKind::on_off:
            return check_type(std::holds_alternative<bool>(value), "on or off", value);
        case ValueKind::number:
            return check_number(part, value);
        case ValueKind::option:
            return check_option(part, value);
        case ValueKind::text:
            return check_type(std::holds_alternative<std::string>(value), "a text", value);
        case ValueKind::press:
            return check_type(std::holds_alternative<std::monostate>(value), "no value", value);
        case ValueKind::attributes:
            return check_type(std::holds_alternative<model::Attributes>(value), "named values", value);
        case ValueKind::total:
            break;
    }
    return refused("no command", value);
}

bool same_value(const model::Value& a, const model::Value& b) noexcept {
    if (a.index() == b.index()) return a == b;
    double first = 0;
    double second = 0;
    const auto* x = model::as_double(a, first);
    const auto* y = model::as_double(b, second);
    return x && y && *x == *y;
}

}  // namespace lanbridge::registry
