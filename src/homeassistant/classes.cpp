#include "homeassistant/classes.hpp"

#include <algorithm>
#include <array>

namespace lanbridge::homeassistant {
namespace {

/// Sorted by name. Home Assistant refuses a sensor whose unit is not in its class's list.
constexpr std::array sensor_classes{
    SensorClass{"absolute_humidity", "g/m³|mg/m³", "m"},
    SensorClass{"apparent_power", "VA|kVA|mVA", "m"},
    SensorClass{"aqi", "", "m"},
    SensorClass{"area", "m²|cm²|km²|mm²|ha|ac|ft²|in²|yd²|mi²", "mti"},
    SensorClass{"atmospheric_pressure", "Pa|hPa|kPa|mPa|bar|cbar|mbar|mmHg|inHg|inH₂O|psi", "m"},
    SensorClass{"battery", "%", "m"},
    SensorClass{"blood_glucose_concentration", "mg/dL|mmol/L", "m"},
    SensorClass{"carbon_dioxide", "ppm", "m"},
    SensorClass{"carbon_monoxide", "ppm|ppb|mg/m³|μg/m³", "m"},
    SensorClass{"conductivity", "μS/cm|mS/cm|S/cm", "m"},
    SensorClass{"current", "A|mA|μA", "m"},
    SensorClass{"data_rate", "bit/s|kbit/s|Mbit/s|Gbit/s|B/s|kB/s|MB/s|GB/s|KiB/s|MiB/s|GiB/s", "m"},
    SensorClass{"data_size", "bit|kbit|Mbit|Gbit|B|kB|MB|GB|TB|PB|EB|ZB|YB|KiB|MiB|GiB|TiB|PiB|EiB|ZiB|YiB",
                "mti"},
    SensorClass{"date", "-", ""},
    SensorClass{"distance", "m|cm|mm|km|mi|nmi|yd|ft|in", "mti"},
    SensorClass{"duration", "s|min|h|d|ms|μs", "mti"},
    SensorClass{"energy", "Wh|kWh|MWh|GWh|TWh|mWh|J|kJ|MJ|GJ|cal|kcal|Mcal|Gcal", "ti"},
    SensorClass{"energy_distance", "kWh/100km|Wh/km|mi/kWh|km/kWh", "m"},
    SensorClass{"energy_storage", "Wh|kWh|MWh|GWh|TWh|mWh|J|kJ|MJ|GJ|cal|kcal|Mcal|Gcal", "m"},
    SensorClass{"enum", "-", ""},
    SensorClass{"frequency", "Hz|kHz|MHz|GHz|mHz", "m"},
    SensorClass{"gas", "m³|ft³|CCF|MCF|L", "ti"},
    SensorClass{"humidity", "%", "m"},
    SensorClass{"illuminance", "lx", "m"},
    SensorClass{"irradiance", "W/m²|BTU/(h⋅ft²)", "m"},
    SensorClass{"moisture", "%", "m"},
    SensorClass{"monetary", "*", "t"},
    SensorClass{"nitrogen_dioxide", "μg/m³|ppb|ppm", "m"},
    SensorClass{"nitrogen_monoxide", "μg/m³|ppb", "m"},
    SensorClass{"nitrous_oxide", "μg/m³", "m"},
    SensorClass{"ozone", "μg/m³|ppb|ppm", "m"},
    SensorClass{"ph", "", "m"},
    SensorClass{"pm1", "μg/m³", "m"},
    SensorClass{"pm10", "μg/m³", "m"},
    SensorClass{"pm25", "μg/m³", "m"},
    SensorClass{"pm4", "μg/m³", "m"},
    SensorClass{"power", "W|kW|MW|GW|TW|mW", "m"},
    SensorClass{"power_factor", "%|", "m"},
    SensorClass{"precipitation", "mm|cm|in", "mti"},
    SensorClass{"precipitation_intensity", "mm/h|mm/d|in/h|in/d", "m"},
    SensorClass{"pressure", "Pa|hPa|kPa|mPa|bar|cbar|mbar|mmHg|inHg|inH₂O|psi", "m"},
    SensorClass{"radon", "Bq/m³|pCi/L", "m"},
    SensorClass{"reactive_energy", "varh|kvarh", "ti"},
    SensorClass{"reactive_power", "var|kvar|mvar", "m"},
    SensorClass{"signal_strength", "dBm|dB", "m"},
    SensorClass{"sound_pressure", "dB|dBA", "m"},
    SensorClass{"speed", "m/s|km/h|mph|kn|ft/s|in/s|mm/s|m/min|Beaufort|in/d|in/h|mm/d|mm/h", "m"},
    SensorClass{"sulphur_dioxide", "μg/m³|ppb", "m"},
    SensorClass{"temperature", "°C|°F|K", "m"},
    SensorClass{"temperature_delta", "°C|°F|K", "m"},
    SensorClass{"timestamp", "-", ""},
    SensorClass{"uptime", "-", ""},
    SensorClass{"volatile_organic_compounds", "μg/m³|mg/m³", "m"},
    SensorClass{"volatile_organic_compounds_parts", "ppb|ppm", "m"},
    SensorClass{"voltage", "V|mV|μV|kV|MV", "m"},
    SensorClass{"volume", "L|mL|m³|ft³|gal|CCF|MCF|fl. oz.", "ti"},
    SensorClass{"volume_flow_rate", "m³/h|m³/min|m³/s|L/min|L/h|L/s|mL/s|ft³/min|gal/min|gal/h|gal/d", "m"},
    SensorClass{"volume_storage", "L|mL|m³|ft³|gal|CCF|MCF|fl. oz.", "m"},
    SensorClass{"water", "L|m³|ft³|gal|CCF|MCF", "ti"},
    SensorClass{"weight", "kg|g|mg|μg|lb|oz|st", "mti"},
    SensorClass{"wind_direction", "°", "a"},
    SensorClass{"wind_speed", "m/s|km/h|mph|kn|ft/s|in/s|mm/s|m/min|Beaufort", "m"},
};
static_assert(std::ranges::adjacent_find(sensor_classes, std::ranges::greater_equal{}, &SensorClass::name) ==
              sensor_classes.end());

struct ComponentClasses {
    model::Component component;
    std::string_view classes;  ///< each between two "|"
};

/// Components without a row take no device class. Those of sensors and numbers stand in the table above.
constexpr std::array component_classes{
    ComponentClasses{
        model::Component::binary_sensor,
        "|battery|battery_charging|carbon_monoxide|cold|connectivity|door|garage_door|gas|heat|light|lock|"
        "moisture|motion|moving|occupancy|opening|plug|power|presence|problem|running|safety|smoke|sound|"
        "tamper|update|vibration|window|"},
    ComponentClasses{model::Component::button, "|identify|restart|update|"},
    ComponentClasses{model::Component::cover,
                     "|awning|blind|curtain|damper|door|garage|gate|shade|shutter|window|"},
    ComponentClasses{model::Component::event, "|button|doorbell|motion|"},
    ComponentClasses{model::Component::switch_, "|outlet|switch|"},
    ComponentClasses{model::Component::update, "|firmware|"},
};

/// The classes that are no quantities, and that a number entity therefore lacks.
constexpr std::array<std::string_view, 4> not_for_numbers{"date", "enum", "timestamp", "uptime"};

/// Calls `found` for each member of a "|"-separated list until it answers true.
template <class Predicate>
bool any_member(std::string_view list, Predicate found) {
    for (;;) {
        const auto bar = list.find('|');
        if (found(list.substr(0, bar))) return true;
        if (bar == std::string_view::npos) return false;
        list.remove_prefix(bar + 1);
    }
}

}  // namespace

const SensorClass* find_sensor_class(std::string_view name) noexcept {
    const auto it = std::ranges::lower_bound(sensor_classes, name, {}, &SensorClass::name);
    return it != sensor_classes.end() && it->name == name ? &*it : nullptr;
}

bool class_takes_unit(const SensorClass& row, std::string_view unit) noexcept {
    if (row.units == "-") return unit.empty();
    if (row.units == "*") return !unit.empty();  // any currency
    return any_member(row.units, [unit](std::string_view member) { return member == unit; });
}

bool is_state_class(std::string_view name) noexcept {
    return name == "measurement" || name == "total" || name == "total_increasing" ||
           name == "measurement_angle";
}

bool class_takes_state_class(const SensorClass& row, std::string_view state_class) noexcept {
    if (state_class.empty()) return true;
    const char letter = state_class == "measurement"        ? 'm'
                        : state_class == "total"            ? 't'
                        : state_class == "total_increasing" ? 'i'
                                                            : 'a';
    return row.state_classes.find(letter) != std::string_view::npos;
}

bool component_takes_class(model::Component component, std::string_view device_class) noexcept {
    if (device_class.empty()) return true;
    if (component == model::Component::sensor) return find_sensor_class(device_class) != nullptr;
    if (component == model::Component::number)
        return find_sensor_class(device_class) != nullptr &&
               std::ranges::find(not_for_numbers, device_class) == not_for_numbers.end();
    const auto it = std::ranges::find(component_classes, component, &ComponentClasses::component);
    if (it == component_classes.end()) return false;
    return any_member(it->classes,
                      [device_class](std::string_view member) { return member == device_class; });
}

}  // namespace lanbridge::homeassistant
