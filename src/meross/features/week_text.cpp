#include "meross/features/week_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace lanbridge::meross {
namespace {

/// More than any device has in a day.
constexpr std::size_t max_sections = 48;
/// Beyond what any device can be set to, in native units: -200 to 1000 degrees.
constexpr std::int32_t lowest_native = -20'000;
constexpr std::int32_t highest_native = 100'000;

Error wrong(std::string what) { return Error(Errc::invalid_value, std::move(what)); }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

std::optional<std::int32_t> number_at(const Json& entry, std::size_t index, std::int32_t low,
                                      std::int32_t high) {
    if (index >= entry.size() || !entry[index].is_number()) return std::nullopt;
    const double number = entry[index].get<double>();
    if (!(number >= low && number <= high)) return std::nullopt;
    return static_cast<std::int32_t>(std::lround(number));
}

std::optional<DaySection> read_section(const Json& entry, const DayRules& rules) {
    if (!entry.is_array()) return std::nullopt;
    const auto minutes = number_at(entry, 0, 0, day_minutes);
    const auto heat = number_at(entry, 1, lowest_native, highest_native);
    if (!minutes || !heat) return std::nullopt;
    DaySection section;
    section.minutes = *minutes;
    section.heat = *heat;
    if (!rules.heat_and_cold) return section;
    const auto cold = number_at(entry, 2, lowest_native, highest_native);
    if (!cold) return std::nullopt;
    section.cold = *cold;
    return section;
}

/// One decimal, or two where they say something.
std::string degrees_text(std::int32_t native, const DayRules& rules) {
    const double degrees = native / rules.degree;
    const bool fine = std::lround(degrees * 100) % 10 != 0;
    return fmt::format("{:.{}f}", degrees, fine ? 2 : 1);
}

/// "06:30" in minutes.
std::optional<int> parse_time(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    constexpr std::string_view digits = "0123456789";
    for (const std::size_t i : {0U, 1U, 3U, 4U})
        if (digits.find(text[i]) == digits.npos) return std::nullopt;
    const int hours = (text[0] - '0') * 10 + text[1] - '0';
    const int minutes = (text[3] - '0') * 10 + text[4] - '0';
    if (hours > 23 || minutes > 59) return std::nullopt;
    return hours * 60 + minutes;
}

Result<std::int32_t> parse_degrees(std::string_view text, const DayRules& rules) {
    double degrees = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), degrees);
    if (failure != std::errc() || end != text.data() + text.size() || !std::isfinite(degrees))
        return wrong(fmt::format("'{}' is no temperature", text));
    if (degrees < rules.min || degrees > rules.max)
        return wrong(fmt::format("{} is not between {} and {} °C", text, rules.min, rules.max));
    return static_cast<std::int32_t>(std::lround(degrees * rules.degree));
}

Result<void> parse_temperatures(std::string_view text, const DayRules& rules, DaySection& section) {
    const auto slash = text.find('/');
    if (rules.heat_and_cold != (slash != text.npos))
        return wrong(rules.heat_and_cold ? fmt::format("'{}' must be HEAT/COLD, such as 21.0/26.0", text)
                                         : fmt::format("'{}' must be one temperature", text));
    const auto heat = parse_degrees(text.substr(0, slash), rules);
    if (!heat) return heat.error();
    section.heat = *heat;
    if (!rules.heat_and_cold) return {};
    const auto cold = parse_degrees(text.substr(slash + 1), rules);
    if (!cold) return cold.error();
    if (*cold < *heat) return wrong(fmt::format("'{}': cooling below the temperature of heating", text));
    section.cold = *cold;
    return {};
}

/// Appends an entry; `start` is where the day has got to, and where this entry begins afterwards.
Result<void> parse_entry(std::string_view text, const DayRules& rules, Day& day, int& start) {
    const auto space = text.find(' ');
    const auto time = parse_time(text.substr(0, space));
    if (!time || space == text.npos)
        return wrong(fmt::format("'{}' must be a time and a temperature, such as 06:30 {}", text,
                                 rules.heat_and_cold ? "21.0/26.0" : "21.0"));
    if (day.empty() && *time != 0) return wrong("the day must begin at 00:00");
    if (!day.empty() && *time <= start)
        return wrong(fmt::format("'{}' does not come after the one before", text));
    if (*time % rules.unit_minutes != 0)
        return wrong(
            fmt::format("'{}' does not begin on a multiple of {} minutes", text, rules.unit_minutes));
    DaySection section;
    const auto temperatures = parse_temperatures(trimmed(text.substr(space)), rules, section);
    if (!temperatures) return temperatures.error();
    if (!day.empty()) day.back().minutes = *time - start;
    day.push_back(section);
    start = *time;
    return {};
}

}  // namespace

std::optional<Day> read_day(const Json& entries, const DayRules& rules) {
    if (!entries.is_array() || entries.empty() || entries.size() > max_sections) return std::nullopt;
    Day day;
    int total = 0;
    for (const Json& entry : entries) {
        const auto section = read_section(entry, rules);
        if (!section) return std::nullopt;
        total += section->minutes;
        day.push_back(*section);
    }
    if (total != day_minutes) return std::nullopt;
    return day;
}

Json day_json(const Day& day, const DayRules& rules) {
    Json entries = Json::array();
    for (const auto& section : day) {
        Json entry = Json::array();
        entry.push_back(section.minutes);
        entry.push_back(section.heat);
        if (rules.heat_and_cold) entry.push_back(section.cold);
        entries.push_back(std::move(entry));
    }
    return entries;
}

std::string day_text(const Day& day, const DayRules& rules) {
    std::string text;
    int start = 0;
    for (const auto& section : day) {
        if (section.minutes == 0) continue;
        if (!text.empty()) text += ", ";
        text += fmt::format("{:02}:{:02} {}", start / 60, start % 60, degrees_text(section.heat, rules));
        if (rules.heat_and_cold) text += '/' + degrees_text(section.cold, rules);
        start += section.minutes;
    }
    return text;
}

Result<Day> parse_day(std::string_view text, const DayRules& rules) {
    Day day;
    int start = 0;
    for (std::size_t from = 0; from <= text.size();) {
        const auto comma = std::min(text.find(',', from), text.size());
        const auto parsed = parse_entry(trimmed(text.substr(from, comma - from)), rules, day, start);
        if (!parsed) return parsed.error();
        if (day.size() > rules.sections)
            return wrong(fmt::format("a day has at most {} entries", rules.sections));
        from = comma + 1;
    }
    day.back().minutes = day_minutes - start;
    while (rules.padded && day.size() < rules.sections) {
        DaySection nothing = day.back();
        nothing.minutes = 0;
        day.push_back(nothing);
    }
    return day;
}

}  // namespace lanbridge::meross
