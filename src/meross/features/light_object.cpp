#include "meross/features/light_object.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "meross/features/channels.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

/// All that a lamp's object has been seen to hold.
constexpr std::array<std::string_view, 9> members{
    "capacity", "channel", "effect", "gradual", "luminance", "onoff", "rgb", "temperature", "transform"};

int major_version(std::string_view firmware) noexcept {
    int number = 0;
    std::from_chars(firmware.data(), firmware.data() + firmware.size(), number);
    return number;
}

std::optional<int> ability_capacity(const Facts& facts) {
    const auto bits = int_or(facts.ability, {ns::light, "capacity"}, -1);
    if (bits < 0 || bits > 0xFF) return std::nullopt;
    return static_cast<int>(bits);
}

/// The digest says it; without one, ToggleX is the rule and `onoff` the exception (msxh0). mfc100 has both.
bool switched_by_toggle(const Facts& facts, int channel) {
    if (!facts.has(ns::togglex)) return false;
    if (const auto listed = digest_channels(facts, "togglex"))
        return std::ranges::find(*listed, channel) != listed->end();
    return !find_member(facts.digest, {"light", "onoff"});
}

}  // namespace

LampKind::LampKind(const Facts& facts)
    : abilities(ability_capacity(facts)), firmware(facts.firmware_version) {
    if (const auto channels = channels_owned_by_lights(facts); !channels.empty()) channel = channels.front();
    toggled = switched_by_toggle(facts, channel);
    const auto relays = digest_channels(facts, "togglex");
    shares_toggle = toggled && relays && relays->size() > 1;
    main_feature = !facts.has(ns::fan) && !facts.has(ns::spray) && !facts.has(ns::mp3);
    lists_effects = facts.has(ns::light_effect) || find_member(facts.digest, {"light.effect"});
    if (facts.type.starts_with("hp110")) {
        lists_effects = false;
        effects = {"Color", "Scene 1", "Scene 2", "Scene 3", "Scene 4"};
    }
    full_set = facts.type.starts_with("mss");
    const int major = major_version(firmware);
    keeps_colour = major > 0 && major < 3;
    temperature_twice = firmware == "2.1.2" && facts.type.starts_with("msl");
    shifts_white = facts.type.starts_with("msl320cp");
}

void LightObject::take(const Json& item) {
    for (const auto member : members)
        if (const Json* value = find_member(item, {member}); value && value->is_number())
            object_[std::string(member)] = *value;
    if (!effect_runs()) object_.erase("effect");
    // A SET of brightness alone may be all that `capacity` speaks of.
    if ((bits() & capacity::rgb) != 0)
        colour_bit_ = capacity::rgb;
    else if ((bits() & capacity::temperature) != 0)
        colour_bit_ = capacity::temperature;
}

int LightObject::bits() const noexcept {
    const auto bits = int_or(object_, {"capacity"}, 0);
    return bits > 0 && bits <= 0xFF ? static_cast<int>(bits) : 0;
}

std::optional<int> LightObject::luminance() const noexcept {
    const auto level = int_or(object_, {"luminance"}, -1);
    if (level < 1 || level > 100) return std::nullopt;
    return static_cast<int>(level);
}

std::optional<std::int64_t> LightObject::rgb() const noexcept {
    const auto colour = int_or(object_, {"rgb"}, -1);
    if (colour < 0 || colour > 0xFFFFFF) return std::nullopt;
    return colour;
}

std::optional<std::int64_t> LightObject::temperature() const noexcept {
    const auto native = int_or(object_, {"temperature"}, -1);
    if (native < 1 || native > 100) return std::nullopt;
    return native;
}

std::optional<std::size_t> LightObject::effect() const noexcept {
    const auto index = int_or(object_, {"effect"}, -1);
    if (index < 0) return std::nullopt;
    return static_cast<std::size_t>(index);
}

int LightObject::told_abilities() const noexcept {
    int told = bits() & (capacity::rgb | capacity::temperature | capacity::luminance);
    if (rgb()) told |= capacity::rgb;
    if (temperature()) told |= capacity::temperature;
    if (luminance()) told |= capacity::luminance;
    return told;
}

std::optional<std::size_t> Lamp::effect() const {
    if (!object.effect_runs()) return std::nullopt;
    auto index = object.effect();
    return index ? index : effects.enabled();
}

std::optional<int> Lamp::luminance() const {
    const auto index = effect();
    const auto of_effect = index ? effects.luminance(*index) : std::nullopt;
    return of_effect ? of_effect : object.luminance();
}

}  // namespace lanbridge::meross
