#include "sim/life.hpp"

#include <algorithm>

namespace lanbridge::sim {

void MerossDevice::Life::advance(Inside& inside) {
    const auto elapsed_s = inside.uptime_ms() / 1000;
    for (std::size_t i = 0; i < blueprint_.scenario.size(); ++i) {
        const auto& happening = blueprint_.scenario[i];
        const auto since = elapsed_s - happening.after.count();
        if (since < 0) continue;
        const auto due = happening.every.count() == 0 ? 1 : 1 + since / happening.every.count();
        if (happened_[i] >= due) continue;
        happened_[i] = due;
        happen(inside, happening.event, happening.details);
    }
    for (const auto& part : parts_) part->advance(inside);
}

bool MerossDevice::Life::happen(Inside& inside, std::string_view event, const Json& details) {
    return std::ranges::any_of(parts_,
                               [&](const auto& part) { return part->happen(inside, event, details); });
}

std::optional<Answer> MerossDevice::Life::set(Inside& inside, std::string_view name_space,
                                              const Json& payload) {
    for (const auto& part : parts_) {
        if (auto answer = part->set(inside, name_space, payload)) return answer;
    }
    return {};
}

void MerossDevice::Life::changed(Inside& inside, std::string_view name_space) {
    for (const auto& part : parts_) part->changed(inside, name_space);
}

}  // namespace lanbridge::sim
