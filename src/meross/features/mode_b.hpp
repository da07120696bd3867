#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "lanbridge/base/json.hpp"

// The words of Thermostat.ModeB and Thermostat.Timer, which the climate of the mts960 and its timers share.
namespace lanbridge::meross::mode_b {

inline constexpr int by_hand = 1;
inline constexpr int by_schedule = 2;
inline constexpr int by_timer = 3;
inline constexpr int heating = 1;
inline constexpr int cooling = 2;
inline constexpr int on = 1;
inline constexpr int off = 2;

/// {"modeB":[{"channel":0}]}: other shapes answer with an empty list.
Json ask_payload();

/// What was told of channel 0, merged: pushes may be partial.
struct State {
    std::optional<int> onoff;
    std::optional<int> mode;
    std::optional<int> working;
    std::optional<int> relay;   ///< 1 = closed, 2 = open; 3 = off, told by some
    std::optional<int> sensor;  ///< 1 = fine
    std::optional<double> target;
    std::optional<double> current;

    void take(const Json& payload);
    bool off() const { return onoff == mode_b::off; }
    bool timer_runs() const { return onoff == mode_b::on && mode == by_timer; }
};

inline constexpr std::string_view timer_cycle = "timer_cycle";
inline constexpr std::string_view timer_countdown_on = "timer_countdown_on";
inline constexpr std::string_view timer_countdown_off = "timer_countdown_off";
inline constexpr std::array timer_presets{timer_cycle, timer_countdown_on, timer_countdown_off};
bool is_timer_preset(std::string_view word) noexcept;
/// The preset that a Timer payload stands for; "" = it does not tell.
std::string_view timer_preset(const Json& payload);

}  // namespace lanbridge::meross::mode_b
