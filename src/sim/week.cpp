#include "sim/week.hpp"

#include <array>
#include <string_view>

namespace lanbridge::sim {

const Json* entry_in_force(const Json& week, std::int64_t local_s) {
    // 1970 began on a Thursday
    static constexpr std::array<std::string_view, 7> days{"thu", "fri", "sat", "sun", "mon", "tue", "wed"};
    constexpr std::int64_t day_s = 86400;
    if (local_s < 0) return nullptr;
    const auto* entries = find_member(week, {days[static_cast<std::size_t>(local_s / day_s % 7)]});
    if (entries == nullptr || !entries->is_array()) return nullptr;
    auto minute = local_s % day_s / 60;
    const Json* last = nullptr;
    for (const auto& entry : *entries) {
        const bool usable = entry.is_array() && entry.size() >= 2 && entry[0].is_number_integer();
        if (!usable || entry[0].get<std::int64_t>() <= 0) continue;  // padding
        last = &entry;
        minute -= entry[0].get<std::int64_t>();
        if (minute < 0) break;
    }
    return last;
}

}  // namespace lanbridge::sim
