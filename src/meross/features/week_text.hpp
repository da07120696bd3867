#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/error.hpp"
#include "lanbridge/base/json.hpp"

// A day of a heating schedule, as devices count it and as people write it:
// [[390,150],[90,180],[960,210]] is "00:00 15.0, 06:30 18.0, 08:00 21.0".
namespace lanbridge::meross {

inline constexpr int day_minutes = 1440;

/// What a device allows in a day, and how it counts.
struct DayRules {
    double degree = 10;          ///< native units per degree
    std::size_t sections = 8;    ///< most entries of a day
    bool padded = false;         ///< a day has exactly `sections` entries; those left over last no time
    bool heat_and_cold = false;  ///< two temperatures: "00:00 21.0/26.0"
    int unit_minutes = 15;       ///< every start is a multiple of it
    double min = 5;              ///< degrees
    double max = 35;
};

/// An entry as the device has it: how long, and which temperatures.
struct DaySection {
    std::int32_t minutes = 0;
    std::int32_t heat = 0;  ///< the only one where there is one
    std::int32_t cold = 0;
    friend bool operator==(const DaySection&, const DaySection&) = default;
};
using Day = std::vector<DaySection>;

/// Nothing for what is no complete day.
std::optional<Day> read_day(const Json& entries, const DayRules& rules);
Json day_json(const Day& day, const DayRules& rules);

/// Entries that last no time are left out.
std::string day_text(const Day& day, const DayRules& rules);
/// Errors: `invalid_value` with what is wrong.
Result<Day> parse_day(std::string_view text, const DayRules& rules);

}  // namespace lanbridge::meross
