#include <algorithm>
#include <array>

#include "sim/behaviour.hpp"

// Lamps: what of a light is in force, its effects, and whether a colour switches it on.
namespace lanbridge::sim {

namespace {

constexpr std::string_view light_ns = "Appliance.Control.Light";
constexpr std::string_view effect_ns = "Appliance.Control.Light.Effect";
constexpr std::int64_t effect_bit = 8;
constexpr std::int64_t every_bit = 15;

class Lamp final : public Behaviour {
public:
    explicit Lamp(const Blueprint& blueprint)
        : abilities_(int_or(blueprint.ability, {light_ns, "capacity"}, every_bit)),
          dimmer_(blueprint.type().starts_with("mss")),
          switches_itself_(blueprint.type().starts_with("msl")),
          quiet_(blueprint.type().starts_with("hp")) {}

    std::optional<Answer> set(Inside& in, std::string_view name, const Json& payload) override {
        if (name == light_ns) return set_light(in, payload.at("light"));
        if (name == effect_ns) return set_effect(in, payload.at("effect"));
        return {};
    }

private:
    Answer set_light(Inside& in, const Json& wanted) const {
        const auto* payload = in.find(light_ns);
        if (payload == nullptr || !payload->contains("light")) return {};
        auto light = payload->at("light");
        const auto capacity = int_or(wanted, {"capacity"}, int_or(light, {"capacity"}, 0));
        const bool other_channel =
            wanted.contains("channel") && wanted["channel"] != light.value("channel", Json(0));
        // effects are not always among the abilities of a lamp that has them
        if (other_channel || (capacity & ~(abilities_ | effect_bit)) != 0) return {};
        if (dimmer_ && !whole(wanted)) return Json::object();  // does not mind a part of a light
        const auto before = light;
        merge_existing(light, wanted);
        light["capacity"] = capacity;
        const bool effect = (capacity & effect_bit) != 0;
        if (effect && wanted.contains("effect")) light["effect"] = wanted["effect"];
        if (!effect && in.supports(effect_ns)) light.erase("effect");
        in.edit(light_ns)["light"] = light;
        if (in.supports(effect_ns)) mark_effect(in, effect ? int_or(light, {"effect"}, -1) : -1);
        const auto channel = static_cast<int>(int_or(light, {"channel"}, 0));
        if (light != before) in.push_all(light_ns);
        if (switches_itself_ && !light.contains("onoff") && in.relay(channel) == false)
            in.switch_relay(channel, true);
        return quiet_ ? Json::object() : *in.find(light_ns);
    }

    /// On or off alone is enough; else brightness wants the rest with it, and no fading.
    static bool whole(const Json& wanted) {
        if (!wanted.contains("luminance")) return true;
        return wanted.contains("rgb") && wanted.contains("temperature") && !wanted.contains("gradual");
    }

    static Answer set_effect(Inside& in, const Json& wanted) {
        const auto* payload = in.find(effect_ns);
        if (payload == nullptr || in.find(light_ns) == nullptr) return {};
        auto list = payload->at("effect");
        std::int64_t started = -1;
        bool stopped = false;
        for (const auto* item : items_of(wanted)) {
            auto* known = find_item(list, "Id", item->at("Id"));
            if (known == nullptr || !complete(*item)) return {};
            const bool on = int_or(*item, {"enable"}, 0) == 1;
            if (on) started = known - &list[0];
            stopped = stopped || (!on && int_or(*known, {"enable"}, 0) == 1);
            *known = *item;
        }
        in.edit(effect_ns)["effect"] = std::move(list);
        in.push_all(effect_ns);
        if (started >= 0 || stopped) show_effect(in, started);
        return Json::object();
    }

    static bool complete(const Json& effect) {
        static constexpr std::array<const char*, 6> members{"effectName", "iconName", "enable",
                                                            "mode",       "speed",    "member"};
        return std::ranges::all_of(members, [&](const char* member) { return effect.contains(member); });
    }

    static void show_effect(Inside& in, std::int64_t index) {
        mark_effect(in, index);
        auto& light = in.edit(light_ns)["light"];
        const auto capacity = int_or(light, {"capacity"}, 0);
        light["capacity"] = index >= 0 ? capacity | effect_bit : capacity & ~effect_bit;
        if (index >= 0)
            light["effect"] = index;
        else
            light.erase("effect");
        in.push_all(light_ns);
    }

    /// One of them runs, or none.
    static void mark_effect(Inside& in, std::int64_t index) {
        const auto* payload = in.find(effect_ns);
        if (payload == nullptr) return;
        auto marked = *payload;
        std::int64_t place = 0;
        for (auto* effect : items_of(marked["effect"])) (*effect)["enable"] = place++ == index ? 1 : 0;
        if (marked != *payload) in.edit(effect_ns) = std::move(marked);
    }

    std::int64_t abilities_;
    bool dimmer_;
    bool switches_itself_;
    bool quiet_;  ///< says nothing of the new light in its SETACK
};

}  // namespace

std::unique_ptr<Behaviour> make_lamp(const Blueprint& blueprint) { return std::make_unique<Lamp>(blueprint); }

}  // namespace lanbridge::sim
