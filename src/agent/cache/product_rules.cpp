#include "agent/cache/product_rules.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "agent/json/json_text.hpp"

namespace lanbridge::agent {
namespace {

struct Reporting {
    std::int64_t eid;
    std::string_view delta;
    std::string_view intvl;
};
constexpr std::array rules{
    Reporting{3, "0", "0"},      Reporting{4, "0", "0"},      Reporting{5, "0", "0"},
    Reporting{6, "0", "0"},      Reporting{7, "0", "0"},      Reporting{8, "0", "0"},
    Reporting{11, "0", "0"},     Reporting{15, "0", "0"},     Reporting{4097, "0", "0"},
    Reporting{4100, "1", "180"}, Reporting{4102, "5", "180"}, Reporting{4103, "0", "600"},
    Reporting{4104, "1", "180"}, Reporting{4105, "1", "180"}, Reporting{4106, "0", "600"},
    Reporting{4109, "1", "180"}, Reporting{4110, "0", "420"}, Reporting{4111, "0", "420"},
    Reporting{4119, "0", "0"},   Reporting{4120, "0", "0"},
};
static_assert(std::ranges::adjacent_find(rules, std::ranges::greater_equal{}, &Reporting::eid) ==
              rules.end());

/// What these products announce as one event they send as another.
constexpr std::int64_t announced_eid = 4112;
constexpr std::string_view sent_eid = "4101";
constexpr std::array<std::int64_t, 3> products_with_other_eid{131, 275, 1116};

struct Change {
    std::string_view key;
    std::string_view value;
};

void append_member(std::string& text, std::string_view key, std::string_view value) {
    if (text.size() > 1) text.push_back(',');
    text.append("\"").append(key).append("\":").append(value);
}

/// The object with other values at the same places; members that it has not come last.
std::string with_changes(std::string_view object, std::vector<Change> changes) {
    std::string text = "{";
    std::vector<std::string_view> seen;
    for_each_member(object, [&](std::string_view key, std::string_view value) {
        const auto change = std::ranges::find(changes, key, &Change::key);
        append_member(text, key, change == changes.end() ? value : change->value);
        seen.push_back(key);
    });
    for (const auto& change : changes)
        if (std::ranges::find(seen, change.key) == seen.end()) append_member(text, change.key, change.value);
    text.push_back('}');
    return text;
}

/// What is absent or null counts as 0.
bool is_integer(std::string_view value, std::int64_t least, std::int64_t most) noexcept {
    std::int64_t number = 0;
    if (!value.empty() && value != "null" && !read_int(value, number)) return false;
    return least <= number && number <= most;
}
bool is_short(std::string_view value) noexcept { return is_integer(value, 0, 65535); }
bool is_absent_or(JsonKind kind, std::string_view value) noexcept {
    return kind_of(value) == JsonKind::null || kind_of(value) == kind;
}

bool is_well_formed_rule(std::string_view rule) {
    return is_absent_or(JsonKind::object, rule) && is_short(member_of(rule, "eid")) &&
           is_short(member_of(rule, "intvl")) && is_absent_or(JsonKind::number, member_of(rule, "delta"));
}

bool is_well_formed(std::string_view result) {
    if (kind_of(result) != JsonKind::object) return false;
    const auto up_rule = member_of(result, "upRule");
    bool sound = is_absent_or(JsonKind::string, member_of(result, "operation")) &&
                 is_short(member_of(result, "pdid")) && is_short(member_of(result, "ttl")) &&
                 is_integer(member_of(result, "thr"), -32768, 32767) &&
                 is_absent_or(JsonKind::array, up_rule);
    if (sound)
        for_each_element(up_rule, [&](std::string_view rule) { sound = sound && is_well_formed_rule(rule); });
    return sound;
}

std::string hastened(std::string_view rule, bool other_eid) {
    std::int64_t eid = 0;
    if (!read_int(member_of(rule, "eid"), eid)) return std::string(rule);
    if (eid == announced_eid && other_eid)
        return with_changes(rule, {{"eid", sent_eid}, {"delta", "0"}, {"intvl", "0"}});
    const auto found = std::ranges::lower_bound(rules, eid, {}, &Reporting::eid);
    if (found == rules.end() || found->eid != eid) return std::string(rule);
    return with_changes(rule, {{"delta", found->delta}, {"intvl", found->intvl}});
}

}  // namespace

std::optional<std::string> hasten_reports(std::string_view result) {
    if (!is_well_formed(result)) return std::nullopt;
    std::int64_t pdid = 0;
    const bool other_eid = read_int(member_of(result, "pdid"), pdid) &&
                           std::ranges::find(products_with_other_eid, pdid) != products_with_other_eid.end();
    const auto before = member_of(result, "upRule");
    if (kind_of(before) != JsonKind::array) return std::nullopt;
    std::string after = "[";
    for_each_element(before, [&](std::string_view rule) {
        if (after.size() > 1) after.push_back(',');
        after.append(hastened(rule, other_eid));
    });
    after.push_back(']');
    if (after == before) return std::nullopt;
    return with_changes(result, {{"upRule", after}});
}

}  // namespace lanbridge::agent
