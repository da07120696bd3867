#include "lanbridge/homeassistant/payload.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <ctime>

#include "lanbridge/base/json.hpp"

namespace lanbridge::homeassistant {
namespace {

/// Home Assistant drops longer states with a log line.
constexpr std::size_t max_state_bytes = 255;
/// Enough of a payload to recognise it in a log line.
constexpr std::size_t max_quoted_bytes = 64;

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, [](char x, char y) {
        return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
    });
}

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view blanks = " \t\r\n";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// At most `limit` bytes, without cutting a character in half.
std::string_view shortened(std::string_view text, std::size_t limit) noexcept {
    if (text.size() <= limit) return text;
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0U) == 0x80U) --limit;
    return text.substr(0, limit);
}

OrderedJson to_json(const model::Scalar& scalar) {
    struct Visitor {
        OrderedJson operator()(std::monostate) const { return nullptr; }
        OrderedJson operator()(bool value) const { return value; }
        OrderedJson operator()(std::int64_t value) const { return value; }
        OrderedJson operator()(double value) const { return value; }
        OrderedJson operator()(const std::string& value) const { return value; }
    };
    return std::visit(Visitor{}, scalar);
}

std::string format_total(const model::Value& value) {
    OrderedJson json = OrderedJson::object();
    const auto* total = std::get_if<model::Total>(&value);
    // The reset time is always valid: Home Assistant warns about an empty one even beside an unknown value.
    const bool integral = total && total->value == std::floor(total->value) && std::abs(total->value) < 1e15;
    if (!total)
        json["value"] = nullptr;
    else if (integral)
        json["value"] = static_cast<std::int64_t>(total->value);
    else
        json["value"] = total->value;
    json["last_reset"] = format_time(total ? total->last_reset : 0);
    return dump_json(json);
}

std::string format_attributes(const model::Value& value) {
    OrderedJson json = OrderedJson::object();
    if (const auto* attributes = std::get_if<model::Attributes>(&value))
        for (const auto& [name, scalar] : *attributes) json[name] = to_json(scalar);
    return dump_json(json);
}

std::optional<std::string> format_unknown(const model::EntityDescription& entity,
                                          const model::PartDescription& part) {
    if (entity.component == model::Component::event) return std::nullopt;
    if (entity.component == model::Component::cover && part.name == "position") return std::nullopt;
    return std::string(unknown_payload);
}

std::string format_event(const std::string& type) {
    OrderedJson json = OrderedJson::object();
    json["event_type"] = type;
    return dump_json(json);
}

std::string format_plain(const model::Value& value) {
    double scratch = 0;
    if (const auto* on = std::get_if<bool>(&value)) return *on ? "ON" : "OFF";
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
    if (const double* number = model::as_double(value, scratch)) return format_number(*number);
    if (const auto* text = std::get_if<std::string>(&value))
        // An empty retained payload would remove the topic instead of saying something.
        return text->empty() ? std::string(unknown_payload) : std::string(shortened(*text, max_state_bytes));
    return std::string(unknown_payload);
}

Error refused(std::string_view text, std::string_view expected) {
    return Error(Errc::invalid_value, for_log(text) + " is refused: " + std::string(expected));
}

Result<model::Value> parse_on_off(std::string_view text) {
    if (equals_ignoring_case(text, "ON")) return model::Value(true);
    if (equals_ignoring_case(text, "OFF")) return model::Value(false);
    return refused(text, "ON or OFF is expected");
}

std::string limits_of(const model::PartDescription& part) {
    if (!part.range) return "a number is expected";
    return "a number from " + format_number(part.range->min) + " to " + format_number(part.range->max) +
           " is expected";
}

Result<model::Value> parse_number(const model::PartDescription& part, std::string_view text) {
    auto digits = text;
    if (digits.size() >= 2 && digits.front() == '"' && digits.back() == '"')
        digits = digits.substr(1, digits.size() - 2);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    const char* end = digits.data() + digits.size();
    std::int64_t integer = 0;
    if (const auto [at, ec] = std::from_chars(digits.data(), end, integer); ec == std::errc() && at == end)
        return model::Value(integer);
    double number = 0;
    const auto [at, ec] = std::from_chars(digits.data(), end, number);
    if (ec != std::errc() || at != end || !std::isfinite(number)) return refused(text, limits_of(part));
    // "20.0" and "20" are one wish; drivers see the simpler one.
    if (number == std::floor(number) && std::abs(number) < 1e15)
        return model::Value(static_cast<std::int64_t>(number));
    return model::Value(number);
}

Result<model::Value> parse_option(const model::PartDescription& part, std::string_view text) {
    std::string expected = "one of";
    for (const auto& option : part.options) {
        if (equals_ignoring_case(option, text)) return model::Value(option);
        expected.append(expected == "one of" ? " " : ", ").append(option);
    }
    return refused(text, expected + " is expected");
}

}  // namespace

std::string format_number(double value) {
    if (!std::isfinite(value)) return std::string(unknown_payload);
    if (value == 0) return "0";   // also for minus zero
    std::array<char, 1088> text;  // the smallest double written out
    const auto result =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (result.ec != std::errc()) return std::string(unknown_payload);
    return std::string(text.data(), result.ptr);
}

std::string format_time(std::int64_t epoch_s) {
    const auto seconds = static_cast<std::time_t>(epoch_s);
    std::tm utc{};
    if (gmtime_r(&seconds, &utc) == nullptr) return format_time(0);
    std::array<char, 40> text;
    const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S+00:00", &utc);
    return std::string(text.data(), size);
}

std::optional<std::string> format_value(const model::EntityDescription& entity,
                                        const model::PartDescription& part, const model::Value& value) {
    switch (part.kind) {
        case model::ValueKind::total:
            return format_total(value);
        case model::ValueKind::attributes:
            return format_attributes(value);
        case model::ValueKind::press:
            return std::nullopt;
        default:
            break;
    }
    if (std::holds_alternative<std::monostate>(value)) return format_unknown(entity, part);
    if (entity.component == model::Component::event && part.name == "state") {
        const auto* type = std::get_if<std::string>(&value);
        if (!type) return std::nullopt;
        return format_event(*type);
    }
    return format_plain(value);
}

Result<model::Value> parse_command(const model::PartDescription& part, std::string_view text) {
    const auto word = trimmed(text);
    switch (part.kind) {
        case model::ValueKind::on_off:
            return parse_on_off(word);
        case model::ValueKind::number:
            return parse_number(part, word);
        case model::ValueKind::option:
            return parse_option(part, word);
        case model::ValueKind::text:
            if (text.size() > max_state_bytes)
                return refused(text, "a text of at most 255 bytes is expected");
            return model::Value(std::string(text));
        case model::ValueKind::press:
            if (equals_ignoring_case(word, "PRESS")) return model::Value();
            return refused(text, "PRESS is expected");
        case model::ValueKind::total:
        case model::ValueKind::attributes:
            break;
    }
    return Error(Errc::unsupported, "this cannot be set");
}

std::string for_log(std::string_view text) {
    const auto shown = shortened(text, max_quoted_bytes);
    // JSON's escapes keep line breaks and broken UTF-8 of strangers out of the log.
    auto line = dump_json(Json(std::string(shown)));
    if (shown.size() < text.size()) line += "…";
    return line;
}

}  // namespace lanbridge::homeassistant
