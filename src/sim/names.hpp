#pragma once

#include <string_view>

// Namespaces that the simulation treats in a way of their own.
namespace lanbridge::sim::names {

inline constexpr std::string_view system = "Appliance.System.";
inline constexpr std::string_view all = "Appliance.System.All";
inline constexpr std::string_view ability = "Appliance.System.Ability";
inline constexpr std::string_view clock = "Appliance.System.Clock";
inline constexpr std::string_view time = "Appliance.System.Time";
inline constexpr std::string_view debug = "Appliance.System.Debug";
inline constexpr std::string_view firmware = "Appliance.System.Firmware";
inline constexpr std::string_view online = "Appliance.System.Online";
inline constexpr std::string_view report = "Appliance.System.Report";
inline constexpr std::string_view bind = "Appliance.Control.Bind";
inline constexpr std::string_view consumption_config = "Appliance.Control.ConsumptionConfig";
inline constexpr std::string_view config_key = "Appliance.Config.Key";
inline constexpr std::string_view trace = "Appliance.Config.Trace";
inline constexpr std::string_view wifi = "Appliance.Config.Wifi";
inline constexpr std::string_view wifi_x = "Appliance.Config.WifiX";
inline constexpr std::string_view wifi_list = "Appliance.Config.WifiList";
inline constexpr std::string_view ecdhe = "Appliance.Encrypt.ECDHE";
inline constexpr std::string_view togglex = "Appliance.Control.ToggleX";
inline constexpr std::string_view toggle = "Appliance.Control.Toggle";
inline constexpr std::string_view electricity = "Appliance.Control.Electricity";
inline constexpr std::string_view electricity_x = "Appliance.Control.ElectricityX";
inline constexpr std::string_view consumption_x = "Appliance.Control.ConsumptionX";
inline constexpr std::string_view consumption_h = "Appliance.Control.ConsumptionH";

}  // namespace lanbridge::sim::names
