#pragma once

#include "meross/device/facts.hpp"
#include "meross/features/names.hpp"

namespace lanbridge::meross {

/// The three families of thermostats, told apart by the namespace of their main state.
enum class ThermostatFamily : std::uint8_t {
    mode,    ///< mts200, mts205, mts215
    mode_b,  ///< mts960
    mode_c,  ///< mts300
};

inline ThermostatFamily thermostat_family(const Facts& facts) {
    if (facts.has(ns::thermostat_mode_c)) return ThermostatFamily::mode_c;
    return facts.has(ns::thermostat_mode_b) ? ThermostatFamily::mode_b : ThermostatFamily::mode;
}

/// Native units per degree Celsius, in every Thermostat namespace of a family.
inline constexpr double tenths = 10;
inline constexpr double hundredths = 100;
inline double native_degree(const Facts& facts) {
    return thermostat_family(facts) == ThermostatFamily::mode ? tenths : hundredths;
}

}  // namespace lanbridge::meross
