#include <array>
#include <cmath>
#include <span>

#include "meross/features/climate.hpp"
#include "meross/features/features.hpp"
#include "meross/features/mode_b.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

using namespace mode_b;

/// What the socket can be told to do: a mode or preset, and what it is on the wire.
struct Programme {
    std::string_view word;
    int mode;     ///< see mode_b
    int working;  ///< 0 = stays as it is
};
constexpr std::array modes{
    Programme{"heat", by_hand, heating}, Programme{"cool", by_hand, cooling},
    Programme{"auto", by_schedule, 0}, Programme{"fan_only", by_timer, 0},  // the timer that the device has
};
constexpr std::array presets{
    Programme{"heating", by_hand, heating},
    Programme{"cooling", by_hand, cooling},
    Programme{"schedule_heating", by_schedule, heating},
    Programme{"schedule_cooling", by_schedule, cooling},
};

constexpr double scale = 100;  // 0.01 °C
constexpr model::NumberRange usual_range{0, 50, 0.1};

Request ask() { return Request(ns::thermostat_mode_b, Method::get, mode_b::ask_payload()); }

/// A socket that heats or cools: by hand, by its schedule, or by a timer without regard to the temperature.
class ThermostatB final : public Feature {
public:
    explicit ThermostatB(bool has_timer) : has_timer_(has_timer) {}

    void describe(std::vector<model::EntityDescription>& out) const override {
        auto socket = climate::describe({"off", "heating", "cooling", "fan", "idle"});
        std::vector<std::string> mode_words{"off"};
        for (const auto& programme : modes) mode_words.emplace_back(programme.word);
        std::vector<std::string> preset_words;
        for (const auto& programme : presets) preset_words.emplace_back(programme.word);
        if (has_timer_) preset_words.insert(preset_words.end(), timer_presets.begin(), timer_presets.end());
        socket.parts.push_back(climate::choice(climate::mode, std::move(mode_words)));
        socket.parts.push_back(climate::choice(climate::preset, std::move(preset_words)));
        socket.parts.push_back(climate::set_point(climate::target, range_));
        out.push_back(std::move(socket));

        out.push_back(model::make_sensor("temperature", "temperature", "°C", "measurement"));
        out.push_back(model::make_binary_sensor("plug_state", "power"));
        auto problem = model::make_binary_sensor("sensor_problem", "problem");
        problem.category = model::Category::diagnostic;
        out.push_back(std::move(problem));
    }

    void polls(std::vector<Poll>& out) const override {
        out.emplace_back(ns::thermostat_mode_b, mode_b::ask_payload());
    }

    bool reads(std::string_view name_space) const override {
        return name_space == ns::thermostat_mode_b || name_space == ns::ctl_range ||
               name_space == ns::thermostat_timer;
    }

    void read(const Reading& reading, model::Observations& out) override {
        if (reading.name_space == ns::ctl_range) read_range(reading.payload);
        if (reading.name_space == ns::thermostat_timer)
            if (const auto preset = timer_preset(reading.payload); !preset.empty()) timer_preset_ = preset;
        if (reading.name_space == ns::thermostat_mode_b) state_.take(reading.payload);
        show(out);
    }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        if (command.entity != climate::key) return std::nullopt;
        if (command.part == climate::target) return set_temperature(command);
        const auto word = climate::word_of(command);
        if (command.part == climate::mode) return set_mode(word);
        if (command.part != climate::preset || is_timer_preset(word))
            return std::nullopt;  // thermostat_timer
        return set_programme(presets, word);
    }

private:
    void read_range(const Json& payload) {
        for_each_item(payload, "ctlRange", [&](const Json& item) {
            if (int_or(item, {"channel"}, 0) != 0) return;
            model::NumberRange range = range_;
            if (const auto min = scaled(item, "ctlMin", scale)) range.min = *min;
            if (const auto max = scaled(item, "ctlMax", scale)) range.max = *max;
            if (range == range_ || range.min >= range.max) return;
            range_ = range;
            describe_anew();
        });
    }

    void show(model::Observations& out) const {
        if (state_.current) {
            out.emplace_back("temperature", *state_.current / scale);
            out.emplace_back(climate::key, climate::current, *state_.current / scale);
        }
        if (state_.relay == 1 || state_.relay == 2) out.emplace_back("plug_state", state_.relay == 1);
        if (state_.relay == 3) out.emplace_back("plug_state", false);
        if (state_.sensor) out.emplace_back("sensor_problem", *state_.sensor != 1);
        if (!state_.onoff || !state_.mode) return;
        out.emplace_back(climate::key, climate::mode, mode_word());
        out.emplace_back(climate::key, climate::preset, preset_word());
        out.emplace_back(climate::key, climate::action, action_word());
        out.emplace_back(climate::key, climate::target, target());
    }

    model::Value mode_word() const {
        if (state_.off()) return std::string("off");
        for (const auto& programme : modes)
            if (programme.mode == state_.mode && (programme.working == 0 || programme.working == working()))
                return std::string(programme.word);
        return {};
    }

    model::Value preset_word() const {
        if (state_.mode == by_timer)
            return timer_preset_.empty() ? model::Value() : model::Value(std::string(timer_preset_));
        for (const auto& programme : presets)
            if (programme.mode == state_.mode && programme.working == working())
                return std::string(programme.word);
        return {};
    }

    model::Value action_word() const {
        if (state_.off()) return std::string("off");
        if (state_.relay != 1) return std::string("idle");
        if (state_.mode == by_timer) return std::string("fan");
        return std::string(working() == cooling ? "cooling" : "heating");
    }

    /// A timer knows no temperature, and in a schedule a low number stands for "off".
    model::Value target() const {
        if (!state_.target || state_.mode == by_timer) return {};
        const double degrees = *state_.target / scale;
        if (state_.mode == by_schedule && degrees < range_.min) return {};
        return degrees;
    }

    int working() const { return state_.working.value_or(0); }

    static Result<Action> confirmed(Json item) {
        Action action(
            Request(ns::thermostat_mode_b, Method::set, payload_of("modeB", list_of(std::move(item)))));
        action.reply_is_reading = true;
        action.read_back.push_back(ask());
        return action;
    }

    static Result<Action> set_mode(std::string_view word) {
        if (word != "off") return set_programme(modes, word);
        Json item = channel_object(0);
        item["onoff"] = off;
        return confirmed(std::move(item));
    }

    static Result<Action> set_programme(std::span<const Programme> programmes, std::string_view word) {
        for (const auto& programme : programmes) {
            if (programme.word != word) continue;
            Json item = channel_object(0);
            item["onoff"] = on;
            item["mode"] = programme.mode;
            if (programme.working != 0) item["working"] = programme.working;
            return confirmed(std::move(item));
        }
        return Error(Errc::invalid_value, "climate has no such choice");
    }

    /// Leaves schedule and timer.
    Result<Action> set_temperature(const model::Command& command) const {
        const auto degrees = number_of(command);
        if (!degrees) return degrees.error();
        if (!state_.working)
            return Error(Errc::unsupported,
                         "the device has not yet told whether it heats or cools; try again once it has");
        Json item = channel_object(0);
        item["mode"] = by_hand;
        item["working"] = *state_.working;
        item["targetTemp"] = std::llround(*degrees * scale);
        return confirmed(std::move(item));
    }

    bool has_timer_;
    State state_;
    model::NumberRange range_ = usual_range;
    std::string_view timer_preset_;  // of `timer_presets`, or ""
};

}  // namespace

FeaturePtr make_thermostat_b(const Facts& facts) {
    if (!facts.has(ns::thermostat_mode_b)) return nullptr;
    return std::make_unique<ThermostatB>(facts.has(ns::thermostat_timer));
}

}  // namespace lanbridge::meross
