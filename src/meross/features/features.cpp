#include "meross/features/features.hpp"

#include <array>
#include <span>

#include "meross/features/channels.hpp"

namespace lanbridge::meross {
namespace {

using Maker = FeaturePtr (*)(const Facts&);

constexpr std::array makers{
    Maker(&make_toggle),     //
    &make_togglex,           //
    &make_light,             //
    &make_metering,          //
    &make_monitor,           //
    &make_consumption_h,     //
    &make_thermostat_b,      //
    &make_thermostat_timer,  //
    &make_thermostat_c,      //
    &make_fan_hold,          //
    &make_hvac_thresholds,   //
    &make_hvac_alerts,       //
    &make_hvac_wiring,       //
    &make_ctl_range,         //
    &make_alarm_config,      //
    &make_thermostat_alarm,  //
    &make_compressor_delay,  //
    &make_over_temp,         //
    &make_standby_killer,    //
    &make_presence,          //
    &make_presence_config,   //
    &make_thermostat,        //
    &make_window,            //
    &make_sensor_latest,     //
    &make_calibration,       //
    &make_dead_zone,         //
    &make_frost,             //
    &make_overheat,          //
    &make_floor_sensor,      //
    &make_hold_action,       //
    &make_schedule,          //
    &make_screen,            //
    &make_temp_unit,         //
    &make_diffuser_light,    //
    &make_diffuser_spray,    //
    &make_diffuser_sensor,   //
    &make_spray,             //
    &make_sound_machine,     //
    &make_hp110_lock,        //
    &make_fan,               //
    &make_filter,            //
    &make_light_limits,      //
    &make_power_retention,   //
    &make_status_led,        //
    &make_child_lock,        //
    &make_signal,            //
    &make_roller_shutter,    //
    &make_shutter_config,    //
    &make_garage_door,       //
};

/// A hub's other namespaces are about its subdevices.
constexpr std::array<Maker, 2> makers_of_hubs{&make_status_led, &make_signal};

}  // namespace

std::vector<FeaturePtr> make_features(const Facts& facts) {
    std::vector<FeaturePtr> features;
    for (Maker make : is_hub(facts) ? std::span<const Maker>(makers_of_hubs) : std::span<const Maker>(makers))
        if (auto feature = make(facts)) features.push_back(std::move(feature));
    return features;
}

}  // namespace lanbridge::meross
