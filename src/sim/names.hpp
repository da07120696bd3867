#pragma once

#include <string_view>

// Namespaces that the simulation treats in a way of their own.
namespace lanbridge::sim::names {

inline constexpr std::string_view system = "Appliance.System.";
inline constexpr std::string_view all = "Appliance.System.All";
inline constexpr std::string_view ability = "Appliance.System.Ability";
inline constexpr std::string_view clock = "Appliance.System.Clock";
inline constexpr std::string_view time = "Appliance.System.Time";
inline constexpr std::string_view togglex = "Appliance.Control.ToggleX";
inline constexpr std::string_view toggle = "Appliance.Control.Toggle";
inline constexpr std::string_view electricity = "Appliance.Control.Electricity";
inline constexpr std::string_view electricity_x = "Appliance.Control.ElectricityX";
inline constexpr std::string_view consumption_x = "Appliance.Control.ConsumptionX";
inline constexpr std::string_view consumption_h = "Appliance.Control.ConsumptionH";

}  // namespace lanbridge::sim::names
