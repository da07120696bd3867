#include "meross/hub/subdevices.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace lanbridge::meross {
namespace {

constexpr std::size_t most_features = 4;

/// A key of the hub's digest, the model that it stands for, and what that model has.
struct Type {
    constexpr Type(std::string_view k, std::string_view m, std::initializer_list<SubdeviceMaker> list)
        : key(k), model(m) {
        std::ranges::copy(list, makers.begin());
    }
    std::string_view key;
    std::string_view model;
    std::array<SubdeviceMaker, most_features> makers{};  // the rest null
};

// Firmware names a type by its function or by its model.
constexpr std::array types{
    Type{"doorWindow", "ms200", {&make_door_sensor, &make_battery}},
    Type{"gs559", "gs559", {&make_smoke_alarm, &make_battery}},
    Type{"gs559a", "gs559a", {&make_smoke_alarm, &make_battery}},
    Type{"ms100", "ms100", {&make_ms100, &make_battery}},
    Type{"ms130", "ms130", {&make_ms130, &make_ms130_settings, &make_battery}},
    Type{"ms200", "ms200", {&make_door_sensor, &make_battery}},
    Type{"ms400", "ms400", {&make_leak_sensor, &make_battery}},
    Type{"ms405", "ms405", {&make_leak_sensor, &make_battery}},
    Type{"mts100", "mts100", {&make_valve, &make_valve_schedule, &make_battery}},
    Type{"mts100v3", "mts100v3", {&make_valve, &make_valve_schedule, &make_battery}},
    Type{"mts150", "mts150", {&make_valve, &make_valve_motor, &make_valve_schedule, &make_battery}},
    Type{"mts150p", "mts150p", {&make_valve, &make_valve_motor, &make_valve_schedule, &make_battery}},
    Type{"smokeAlarm", "gs559", {&make_smoke_alarm, &make_battery}},
    Type{"tempHum", "ms100", {&make_ms100, &make_battery}},
    Type{"tempHumi", "ms130", {&make_ms130, &make_ms130_settings, &make_battery}},
    Type{"waterLeak", "ms400", {&make_leak_sensor, &make_battery}},
};
static_assert(std::ranges::is_sorted(types, {}, &Type::key));

constexpr Type unknown_type{"", "", {&make_generic, &make_battery_if_told}};

const Type& type_of(std::string_view key) noexcept {
    const auto it = std::ranges::lower_bound(types, key, {}, &Type::key);
    return it != types.end() && it->key == key ? *it : unknown_type;
}

}  // namespace

std::vector<FeaturePtr> make_subdevice_features(const SubdeviceFacts& facts) {
    std::vector<FeaturePtr> features;
    for (const SubdeviceMaker make : type_of(facts.type).makers) {
        if (!make) break;
        if (auto feature = make(facts)) features.push_back(std::move(feature));
    }
    return features;
}

std::string subdevice_model(std::string_view type) {
    const auto& row = type_of(type);
    return std::string(row.model.empty() ? type : row.model);
}

}  // namespace lanbridge::meross
