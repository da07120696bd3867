#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "lanbridge/model/command.hpp"
#include "lanbridge/model/entity.hpp"
#include "meross/features/week_text.hpp"

namespace lanbridge::meross {

/// The week of a thermostat or valve as seven texts, `schedule_mon` to `schedule_sun`, off by default.
class Week {
public:
    explicit Week(const DayRules& rules) : rules_(rules) {}

    static void describe(std::vector<model::EntityDescription>& out);
    /// Takes what is in {"mon":[…],…}; days it does not mention stay. False when there was none.
    bool read(const Json& item, model::Observations& out);
    /// Nothing when the entity is none of the week's. All seven days as members of an object, the one that
    /// the command changes among them: devices take no single day. Errors: `invalid_value`; `unsupported`
    /// as long as a day is not known.
    std::optional<Result<Json>> command(const model::Command& command) const;

    bool known() const noexcept;
    const DayRules& rules() const noexcept { return rules_; }
    /// How many entries the device allows; what is impossible is ignored.
    void allow_sections(std::int64_t sections);
    /// A day, 0 = Monday; empty as long as it is unknown.
    const Day& day(std::size_t index) const noexcept { return days_[index]; }

    static constexpr std::array<std::string_view, 7> day_names{"mon", "tue", "wed", "thu",
                                                               "fri", "sat", "sun"};

private:
    Result<Json> changed(std::size_t which, const std::string& text) const;

    DayRules rules_;
    std::array<Day, day_names.size()> days_;
};

}  // namespace lanbridge::meross
