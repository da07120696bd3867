#pragma once

#include <string_view>

// The namespaces that the features here own, by their full names.
namespace lanbridge::meross::ns {

inline constexpr std::string_view runtime = "Appliance.System.Runtime";
inline constexpr std::string_view dnd_mode = "Appliance.System.DNDMode";
inline constexpr std::string_view over_temp = "Appliance.Config.OverTemp";
inline constexpr std::string_view standby_killer = "Appliance.Config.StandbyKiller";
inline constexpr std::string_view toggle = "Appliance.Control.Toggle";
inline constexpr std::string_view togglex = "Appliance.Control.ToggleX";
inline constexpr std::string_view electricity = "Appliance.Control.Electricity";
inline constexpr std::string_view electricity_x = "Appliance.Control.ElectricityX";
inline constexpr std::string_view consumption_h = "Appliance.Control.ConsumptionH";
inline constexpr std::string_view consumption_x = "Appliance.Control.ConsumptionX";
inline constexpr std::string_view physical_lock = "Appliance.Control.PhysicalLock";
inline constexpr std::string_view light = "Appliance.Control.Light";
inline constexpr std::string_view fan = "Appliance.Control.Fan";
inline constexpr std::string_view garage_door = "Appliance.GarageDoor.State";
inline constexpr std::string_view shutter_position = "Appliance.RollerShutter.Position";
inline constexpr std::string_view shutter_state = "Appliance.RollerShutter.State";

}  // namespace lanbridge::meross::ns
