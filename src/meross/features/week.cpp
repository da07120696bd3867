#include "meross/features/week.hpp"

#include <algorithm>
#include <string>

namespace lanbridge::meross {
namespace {

constexpr std::string_view prefix = "schedule_";
constexpr std::int64_t most_sections = 48;
/// Newer firmware counts finer than the quarters of an hour that most have.
constexpr int fine_unit = 5;

}  // namespace

void Week::describe(std::vector<model::EntityDescription>& out) {
    for (const auto name : day_names) {
        model::EntityDescription entity;
        entity.key = std::string(prefix) + std::string(name);
        entity.name = model::sentence_case(entity.key);
        entity.component = model::Component::text;
        entity.category = model::Category::config;
        entity.enabled_by_default = false;
        model::PartDescription state;
        state.commandable = true;
        entity.parts.push_back(std::move(state));
        out.push_back(std::move(entity));
    }
}

bool Week::read(const Json& item, model::Observations& out) {
    bool any = false;
    for (std::size_t i = 0; i < day_names.size(); ++i) {
        const Json* entries = find_member(item, {day_names[i]});
        auto day = entries ? read_day(*entries, rules_) : std::nullopt;
        if (!day) continue;
        for (const auto& section : *day)
            if (section.minutes % rules_.unit_minutes != 0) rules_.unit_minutes = fine_unit;
        out.emplace_back(std::string(prefix) + std::string(day_names[i]), day_text(*day, rules_));
        days_[i] = std::move(*day);
        any = true;
    }
    return any;
}

std::optional<Result<Json>> Week::command(const model::Command& command) const {
    for (std::size_t i = 0; i < day_names.size(); ++i) {
        if (command.entity != std::string(prefix) + std::string(day_names[i])) continue;
        const auto* text = std::get_if<std::string>(&command.value);
        if (!text) return Error(Errc::invalid_value, command.entity + " takes a text");
        return changed(i, *text);
    }
    return std::nullopt;
}

Result<Json> Week::changed(std::size_t which, const std::string& text) const {
    const auto day = parse_day(text, rules_);
    if (!day) return day.error();
    Json week = Json::object();
    for (std::size_t i = 0; i < day_names.size(); ++i) {
        if (i != which && days_[i].empty())
            return Error(
                Errc::unsupported,
                "the device has not yet told its whole week, which has to be sent; try again once it has");
        week[std::string(day_names[i])] = day_json(i == which ? *day : days_[i], rules_);
    }
    return week;
}

bool Week::known() const noexcept {
    return std::ranges::any_of(days_, [](const Day& day) { return !day.empty(); });
}

void Week::allow_sections(std::int64_t sections) {
    if (sections >= 1 && sections <= most_sections) rules_.sections = static_cast<std::size_t>(sections);
}

}  // namespace lanbridge::meross
