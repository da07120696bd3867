#include <algorithm>
#include <array>
#include <cmath>

#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"
#include "meross/hub/list_items.hpp"
#include "meross/hub/subdevices.hpp"

namespace lanbridge::meross {
namespace {

constexpr double scale = 10;          // 0.1 °C
constexpr double adjust_scale = 100;  // 0.01 °C
constexpr double step = 0.5;

/// The valve's modes are what people know as presets; on and off is a switch of its own.
struct Mode {
    std::int64_t state;
    std::string_view preset;
};
constexpr std::int64_t manual = 0;
constexpr std::array modes{
    Mode{manual, "custom"}, Mode{1, "comfort"}, Mode{2, "sleep"}, Mode{3, "auto"}, Mode{4, "away"},
};

/// The temperature that a mode heats to.
struct SetPoint {
    std::string_view entity;
    std::string_view member;
};
constexpr std::array set_points{
    SetPoint{"preset_comfort", "comfort"},
    SetPoint{"preset_sleep", "economy"},
    SetPoint{"preset_away", "away"},
};

model::PartDescription choice(std::string name, std::vector<std::string> options, bool commandable) {
    model::PartDescription part;
    part.name = std::move(name);
    part.kind = model::ValueKind::option;
    part.options = std::move(options);
    part.commandable = commandable;
    return part;
}

model::PartDescription quantity(std::string name) {
    model::PartDescription part;
    part.name = std::move(name);
    part.kind = model::ValueKind::number;
    return part;
}

/// What hubs put into the place of a subdevice that they list twice.
bool zero_filled(const Json& temperatures) noexcept {
    return int_or(temperatures, {"min"}, -1) == 0 && int_or(temperatures, {"max"}, -1) == 0;
}

/// A radiator valve: mts100, mts100v3, mts150.
class Valve final : public Feature {
public:
    explicit Valve(const SubdeviceFacts& facts) : id_(facts.id), heating_rule_(facts.options.heating_rule) {}

    void describe(std::vector<model::EntityDescription>& out) const override {
        out.push_back(climate());
        auto temperature = model::make_sensor("temperature", "temperature", "°C", "measurement");
        temperature.precision = 1;
        out.push_back(std::move(temperature));
        out.push_back(model::make_number("adjust", model::NumberRange{-5, 5, step}, "°C"));
        for (const auto& point : set_points)
            out.push_back(model::make_number(std::string(point.entity), limits_, "°C"));
        auto window = model::make_binary_sensor("window", "window");
        window.naming = model::Naming::class_name;
        out.push_back(std::move(window));
    }

    void polls(std::vector<Poll>& out) const override {
        out.emplace_back(ns::hub_valve_all, item_of(id_));
        out.emplace_back(ns::hub_valve_adjust, item_of(id_));
    }

    bool reads(std::string_view name_space) const override {
        constexpr std::array mine{ns::digest_hub,    ns::hub_togglex,           ns::hub_valve_adjust,
                                  ns::hub_valve_all, ns::hub_valve_temperature, ns::hub_valve_mode};
        return std::ranges::find(mine, name_space) != mine.end();
    }

    void read(const Reading& reading, model::Observations& out) override {
        const Json& item = reading.payload;
        if (reading.name_space == ns::hub_valve_adjust) return read_adjust(item, out);
        if (reading.name_space == ns::digest_hub) read_digest(item);
        if (reading.name_space == ns::hub_togglex) read_switch(item);
        if (reading.name_space == ns::hub_valve_mode) read_mode(item, "state");
        if (reading.name_space == ns::hub_valve_temperature) read_temperatures(item, out);
        if (reading.name_space == ns::hub_valve_all) read_all(item, out);
        show(out);
    }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        if (command.entity == "climate") return command_climate(command);
        if (command.entity == "adjust") return set_adjust(command);
        const auto point = std::ranges::find(set_points, command.entity, &SetPoint::entity);
        if (point == set_points.end()) return std::nullopt;
        const auto number = number_of(command);
        if (!number) return number.error();
        return confirmed(Action(set_temperature(point->member, *number)));
    }

private:
    model::EntityDescription climate() const {
        model::EntityDescription climate;
        climate.key = "climate";
        climate.component = model::Component::climate;
        climate.naming = model::Naming::main;
        climate.precision = 1;
        std::vector<std::string> presets;
        for (const auto& mode : modes) presets.emplace_back(mode.preset);
        climate.parts.push_back(choice("mode", {"off", "heat"}, true));
        climate.parts.push_back(choice("preset_mode", std::move(presets), true));
        auto target = quantity("temperature");
        target.range = limits_;
        target.commandable = true;
        climate.parts.push_back(std::move(target));
        climate.parts.push_back(choice("action", {"off", "heating", "idle"}, false));
        climate.parts.push_back(quantity("current_temperature"));
        return climate;
    }

    void read_switch(const Json& item) {
        if (const auto on = flag_of(item, "onoff")) on_ = on;
    }

    void read_mode(const Json& item, std::string_view member) {
        const auto state = int_or(item, {member}, -1);
        if (std::ranges::find(modes, state, &Mode::state) != modes.end()) mode_ = state;
    }

    void read_digest(const Json& item) {
        const Json* valve = typed_object(item, {"mts150", "mts150p", "mts100v3", "mts100"});
        if (!valve) return;
        read_switch(item);
        read_mode(*valve, "mode");
        if (const auto room = scaled(*valve, "updateTemp", scale)) room_ = room;
        if (const auto target = scaled(*valve, "currentSet", scale)) target_ = target;
    }

    void read_all(const Json& item, model::Observations& out) {
        const Json* temperatures = find_member(item, {"temperature"});
        if (temperatures && zero_filled(*temperatures)) return;
        all_answers_ = true;
        if (temperatures) read_temperatures(*temperatures, out);
        if (const Json* toggle = find_member(item, {"togglex"})) read_switch(*toggle);
        if (const Json* mode = find_member(item, {"mode"})) read_mode(*mode, "state");
    }

    /// A push tells only what has changed.
    void read_temperatures(const Json& item, model::Observations& out) {
        if (zero_filled(item)) return;
        read_limits(item);
        if (const auto room = scaled(item, "room", scale)) room_ = room;
        if (const auto target = scaled(item, "currentSet", scale)) target_ = target;
        if (const auto heating = flag_of(item, "heating")) heating_ = heating;
        if (const auto open = flag_of(item, "openWindow")) out.emplace_back("window", *open);
        for (const auto& point : set_points)
            if (const auto degrees = scaled(item, point.member, scale))
                out.emplace_back(point.entity, *degrees);
    }

    void read_limits(const Json& item) {
        const model::NumberRange told{scaled(item, "min", scale).value_or(limits_.min),
                                      scaled(item, "max", scale).value_or(limits_.max), step};
        if (told == limits_ || told.min >= told.max) return;
        limits_ = told;
        describe_anew();
    }

    static void read_adjust(const Json& item, model::Observations& out) {
        if (const auto degrees = scaled(item, "temperature", adjust_scale))
            out.emplace_back("adjust", *degrees);
    }

    void show(model::Observations& out) const {
        if (on_) out.emplace_back("climate", "mode", std::string(*on_ ? "heat" : "off"));
        const auto mode = std::ranges::find(modes, mode_.value_or(-1), &Mode::state);
        if (mode != modes.end()) out.emplace_back("climate", "preset_mode", std::string(mode->preset));
        if (target_) out.emplace_back("climate", "temperature", *target_);
        if (room_) out.emplace_back("climate", "current_temperature", *room_);
        if (room_) out.emplace_back("temperature", *room_);
        if (const auto doing = action(); !doing.empty())
            out.emplace_back("climate", "action", std::string(doing));
    }

    /// "" = not known. Many a mts150 never reports that it heats; whoever has one tells us to compare.
    std::string_view action() const noexcept {
        if (!on_) return {};
        if (!*on_) return "off";
        if (heating_rule_ && target_ && room_) return *target_ > *room_ ? "heating" : "idle";
        if (!heating_) return {};
        return *heating_ ? "heating" : "idle";
    }

    Result<Action> command_climate(const model::Command& command) const {
        if (command.part == "temperature") {
            const auto number = number_of(command);
            if (!number) return number.error();
            return heat_to(*number);
        }
        const auto* word = std::get_if<std::string>(&command.value);
        if (word && command.part == "mode") return confirmed(Action(set_switch(*word == "heat")));
        const auto mode = std::ranges::find(modes, word ? std::string_view(*word) : "", &Mode::preset);
        if (command.part == "preset_mode" && mode != modes.end()) return set_preset(mode->state);
        return Error(Errc::invalid_value, "climate/" + command.part + " does not take this");
    }

    /// Only in manual mode does the valve follow the temperature that people set.
    Action heat_to(double degrees) const {
        const auto custom = set_temperature("custom", degrees);
        if (mode_ == manual) return confirmed(Action(custom));
        Action action(set_mode(manual));
        action.then.push_back(custom);
        return confirmed(std::move(action));
    }

    Action set_preset(std::int64_t state) const {
        Action action(set_mode(state));
        if (on_ == false) action.then.push_back(set_switch(true));
        return confirmed(std::move(action));
    }

    Result<Action> set_adjust(const model::Command& command) const {
        const auto number = number_of(command);
        if (!number) return number.error();
        Action action(set_item(ns::hub_valve_adjust, "adjust",
                               item_of(id_, "temperature", std::llround(*number * adjust_scale))));
        action.read_back.push_back(get_item(ns::hub_valve_adjust, "adjust", id_));
        action.read_back_always = true;  // it is never pushed
        return action;
    }

    Request set_switch(bool on) const {
        return set_item(ns::hub_togglex, "togglex", item_of(id_, "onoff", on ? 1 : 0));
    }
    Request set_mode(std::int64_t state) const {
        return set_item(ns::hub_valve_mode, "mode", item_of(id_, "state", state));
    }
    Request set_temperature(std::string_view member, double degrees) const {
        return set_item(ns::hub_valve_temperature, "temperature",
                        item_of(id_, member, std::llround(degrees * scale)));
    }

    /// A SETACK of Temperature shows all temperatures, that of the others nothing. Whatever was set, mode and
    /// target may have changed with it. A hub with many valves may never answer All.
    Action confirmed(Action action) const {
        action.reply_is_reading = true;
        if (all_answers_) {
            action.read_back.push_back(get_item(ns::hub_valve_all, "all", id_));
            return action;
        }
        action.read_back.push_back(get_all_items(ns::hub_togglex, "togglex"));
        action.read_back.push_back(get_item(ns::hub_valve_mode, "mode", id_));
        action.read_back.push_back(get_item(ns::hub_valve_temperature, "temperature", id_));
        return action;
    }

    std::string id_;
    bool heating_rule_;
    bool all_answers_ = false;
    model::NumberRange limits_{5, 35, step};
    std::optional<bool> on_;
    std::optional<std::int64_t> mode_;
    std::optional<bool> heating_;
    std::optional<double> room_;
    std::optional<double> target_;
};

}  // namespace

FeaturePtr make_valve(const SubdeviceFacts& facts) { return std::make_unique<Valve>(facts); }

}  // namespace lanbridge::meross
