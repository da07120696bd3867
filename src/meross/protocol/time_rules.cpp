#include "lanbridge/meross/protocol/time_rules.hpp"

#include "lanbridge/base/time_zone.hpp"

namespace lanbridge::meross {
namespace {

/// Zone data marks "since ever" and "for ever" with times thousands of years away.
constexpr std::int64_t beyond_all_clocks = 100'000'000'000;

/// No place on Earth is further from UTC.
constexpr std::int64_t largest_offset_s = 26 * 3600;

constexpr std::int64_t week_s = 7 * 86400;

bool is_real(std::int64_t when) noexcept { return when > -beyond_all_clocks && when < beyond_all_clocks; }

Json make_rule(std::int64_t start, const ZonePeriod& period) {
    Json row = Json::array();
    row.push_back(start);
    row.push_back(period.offset_s);
    row.push_back(period.dst ? 1 : 0);
    return row;
}

struct Rule {
    std::int64_t start = 0;
    std::int64_t offset_s = 0;
};

std::optional<Rule> read_rule(const Json& row) {
    if (!row.is_array() || row.size() < 2) return std::nullopt;
    if (!row[0].is_number_integer() || !row[1].is_number_integer()) return std::nullopt;
    const Rule rule{row[0].get<std::int64_t>(), row[1].get<std::int64_t>()};
    if (rule.offset_s < -largest_offset_s || rule.offset_s > largest_offset_s) return std::nullopt;
    return rule;
}

/// The rule that the device applies at `when`: the latest that has begun.
std::optional<Rule> rule_at(const Json& rules, std::int64_t when) {
    std::optional<Rule> current;
    if (!rules.is_array()) return current;
    for (const auto& row : rules) {
        const auto next = read_rule(row);
        if (next && next->start <= when && (!current || next->start >= current->start)) current = next;
    }
    return current;
}

bool holds_at(const DeviceTime& time, std::string_view zone, std::int64_t when) {
    const auto current = rule_at(time.time_rule, when);
    const auto period = zone_period(zone, when);
    return current && period && current->offset_s == period->offset_s;
}

}  // namespace

DeviceTime parse_device_time(const Json& time) {
    DeviceTime parsed;
    parsed.timestamp = int_or(time, {"timestamp"}, 0);
    parsed.timezone = string_or(time, {"timezone"}, "");
    if (const Json* rules = find_member(time, {"timeRule"}); rules && rules->is_array())
        parsed.time_rule = *rules;
    return parsed;
}

Result<Json> time_rules(std::string_view zone, std::int64_t device_timestamp) {
    const auto now = zone_period(zone, device_timestamp);
    if (!now) return now.error();
    Json rules = Json::array();
    rules.push_back(make_rule(is_real(now->begin) ? now->begin : device_timestamp, *now));
    if (!is_real(now->end)) return rules;
    const auto next = zone_period(zone, now->end);
    if (!next) return next.error();
    rules.push_back(make_rule(now->end, *next));
    return rules;
}

Result<Json> set_time_payload(std::string_view zone, std::int64_t device_timestamp) {
    auto rules = time_rules(zone, device_timestamp);
    if (!rules) return std::move(rules).error();
    Json time = Json::object();
    time["timezone"] = zone;
    time["timeRule"] = *std::move(rules);
    Json payload = Json::object();
    payload["time"] = std::move(time);
    return payload;
}

int device_offset_s(const DeviceTime& time, std::int64_t when) {
    if (const auto current = rule_at(time.time_rule, when)) return static_cast<int>(current->offset_s);
    if (time.timezone.empty()) return 0;
    const auto period = zone_period(time.timezone, when);
    return period ? period->offset_s : 0;
}

bool time_rules_hold(const DeviceTime& time, std::string_view zone, std::int64_t device_timestamp) {
    if (!holds_at(time, zone, device_timestamp)) return false;
    const auto now = zone_period(zone, device_timestamp);
    if (now->end - device_timestamp > week_s) return holds_at(time, zone, device_timestamp + week_s);
    return holds_at(time, zone, now->end - 1) && holds_at(time, zone, now->end + 1);
}

}  // namespace lanbridge::meross
