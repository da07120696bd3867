#pragma once

#include "meross/features/feature.hpp"

// Thermostat.ModeC, which the climate of the mts300 and its fan's hold share.
namespace lanbridge::meross::mode_c {

// mode
inline constexpr int off = 0;
inline constexpr int heating = 1;
inline constexpr int cooling = 2;
inline constexpr int both = 3;
/// work; 2 is by schedule
inline constexpr int by_hand = 1;

/// {"control":[{"channel":0}]}: other shapes answer with an empty list.
Json ask_payload();
/// Takes channel 0 of a payload into `state`, member by member: pushes may be partial. False = it has none.
bool merge_control(Json& state, const Json& payload);
/// A SET of this object, confirmed as ModeC is.
Action set(Json control);

}  // namespace lanbridge::meross::mode_c
