#include <algorithm>
#include <cmath>

#include "meross/features/features.hpp"
#include "meross/features/light_late_switch.hpp"
#include "meross/features/light_requests.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

using model::ValueKind;

constexpr std::string_view speed_key = "effect_speed";
constexpr model::NumberRange brightness_range{1, 100, 1};
constexpr model::NumberRange kelvin_range{warmest_kelvin, coldest_kelvin, 1};
/// Home Assistant's own; whatever is above 0 is the lamp's one fade.
constexpr model::NumberRange transition_range{0, 6553, 0.1};
/// Where nobody pushes, effects are read as often as the rest while one runs.
constexpr std::chrono::seconds effect_period{30};

model::PartDescription part_of(std::string name, ValueKind kind, bool commandable = true) {
    model::PartDescription part;
    part.name = std::move(name);
    part.kind = kind;
    part.commandable = commandable;
    return part;
}

model::PartDescription quantity(std::string name, const model::NumberRange& range) {
    auto part = part_of(std::move(name), ValueKind::number);
    part.range = range;
    return part;
}

/// Home Assistant's words for what a lamp can show.
std::vector<std::string> color_modes(const Lamp& lamp) {
    std::vector<std::string> modes;
    if (lamp.can(capacity::temperature)) modes.emplace_back("color_temp");
    if (lamp.can(capacity::rgb)) modes.emplace_back("rgb");
    // With colours, brightness is what a running effect leaves to be set.
    if (modes.empty() || !lamp.effects.empty())
        modes.emplace_back(lamp.can(capacity::luminance) || !modes.empty() ? "brightness" : "onoff");
    return modes;
}

/// A lamp: Control.Light, Control.Light.Effect, and the ToggleX channel that switches it.
class Light final : public Feature {
public:
    explicit Light(const Facts& facts) : lamp_(facts), key_("light_" + std::to_string(lamp_.kind.channel)) {
        // What the digest tells belongs into the first description.
        take_light(payload_of("light", member_of(facts.digest, "light")));
        lamp_.effects.take(payload_of("effect", member_of(facts.digest, "light.effect")));
    }

    void describe(std::vector<model::EntityDescription>& out) const override {
        if (refused_) return;
        out.push_back(light());
        if (!lamp_.effects.empty() && !lamp_.effects.numbers_only()) out.push_back(effect_speed());
    }

    void polls(std::vector<Poll>& out) const override {
        add_poll(ask_light(), out);
        if (lamp_.kind.toggled) add_poll(ask_toggle(), out);
        if (lamp_.kind.lists_effects) add_poll(ask_effects(), out);
    }

    bool reads(std::string_view name_space) const override {
        return name_space == ns::light || (lamp_.kind.toggled && name_space == ns::togglex) ||
               (lamp_.kind.lists_effects && name_space == ns::light_effect);
    }

    void read(const Reading& reading, model::Observations& out) override {
        if (reading.name_space == ns::togglex) return read_toggle(reading, out);
        const auto abilities = lamp_.abilities();
        const bool faded = lamp_.fades();
        bool changed = false;
        if (reading.name_space == ns::light_effect)
            changed = lamp_.effects.take(reading.payload);
        else if (!take_light(reading.payload))
            return;
        if (changed || lamp_.abilities() != abilities || lamp_.fades() != faded) describe_anew();
        plan_effect_reading(reading);
        observe(out);
    }

    void refused(std::string_view name_space) override { refused_ = refused_ || name_space == ns::light; }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        if (command.entity == speed_key) return change_speed(command);
        if (command.entity != key_) return std::nullopt;
        const auto wishes = light_wishes_of(command);
        if (!wishes) return wishes.error();
        if (lamp_.kind.shifts_white && wishes->rgb && !is_white(*wishes->rgb))
            commanded_ = Commanded{native_of_rgb(strip_colour_sent(*wishes->rgb)), *wishes->rgb};
        return light_action(lamp_, *wishes, late_.needed());
    }

    void accepted(const model::Command& command, const Json&, const Moment& moment,
                  model::Observations&) override {
        const auto wishes = light_wishes_of(command);
        if (command.entity != key_ || !wishes) return;
        late_.cancel();
        if (wishes->on == false || !wishes->changes_light()) return;
        if (lamp_.kind.toggled && lamp_.on != true && !late_.needed()) late_.begin(moment.now);
    }

    std::optional<Moment::TimePoint> wakes_at() const override {
        const auto late = late_.wakes_at();
        if (!late || !effects_due_) return late ? late : effects_due_;
        return std::min(*late, *effects_due_);
    }

    void tick(const Moment& moment, std::vector<Request>& requests, model::Observations&) override {
        const auto step = late_.step(moment.now);
        if (step == LateSwitch::Step::switch_on) requests.push_back(toggle_lamp(lamp_.kind, true));
        // A push tells of this channel only.
        const bool asks = step == LateSwitch::Step::switch_on && (!moment.pushed || lamp_.kind.shares_toggle);
        if (asks || step == LateSwitch::Step::ask) requests.push_back(ask_toggle());
        if (!effects_due_ || *effects_due_ > moment.now) return;
        effects_due_ = moment.now + effect_period;
        if (!moment.pushed) requests.push_back(ask_effects());
    }

    std::string_view memory_topic() const override { return "light"; }

    std::optional<std::string> memory() const override {
        Json memory = Json::object();
        if (late_.needed()) memory["toggle_too"] = lamp_.kind.firmware;
        if (commanded_)
            memory["colour"] = {{"sent", commanded_->sent}, {"wanted", rgb_text(commanded_->wanted)}};
        if (memory.empty()) return std::nullopt;
        return dump_json(memory);
    }

    void restore(const Json& memory, std::int64_t) override {
        // Other firmware may have other habits.
        const auto firmware = string_or(memory, {"toggle_too"}, "");
        late_.set_needed(!firmware.empty() && firmware == lamp_.kind.firmware);
        const auto wanted = parse_rgb(string_or(memory, {"colour", "wanted"}, ""));
        if (wanted) commanded_ = Commanded{int_or(memory, {"colour", "sent"}, -1), *wanted};
    }

private:
    /// A colour as it was wanted and as it went to a strip that cannot show it: while the strip reports the
    /// second, it shows the first.
    struct Commanded {
        std::int64_t sent;
        Rgb wanted;
    };

    static const Json& member_of(const Json& object, std::string_view key) {
        static const Json nothing;
        const Json* found = find_member(object, {key});
        return found ? *found : nothing;
    }

    static void add_poll(Request request, std::vector<Poll>& out) {
        out.emplace_back(request.name_space, std::move(request.payload));
    }

    model::EntityDescription light() const {
        model::EntityDescription light;
        light.key = key_;
        light.component = model::Component::light;
        light.naming = lamp_.kind.main_feature ? model::Naming::main : model::Naming::given;
        if (!lamp_.kind.main_feature) light.name = "Light";
        const auto modes = color_modes(lamp_);
        light.parts.push_back(part_of("state", ValueKind::on_off));
        if (modes.front() != "onoff") light.parts.push_back(quantity("brightness", brightness_range));
        if (lamp_.can(capacity::temperature)) light.parts.push_back(quantity("color_temp", kelvin_range));
        if (lamp_.can(capacity::rgb)) light.parts.push_back(part_of("rgb", ValueKind::text));
        light.parts.push_back(part_of("color_mode", ValueKind::option, false));
        light.parts.back().options = modes;
        if (!lamp_.effects.empty()) {
            light.parts.push_back(part_of("effect", ValueKind::option));
            light.parts.back().options = lamp_.effects.names();
        }
        if (!lamp_.fades()) return light;
        light.parts.push_back(quantity("transition", transition_range));
        light.parts.back().readable = false;
        return light;
    }

    static model::EntityDescription effect_speed() {
        auto speed = model::make_number(std::string(speed_key), model::NumberRange{1, 100, 1}, "");
        speed.category = model::Category::config;
        speed.enabled_by_default = false;
        return speed;
    }

    /// Whether it was about this lamp.
    bool take_light(const Json& payload) {
        bool mine = false;
        for_each_item(payload, "light", [&](const Json& item) {
            // With one lamp the channel may be left out.
            if (int_or(item, {"channel"}, lamp_.kind.channel) != lamp_.kind.channel) return;
            mine = true;
            lamp_.object.take(item);
            const auto on = flag_of(item, "onoff");
            if (on && !lamp_.kind.toggled) lamp_.on = on;
        });
        if (mine) refused_ = false;
        return mine;
    }

    void read_toggle(const Reading& reading, model::Observations& out) {
        for_each_item(reading.payload, "togglex", [&](const Json& item) {
            const auto on = flag_of(item, "onoff");
            if (!on || channel_of(item) != lamp_.kind.channel) return;
            lamp_.on = on;
            late_.saw(*on, reading.now);
            out.emplace_back(key_, *on);
        });
    }

    void plan_effect_reading(const Reading& reading) {
        if (!lamp_.kind.lists_effects || !lamp_.object.effect_runs())
            effects_due_.reset();
        else if (!effects_due_ || reading.name_space == ns::light_effect)
            effects_due_ = reading.now + effect_period;
    }

    void observe(model::Observations& out) const {
        if (!lamp_.kind.toggled && lamp_.on) out.emplace_back(key_, *lamp_.on);
        if (lamp_.object.json().empty()) return;
        const auto modes = color_modes(lamp_);
        const auto luminance = lamp_.luminance();
        if (modes.front() != "onoff" && luminance)
            out.emplace_back(key_, "brightness", std::int64_t{*luminance});
        const auto kelvin = this->kelvin();
        const auto colour = this->colour();
        if (lamp_.can(capacity::temperature)) out.emplace_back(key_, "color_temp", kelvin);
        if (lamp_.can(capacity::rgb)) out.emplace_back(key_, "rgb", colour);
        const auto mode = shown_mode();
        // After its value and never without it: Home Assistant complains of a mode that is incomplete.
        const bool valued = mode == "rgb"          ? colour != model::Value()
                            : mode == "color_temp" ? kelvin != model::Value()
                                                   : true;
        out.emplace_back(key_, "color_mode", valued ? model::Value(std::string(mode)) : model::Value());
        observe_effect(out);
    }

    void observe_effect(model::Observations& out) const {
        if (lamp_.effects.empty()) return;
        const auto index = lamp_.effect();
        const bool known = index && *index + 1 < lamp_.effects.names().size();
        model::Value name;
        if (known) name = lamp_.effects.names()[*index];
        if (!lamp_.object.effect_runs()) name = std::string(no_effect);
        out.emplace_back(key_, "effect", std::move(name));
        if (lamp_.effects.numbers_only()) return;
        const auto speed = index ? lamp_.effects.speed(*index) : std::nullopt;
        out.emplace_back(speed_key, speed ? model::Value(std::int64_t{*speed}) : model::Value());
    }

    std::string_view shown_mode() const {
        const bool colours = lamp_.can(capacity::rgb | capacity::temperature);
        if (!colours) return lamp_.can(capacity::luminance) ? "brightness" : "onoff";
        if (lamp_.object.effect_runs() && !lamp_.effects.empty()) return "brightness";
        if (!lamp_.can(capacity::rgb)) return "color_temp";
        if (!lamp_.can(capacity::temperature)) return "rgb";
        const bool only_colour = !lamp_.object.temperature() && lamp_.object.rgb();
        const bool rgb =
            lamp_.object.colour_bit() == capacity::rgb || (lamp_.object.colour_bit() == 0 && only_colour);
        return rgb ? "rgb" : "color_temp";
    }

    model::Value kelvin() const {
        const auto native = lamp_.object.temperature();
        if (!native) return {};
        return std::int64_t{kelvin_of_native(*native)};
    }

    model::Value colour() const {
        const auto native = lamp_.object.rgb();
        const auto rgb = native ? rgb_of_native(*native) : std::nullopt;
        if (!rgb) return {};
        if (!lamp_.kind.shifts_white) return rgb_text(*rgb);
        if (commanded_ && commanded_->sent == *native) return rgb_text(commanded_->wanted);
        return rgb_text(strip_colour_shown(*rgb));
    }

    std::optional<Result<Action>> change_speed(const model::Command& command) const {
        if (!lamp_.kind.lists_effects) return std::nullopt;
        const auto speed = number_of(command);
        if (!speed) return speed.error();
        return effect_speed_action(lamp_, static_cast<int>(std::lround(*speed)));
    }

    Lamp lamp_;
    std::string key_;
    LateSwitch late_;
    /// Noted when the command is made: the device's answer is read before the command counts as accepted.
    mutable std::optional<Commanded> commanded_;
    std::optional<Moment::TimePoint> effects_due_;
    bool refused_ = false;
};

}  // namespace

FeaturePtr make_light(const Facts& facts) {
    // A diffuser's light speaks another language.
    if (!facts.has(ns::light) || facts.has(ns::diffuser_light)) return nullptr;
    return std::make_unique<Light>(facts);
}

}  // namespace lanbridge::meross
