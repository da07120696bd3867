#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "meross/device/facts.hpp"
#include "meross/features/light_effects.hpp"

namespace lanbridge::meross {

/// Bits of `capacity`: in the ability what a lamp can do, in its object what is active, in a SET what is
/// meant.
namespace capacity {
inline constexpr int rgb = 1;
inline constexpr int temperature = 2;
inline constexpr int luminance = 4;
inline constexpr int effect = 8;
}  // namespace capacity

/// What distinguishes lamps, from what the device says of itself.
struct LampKind {
    explicit LampKind(const Facts& facts);

    int channel = 0;
    std::optional<int> abilities;      ///< capacity bits; nothing when the device does not say
    bool toggled = false;              ///< switched by ToggleX; else by `onoff` in its object
    bool shares_toggle = false;        ///< other channels may change with it
    bool main_feature = true;          ///< nothing else on the device deserves its name
    bool lists_effects = false;        ///< has Light.Effect, or tells them in the digest
    std::vector<std::string> effects;  ///< known by number only
    bool full_set = false;             ///< mss dimmers: a SET wants the whole object, without `gradual`
    bool keeps_colour = false;         ///< firmware 1 and 2: brightness goes with the present colour
    bool temperature_twice = false;    ///< fw 2.1.2 ignores the first temperature
    bool shifts_white = false;         ///< msl320cp, msl320cpr: see `strip_colour_sent`
    std::string firmware;
};

/// The last known state of Control.Light: what arrives in pieces is put together.
class LightObject {
public:
    /// Merges what the device says.
    void take(const Json& item);

    const Json& json() const noexcept { return object_; }
    bool has(std::string_view member) const { return object_.contains(std::string(member)); }
    int bits() const noexcept;                      ///< `capacity`, 0 when unknown
    std::optional<int> luminance() const noexcept;  ///< 1..100
    std::optional<std::int64_t> rgb() const noexcept;
    std::optional<std::int64_t> temperature() const noexcept;
    bool effect_runs() const noexcept { return (bits() & capacity::effect) != 0; }
    std::optional<std::size_t> effect() const noexcept;
    /// `capacity::rgb` or `capacity::temperature`: what it shows, or will once an effect has ended; 0 = not
    /// told.
    int colour_bit() const noexcept { return colour_bit_; }
    /// The capacity bits that the members speak of, for devices that do not say what they can do.
    int told_abilities() const noexcept;

private:
    Json object_ = Json::object();
    int colour_bit_ = 0;
};

/// All that is known of a lamp.
struct Lamp {
    explicit Lamp(const Facts& facts) : kind(facts), effects(kind.effects) {}

    LampKind kind;
    LightObject object;
    LightEffects effects;
    std::optional<bool> on;

    int abilities() const { return kind.abilities.value_or(object.told_abilities()); }
    bool can(int bits) const { return (abilities() & bits) != 0; }
    bool fades() const { return object.has("gradual") && !kind.full_set; }
    /// The running effect; nothing when none runs, or nobody knows which.
    std::optional<std::size_t> effect() const;
    /// As it looks: that of the running effect, which the object does not know.
    std::optional<int> luminance() const;
};

}  // namespace lanbridge::meross
