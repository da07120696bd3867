#include <algorithm>
#include <array>

#include "meross/features/features.hpp"
#include "meross/features/light_color.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"
#include "meross/features/whole_number.hpp"

namespace lanbridge::meross {
namespace {

/// The member `mode`: one colour of the user's, or what the lamp does by itself.
constexpr int own_colour = 1;
struct Effect {
    std::string_view name;
    int mode;
};
constexpr std::array effects{Effect{"rainbow", 0}, Effect{"temperature", 2}};

constexpr int brightest = 100;

std::string key_of(int channel) { return "light_" + std::to_string(channel); }

model::PartDescription part_of(std::string name, model::ValueKind kind) {
    model::PartDescription part;
    part.name = std::move(name);
    part.kind = kind;
    part.commandable = true;
    return part;
}

/// The lamp in a diffuser.
class DiffuserLight final : public Feature {
public:
    explicit DiffuserLight(const Facts& facts) {
        if (const Json* shown = find_member(facts.digest, {"diffuser"}))
            for_each_item(*shown, "light", [this](const Json& item) { learn(channel_of(item)); });
        if (channels_.empty()) channels_.push_back(0);
    }

    void describe(std::vector<model::EntityDescription>& out) const override {
        for (int channel : channels_) {
            model::EntityDescription light;
            light.key = key_of(channel);
            light.component = model::Component::light;
            light.naming = channels_.size() == 1 ? model::Naming::main : model::Naming::given;
            if (channels_.size() > 1) light.name = "Light " + std::to_string(channel);
            describe_parts(light.parts);
            out.push_back(std::move(light));
        }
    }

    // mod100 3.1.5 does not answer this; where it stays silent, the digest is read instead.
    void polls(std::vector<Poll>& out) const override {
        out.emplace_back(ns::diffuser_light, payload_of("light", Json::object()),
                         static_cast<int>(channels_.size()));
    }

    bool reads(std::string_view name_space) const override { return name_space == ns::diffuser_light; }

    void read(const Reading& reading, model::Observations& out) override {
        for_each_item(reading.payload, "light", [&](const Json& item) {
            const int channel = channel_of(item);
            if (std::ranges::find(channels_, channel) != channels_.end()) show(key_of(channel), item, out);
        });
    }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        const auto channel = std::ranges::find(channels_, command.entity, key_of);
        if (channel == channels_.end()) return std::nullopt;
        auto light = wished(command);
        if (!light) return light.error().in(command.entity);
        (*light)["channel"] = *channel;
        Action action(
            Request(ns::diffuser_light, Method::set, payload_of("light", list_of(std::move(*light)))));
        action.reply_is_reading = true;
        action.read_back.emplace_back(ns::system_all, Method::get, payload_of("all", Json::object()));
        return action;
    }

private:
    static void describe_parts(std::vector<model::PartDescription>& parts) {
        parts.push_back(part_of("state", model::ValueKind::on_off));
        auto brightness = part_of("brightness", model::ValueKind::number);
        brightness.range = model::NumberRange{1, brightest, 1};
        parts.push_back(std::move(brightness));
        parts.push_back(part_of("rgb", model::ValueKind::text));
        auto mode = part_of("color_mode", model::ValueKind::option);
        mode.commandable = false;
        mode.options.emplace_back("rgb");
        parts.push_back(std::move(mode));
        auto effect = part_of("effect", model::ValueKind::option);
        for (const auto& each : effects) effect.options.emplace_back(each.name);
        parts.push_back(std::move(effect));
    }

    static void show(const std::string& key, const Json& item, model::Observations& out) {
        if (const auto on = flag_of(item, "onoff")) out.emplace_back(key, *on);
        if (const auto luminance = int_or(item, {"luminance"}, 0); luminance >= 1 && luminance <= brightest)
            out.emplace_back(key, "brightness", luminance);
        if (const auto rgb = rgb_of_native(int_or(item, {"rgb"}, -1))) {
            out.emplace_back(key, "color_mode", std::string("rgb"));
            out.emplace_back(key, "rgb", rgb_text(*rgb));
        }
        const auto mode = int_or(item, {"mode"}, -1);
        if (mode == own_colour) out.emplace_back(key, "effect", model::Value());
        for (const auto& effect : effects)
            if (effect.mode == mode) out.emplace_back(key, "effect", std::string(effect.name));
    }

    /// Anything but "off" lights the lamp; what is not wished for stays as it was.
    static Result<Json> wished(const model::Command& command) {
        const auto* state = command.wish("state");
        const bool* on = state ? std::get_if<bool>(state) : nullptr;
        if (on && !*on) return payload_of("onoff", 0);
        Json light = payload_of("onoff", 1);
        if (auto added = add_colour(command, light); !added) return std::move(added).error();
        if (const auto* brightness = command.wish("brightness")) {
            const auto luminance =
                whole_number_of(model::Command(command.device, "brightness", "state", *brightness));
            if (!luminance) return luminance.error();
            light["luminance"] = *luminance;
        }
        return light;
    }

    /// An effect goes before a colour, which the lamp could not show beside it.
    static Result<void> add_colour(const model::Command& command, Json& light) {
        if (const auto* wish = command.wish("effect")) {
            const auto* name = std::get_if<std::string>(wish);
            const auto effect =
                std::ranges::find_if(effects, [name](const Effect& e) { return name && e.name == *name; });
            if (effect == effects.end()) return Error(Errc::invalid_value, "there is no such effect");
            light["mode"] = effect->mode;
        } else if (const auto* colour = command.wish("rgb")) {
            const auto* text = std::get_if<std::string>(colour);
            const auto rgb = parse_rgb(text ? *text : std::string());
            if (!rgb)
                return Error(Errc::invalid_value,
                             "a colour is three numbers from 0 to 255, such as 255,127,0");
            light["mode"] = own_colour;
            light["rgb"] = native_of_rgb(*rgb);
        }
        return {};
    }

    void learn(int channel) {
        if (channel >= 0 && std::ranges::find(channels_, channel) == channels_.end())
            channels_.push_back(channel);
    }

    std::vector<int> channels_;
};

}  // namespace

FeaturePtr make_diffuser_light(const Facts& facts) {
    if (!facts.has(ns::diffuser_light)) return nullptr;
    return std::make_unique<DiffuserLight>(facts);
}

}  // namespace lanbridge::meross
