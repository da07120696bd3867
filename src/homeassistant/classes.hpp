#pragma once

#include <string_view>

#include "lanbridge/model/entity.hpp"

namespace lanbridge::homeassistant {

/// One row of Home Assistant's table of sensor classes.
struct SensorClass {
    std::string_view name;
    std::string_view
        units;  ///< separated by "|"; an empty member means "none is fine too"; "-" = none allowed
    std::string_view
        state_classes;  ///< letters: m measurement, t total, i total_increasing, a measurement_angle
};

/// nullptr for a class that Home Assistant does not have.
const SensorClass* find_sensor_class(std::string_view name) noexcept;
bool class_takes_unit(const SensorClass& row, std::string_view unit) noexcept;
bool class_takes_state_class(const SensorClass& row, std::string_view state_class) noexcept;
bool is_state_class(std::string_view name) noexcept;

/// Whether the component knows the device class; "" always fits.
bool component_takes_class(model::Component component, std::string_view device_class) noexcept;

}  // namespace lanbridge::homeassistant
