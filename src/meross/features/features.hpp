#pragma once

#include "meross/features/feature.hpp"

// One maker per feature, each in the file of its name. A maker answers nothing for a device without the
// feature.
namespace lanbridge::meross {

FeaturePtr make_toggle(const Facts& facts);
FeaturePtr make_togglex(const Facts& facts);
FeaturePtr make_light(const Facts& facts);
FeaturePtr make_metering(const Facts& facts);
FeaturePtr make_monitor(const Facts& facts);
FeaturePtr make_consumption_h(const Facts& facts);
FeaturePtr make_thermostat(const Facts& facts);
FeaturePtr make_window(const Facts& facts);
FeaturePtr make_sensor_latest(const Facts& facts);
FeaturePtr make_calibration(const Facts& facts);
FeaturePtr make_dead_zone(const Facts& facts);
FeaturePtr make_frost(const Facts& facts);
FeaturePtr make_overheat(const Facts& facts);
FeaturePtr make_floor_sensor(const Facts& facts);
FeaturePtr make_hold_action(const Facts& facts);
FeaturePtr make_schedule(const Facts& facts);
FeaturePtr make_screen(const Facts& facts);
FeaturePtr make_temp_unit(const Facts& facts);
FeaturePtr make_thermostat_b(const Facts& facts);
FeaturePtr make_thermostat_timer(const Facts& facts);
FeaturePtr make_ctl_range(const Facts& facts);
FeaturePtr make_alarm_config(const Facts& facts);
FeaturePtr make_thermostat_alarm(const Facts& facts);
FeaturePtr make_compressor_delay(const Facts& facts);
FeaturePtr make_thermostat_c(const Facts& facts);
FeaturePtr make_fan_hold(const Facts& facts);
FeaturePtr make_hvac_thresholds(const Facts& facts);
FeaturePtr make_hvac_alerts(const Facts& facts);
FeaturePtr make_hvac_wiring(const Facts& facts);
FeaturePtr make_over_temp(const Facts& facts);
FeaturePtr make_standby_killer(const Facts& facts);
FeaturePtr make_presence(const Facts& facts);
FeaturePtr make_presence_config(const Facts& facts);
FeaturePtr make_diffuser_light(const Facts& facts);
FeaturePtr make_diffuser_spray(const Facts& facts);
FeaturePtr make_diffuser_sensor(const Facts& facts);
FeaturePtr make_spray(const Facts& facts);
FeaturePtr make_sound_machine(const Facts& facts);
FeaturePtr make_hp110_lock(const Facts& facts);
FeaturePtr make_fan(const Facts& facts);
FeaturePtr make_filter(const Facts& facts);
FeaturePtr make_light_limits(const Facts& facts);
FeaturePtr make_power_retention(const Facts& facts);
FeaturePtr make_status_led(const Facts& facts);
FeaturePtr make_child_lock(const Facts& facts);
FeaturePtr make_signal(const Facts& facts);
FeaturePtr make_roller_shutter(const Facts& facts);
FeaturePtr make_shutter_config(const Facts& facts);
FeaturePtr make_garage_door(const Facts& facts);

}  // namespace lanbridge::meross
