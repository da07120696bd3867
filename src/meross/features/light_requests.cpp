#include "meross/features/light_requests.hpp"

#include <cmath>

#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

Result<std::optional<int>> rounded(const model::Command& command, std::string_view part) {
    const auto* wish = command.wish(part);
    if (!wish) return std::optional<int>();
    double scratch = 0;
    const double* number = model::as_double(*wish, scratch);
    if (!number) return Error(Errc::invalid_value, std::string(part) + " takes a number");
    return std::optional<int>(static_cast<int>(std::lround(*number)));
}

template <class T>
const T* wish_of(const model::Command& command, std::string_view part) {
    const auto* wish = command.wish(part);
    return wish ? std::get_if<T>(wish) : nullptr;
}

Request set_light(Json object) {
    return Request(ns::light, Method::set, payload_of("light", std::move(object)));
}

Request set_effect(Json effect) {
    return Request(ns::light_effect, Method::set, payload_of("effect", list_of(std::move(effect))));
}

/// The last object, without what this lamp does not want back.
Json whole_object(const Lamp& lamp) {
    Json object = lamp.object.json();
    object["channel"] = lamp.kind.channel;
    object.erase("onoff");
    if (!lamp.kind.full_set) return object;
    object.erase("gradual");
    object["rgb"] = -1;
    object["temperature"] = -1;
    return object;
}

/// Without ToggleX, what lights the lamp is part of its object.
void add_onoff(const Lamp& lamp, Json& object) {
    if (!lamp.kind.toggled && lamp.on != true) object["onoff"] = 1;
}

void add_gradual(const Lamp& lamp, const LightWishes& wishes, Json& object) {
    if (wishes.gradual && lamp.fades()) object["gradual"] = *wishes.gradual ? 1 : 0;
}

/// White from its own LEDs where colour is only a poor imitation of it.
LightWishes with_true_white(const Lamp& lamp, LightWishes wishes) {
    if (!lamp.kind.shifts_white || !wishes.rgb || !is_white(*wishes.rgb)) return wishes;
    if (!lamp.can(capacity::temperature)) return wishes;
    wishes.rgb.reset();
    wishes.temperature = native_of_kelvin(coldest_kelvin);
    return wishes;
}

/// What `capacity` says when an effect ends.
int bits_without_effect(const Lamp& lamp) {
    const int bits = lamp.object.bits() & ~capacity::effect;
    return bits != 0 ? bits : lamp.object.colour_bit() | capacity::luminance;
}

void put_colour(const Lamp& lamp, const LightWishes& wishes, Json& object) {
    if (wishes.rgb)
        object["rgb"] = native_of_rgb(lamp.kind.shifts_white ? strip_colour_sent(*wishes.rgb) : *wishes.rgb);
    if (wishes.temperature) object["temperature"] = *wishes.temperature;
    const auto luminance = wishes.luminance ? wishes.luminance : lamp.luminance();
    if (luminance) object["luminance"] = *luminance;
    const int light = luminance ? capacity::luminance : 0;
    object["capacity"] = light | (wishes.rgb ? capacity::rgb : capacity::temperature);
}

void put_brightness(const Lamp& lamp, const LightWishes& wishes, Json& object) {
    object["luminance"] = *wishes.luminance;
    object["capacity"] = static_cast<int>(capacity::luminance);
    if (!lamp.kind.keeps_colour) return;
    for (const char* name : {"rgb", "temperature"})
        if (const Json* present = find_member(lamp.object.json(), {name})) object[name] = *present;
}

/// Colour, temperature or brightness; also the end of an effect.
Request plain_light(const Lamp& lamp, const LightWishes& wished) {
    const auto wishes = with_true_white(lamp, wished);
    const bool ends_effect = wishes.effect.has_value();
    Json object = ends_effect || lamp.kind.full_set ? whole_object(lamp) : channel_object(lamp.kind.channel);
    if (wishes.has_colour())
        put_colour(lamp, wishes, object);
    else if (wishes.luminance && !ends_effect)
        put_brightness(lamp, wishes, object);
    else
        object["capacity"] = bits_without_effect(lamp);
    if (ends_effect) object.erase("effect");
    if (wishes.luminance) object["luminance"] = *wishes.luminance;
    add_onoff(lamp, object);
    add_gradual(lamp, wishes, object);
    return set_light(std::move(object));
}

/// Starts an effect that the device knows by number only.
Request numbered_effect(const Lamp& lamp, const LightWishes& wishes, std::size_t index) {
    Json object = whole_object(lamp);
    object["effect"] = index;
    object["capacity"] = lamp.object.bits() | capacity::effect;
    if (wishes.luminance) object["luminance"] = *wishes.luminance;
    add_onoff(lamp, object);
    return set_light(std::move(object));
}

/// Brightness alone must not end a running effect.
Request effect_brightness(const Lamp& lamp, const LightWishes& wishes) {
    const auto index = lamp.effect();
    if (index && lamp.effects.listed(*index))
        return set_effect(lamp.effects.enabled_object(*index, wishes.luminance, std::nullopt));
    Json object = channel_object(lamp.kind.channel);
    object["capacity"] = capacity::luminance | capacity::effect;
    if (index) object["effect"] = *index;
    object["luminance"] = *wishes.luminance;
    add_onoff(lamp, object);
    return set_light(std::move(object));
}

Result<Request> light_request(const Lamp& lamp, const LightWishes& wishes) {
    if (wishes.effect && *wishes.effect != no_effect) {
        const auto index = lamp.effects.find(*wishes.effect);
        if (!index) return Error(Errc::invalid_value, "the lamp has no effect " + *wishes.effect);
        if (!lamp.effects.listed(*index)) return numbered_effect(lamp, wishes, *index);
        return set_effect(lamp.effects.enabled_object(*index, wishes.luminance, std::nullopt));
    }
    const bool brightness_alone = !wishes.has_colour() && !wishes.effect;
    if (brightness_alone && lamp.object.effect_runs()) return effect_brightness(lamp, wishes);
    if (wishes.rgb && wishes.temperature)
        return Error(Errc::invalid_value, "a lamp takes a colour or a temperature, not both");
    if (wishes.effect && lamp.object.json().empty())
        return Error(Errc::unsupported, "the lamp has not yet told what it shows; try again once it has");
    return plain_light(lamp, wishes);
}

Result<Action> switch_action(const Lamp& lamp, bool on) {
    if (lamp.kind.toggled) {
        Action action(toggle_lamp(lamp.kind, on));
        action.read_back.push_back(ask_toggle());
        action.read_back_always = lamp.kind.shares_toggle;
        return action;
    }
    Json object = channel_object(lamp.kind.channel);
    object["onoff"] = on ? 1 : 0;
    Action action(set_light(std::move(object)));
    action.read_back.push_back(ask_light());
    action.reply_is_reading = true;
    return action;
}

Action action_of(Request request) {
    const bool effect = request.name_space == ns::light_effect;
    Action action(std::move(request));
    action.reply_is_reading = true;  // some firmware answers with the new object, some with nothing
    action.read_back.push_back(ask_light());
    if (effect) action.read_back.push_back(ask_effects());
    return action;
}

}  // namespace

Result<LightWishes> light_wishes_of(const model::Command& command) {
    LightWishes wishes;
    if (const auto* on = wish_of<bool>(command, "state")) wishes.on = *on;
    if (const auto* effect = wish_of<std::string>(command, "effect")) wishes.effect = *effect;
    auto luminance = rounded(command, "brightness");
    if (!luminance) return std::move(luminance).error();
    wishes.luminance = *luminance;
    auto kelvin = rounded(command, "color_temp");
    if (!kelvin) return std::move(kelvin).error();
    if (*kelvin) wishes.temperature = native_of_kelvin(**kelvin);
    double scratch = 0;
    if (const auto* wish = command.wish("transition"))
        if (const double* seconds = model::as_double(*wish, scratch)) wishes.gradual = *seconds > 0;
    if (const auto* text = wish_of<std::string>(command, "rgb")) {
        wishes.rgb = parse_rgb(*text);
        if (!wishes.rgb)
            return Error(Errc::invalid_value, "rgb takes three levels from 0 to 255, as in 255,120,0");
    }
    return wishes;
}

Result<Action> light_action(const Lamp& lamp, const LightWishes& wishes, bool toggle_too) {
    if (wishes.on == false) return switch_action(lamp, false);
    if (!wishes.changes_light()) {
        if (wishes.on) return switch_action(lamp, true);
        return Error(Errc::unsupported, "a transition alone changes nothing");
    }
    auto request = light_request(lamp, wishes);
    if (!request) return std::move(request).error();
    const bool twice = lamp.kind.temperature_twice && request->name_space == ns::light && wishes.temperature;
    Action action = action_of(*std::move(request));
    if (twice) action.then.push_back(action.request);
    if (!lamp.kind.toggled || !toggle_too || lamp.on == true) return action;
    action.then.push_back(toggle_lamp(lamp.kind, true));
    action.read_back.push_back(ask_toggle());
    action.read_back_always = lamp.kind.shares_toggle;
    return action;
}

Result<Action> effect_speed_action(const Lamp& lamp, int speed) {
    const auto index = lamp.effect();
    if (!index || !lamp.effects.listed(*index))
        return Error(Errc::unsupported, "no effect is running whose speed could be set");
    return action_of(set_effect(lamp.effects.enabled_object(*index, std::nullopt, speed)));
}

Request toggle_lamp(const LampKind& kind, bool on) {
    Json relay = channel_object(kind.channel);
    relay["onoff"] = on ? 1 : 0;
    return Request(ns::togglex, Method::set, payload_of("togglex", std::move(relay)));
}

Request ask_toggle() { return Request(ns::togglex, Method::get, payload_of("togglex", Json::array())); }
Request ask_light() { return Request(ns::light, Method::get, payload_of("light", Json::object())); }
Request ask_effects() { return Request(ns::light_effect, Method::get, payload_of("effect", Json::array())); }

}  // namespace lanbridge::meross
