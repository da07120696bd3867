#pragma once

#include <optional>
#include <string>

#include "lanbridge/model/device.hpp"
#include "meross/features/action.hpp"
#include "meross/features/light_color.hpp"
#include "meross/features/light_object.hpp"

// What a lamp is sent. One wish may be several things at once, and becomes one SET wherever the device
// allows.
namespace lanbridge::meross {

struct LightWishes {
    std::optional<bool> on;
    std::optional<int> luminance;    ///< 1..100
    std::optional<int> temperature;  ///< native
    std::optional<Rgb> rgb;
    std::optional<std::string> effect;
    std::optional<bool> gradual;

    bool has_colour() const noexcept { return temperature || rgb; }
    /// More than on and off.
    bool changes_light() const noexcept { return luminance || has_colour() || effect; }
};
/// Errors: `invalid_value`.
Result<LightWishes> light_wishes_of(const model::Command& command);

/// `toggle_too`: the lamp is off and stays so when it is only given a colour. Errors: `invalid_value`,
/// `unsupported`.
Result<Action> light_action(const Lamp& lamp, const LightWishes& wishes, bool toggle_too);
/// The running effect at another speed. Errors: `unsupported` while none runs.
Result<Action> effect_speed_action(const Lamp& lamp, int speed);

Request toggle_lamp(const LampKind& kind, bool on);
Request ask_toggle();
Request ask_light();
Request ask_effects();

}  // namespace lanbridge::meross
