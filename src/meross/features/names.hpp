#pragma once

#include <string_view>

// The namespaces that features and hub own, by their full names.
namespace lanbridge::meross::ns {

inline constexpr std::string_view system_all = "Appliance.System.All";
inline constexpr std::string_view runtime = "Appliance.System.Runtime";
inline constexpr std::string_view dnd_mode = "Appliance.System.DNDMode";
inline constexpr std::string_view over_temp = "Appliance.Config.OverTemp";
inline constexpr std::string_view standby_killer = "Appliance.Config.StandbyKiller";
inline constexpr std::string_view device_cfg = "Appliance.Config.DeviceCfg";
inline constexpr std::string_view light_calibration = "Appliance.Config.Calibration";
inline constexpr std::string_view toggle = "Appliance.Control.Toggle";
inline constexpr std::string_view togglex = "Appliance.Control.ToggleX";
inline constexpr std::string_view electricity = "Appliance.Control.Electricity";
inline constexpr std::string_view electricity_x = "Appliance.Control.ElectricityX";
inline constexpr std::string_view consumption_h = "Appliance.Control.ConsumptionH";
inline constexpr std::string_view consumption_x = "Appliance.Control.ConsumptionX";
inline constexpr std::string_view physical_lock = "Appliance.Control.PhysicalLock";
inline constexpr std::string_view over_temp_event = "Appliance.Control.OverTemp";
inline constexpr std::string_view alert_config = "Appliance.Control.AlertConfig";
inline constexpr std::string_view light = "Appliance.Control.Light";
inline constexpr std::string_view light_effect = "Appliance.Control.Light.Effect";
inline constexpr std::string_view diffuser_light = "Appliance.Control.Diffuser.Light";
inline constexpr std::string_view diffuser_spray = "Appliance.Control.Diffuser.Spray";
inline constexpr std::string_view diffuser_sensor = "Appliance.Control.Diffuser.Sensor";
inline constexpr std::string_view spray = "Appliance.Control.Spray";
inline constexpr std::string_view mp3 = "Appliance.Control.Mp3";
inline constexpr std::string_view hp110_lock = "Appliance.Mcu.Hp110.Lock";
inline constexpr std::string_view fan = "Appliance.Control.Fan";
inline constexpr std::string_view filter = "Appliance.Control.FilterMaintenance";
inline constexpr std::string_view beep = "Appliance.Control.Beep";
inline constexpr std::string_view power_retention = "Appliance.Control.PowerRetention";
inline constexpr std::string_view shutter_position = "Appliance.RollerShutter.Position";
inline constexpr std::string_view shutter_state = "Appliance.RollerShutter.State";
inline constexpr std::string_view shutter_config = "Appliance.RollerShutter.Config";
inline constexpr std::string_view shutter_adjust = "Appliance.RollerShutter.Adjust";
inline constexpr std::string_view garage_door = "Appliance.GarageDoor.State";
inline constexpr std::string_view garage_config = "Appliance.GarageDoor.Config";
inline constexpr std::string_view garage_multiple_config = "Appliance.GarageDoor.MultipleConfig";
inline constexpr std::string_view thermostat_mode = "Appliance.Control.Thermostat.Mode";
inline constexpr std::string_view thermostat_mode_b = "Appliance.Control.Thermostat.ModeB";
inline constexpr std::string_view thermostat_mode_c = "Appliance.Control.Thermostat.ModeC";
inline constexpr std::string_view summer_mode = "Appliance.Control.Thermostat.SummerMode";
inline constexpr std::string_view window_opened = "Appliance.Control.Thermostat.WindowOpened";
inline constexpr std::string_view calibration = "Appliance.Control.Thermostat.Calibration";
inline constexpr std::string_view dead_zone = "Appliance.Control.Thermostat.DeadZone";
inline constexpr std::string_view frost = "Appliance.Control.Thermostat.Frost";
inline constexpr std::string_view overheat = "Appliance.Control.Thermostat.Overheat";
inline constexpr std::string_view hold_action = "Appliance.Control.Thermostat.HoldAction";
inline constexpr std::string_view floor_sensor = "Appliance.Control.Thermostat.Sensor";
inline constexpr std::string_view schedule = "Appliance.Control.Thermostat.Schedule";
inline constexpr std::string_view schedule_b = "Appliance.Control.Thermostat.ScheduleB";
inline constexpr std::string_view thermostat_timer = "Appliance.Control.Thermostat.Timer";
inline constexpr std::string_view ctl_range = "Appliance.Control.Thermostat.CtlRange";
inline constexpr std::string_view alarm_config = "Appliance.Control.Thermostat.AlarmConfig";
inline constexpr std::string_view thermostat_alarm = "Appliance.Control.Thermostat.Alarm";
inline constexpr std::string_view compressor_delay = "Appliance.Control.Thermostat.CompressorDelay";
inline constexpr std::string_view thermostat_system = "Appliance.Control.Thermostat.System";
inline constexpr std::string_view screen_brightness = "Appliance.Control.Screen.Brightness";
inline constexpr std::string_view temp_unit = "Appliance.Control.TempUnit";
inline constexpr std::string_view sensor_latest = "Appliance.Control.Sensor.Latest";
inline constexpr std::string_view sensor_latest_x = "Appliance.Control.Sensor.LatestX";
inline constexpr std::string_view presence_config = "Appliance.Control.Presence.Config";
inline constexpr std::string_view digest_hub = "Appliance.Digest.Hub";
inline constexpr std::string_view hub_online = "Appliance.Hub.Online";
inline constexpr std::string_view hub_togglex = "Appliance.Hub.ToggleX";
inline constexpr std::string_view hub_battery = "Appliance.Hub.Battery";
inline constexpr std::string_view hub_exception = "Appliance.Hub.Exception";
inline constexpr std::string_view hub_subdevice_list = "Appliance.Hub.SubdeviceList";
inline constexpr std::string_view hub_version = "Appliance.Hub.SubDevice.Version";
inline constexpr std::string_view hub_sensor_all = "Appliance.Hub.Sensor.All";
inline constexpr std::string_view hub_sensor_latest = "Appliance.Hub.Sensor.Latest";
inline constexpr std::string_view hub_sensor_temp_hum = "Appliance.Hub.Sensor.TempHum";
inline constexpr std::string_view hub_sensor_adjust = "Appliance.Hub.Sensor.Adjust";
inline constexpr std::string_view hub_sensor_door = "Appliance.Hub.Sensor.DoorWindow";
inline constexpr std::string_view hub_sensor_smoke = "Appliance.Hub.Sensor.Smoke";
inline constexpr std::string_view hub_sensor_leak = "Appliance.Hub.Sensor.WaterLeak";
inline constexpr std::string_view hub_valve_all = "Appliance.Hub.Mts100.All";
inline constexpr std::string_view hub_valve_mode = "Appliance.Hub.Mts100.Mode";
inline constexpr std::string_view hub_valve_temperature = "Appliance.Hub.Mts100.Temperature";
inline constexpr std::string_view hub_valve_adjust = "Appliance.Hub.Mts100.Adjust";
inline constexpr std::string_view hub_valve_schedule = "Appliance.Hub.Mts100.ScheduleB";

}  // namespace lanbridge::meross::ns
