#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/model/device.hpp"
#include "lanbridge/model/entity.hpp"

// A climate's parts, by Home Assistant's names for them.
namespace lanbridge::meross::climate {

inline constexpr std::string_view key = "climate";
inline constexpr std::string_view mode = "mode";
inline constexpr std::string_view preset = "preset_mode";
inline constexpr std::string_view fan_mode = "fan_mode";
inline constexpr std::string_view target = "temperature";
inline constexpr std::string_view target_low = "temperature_low";
inline constexpr std::string_view target_high = "temperature_high";
inline constexpr std::string_view action = "action";
inline constexpr std::string_view current = "current_temperature";
inline constexpr std::string_view humidity = "current_humidity";

/// A device's main feature, with the current temperature and what it is doing; `actions`: the words for that.
model::EntityDescription describe(std::vector<std::string> actions);
/// One word out of several, to be read and set.
model::PartDescription choice(std::string_view name, std::vector<std::string> options);
/// A temperature to be read and set.
model::PartDescription set_point(std::string_view name, model::NumberRange range);
/// A number to be read.
model::PartDescription measurement(std::string_view name);

/// The word of an option command; "" = the command has none.
std::string_view word_of(const model::Command& command) noexcept;

}  // namespace lanbridge::meross::climate
