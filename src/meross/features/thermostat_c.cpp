#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "meross/features/climate.hpp"
#include "meross/features/features.hpp"
#include "meross/features/mode_c.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

using namespace mode_c;

constexpr double scale = 100;  // 0.01 °C
/// The device tells no limits; these are those of its dial.
constexpr model::NumberRange set_points{5, 35, 0.5};
/// Home Assistant sends the two set points of one wish as two commands.
constexpr auto same_wish = std::chrono::seconds(5);

constexpr std::array<std::string_view, 4> modes{"off", "heat", "cool", "heat_cool"};   // mode 0..3
constexpr std::array<std::string_view, 2> presets{"custom", "auto"};                   // work 1, 2
constexpr std::array<std::string_view, 4> fan_modes{"auto", "low", "medium", "high"};  // fan.speed 0..3
constexpr std::array<std::string_view, 4> stages{"idle", "low", "medium", "high"};     // more.*Status 0..3
constexpr std::array<std::string_view, 3> moistures{"idle", "dehumidifying", "humidifying"};  // hdStatus

template <std::size_t n>
std::vector<std::string> words(const std::array<std::string_view, n>& list) {
    return {list.begin(), list.end()};
}

/// An enum sensor that shows a number of `more` in words.
struct Status {
    std::string_view entity;
    std::string_view member;
    std::span<const std::string_view> words;
    model::Category category = model::Category::diagnostic;
};
constexpr std::array statuses{
    Status{"heating_status", "hStatus", stages},
    Status{"cooling_status", "cStatus", stages},
    Status{"auxiliary_status", "aStatus", stages},
    Status{"fan_status", "fStatus", stages, model::Category::none},
    Status{"humidifier_status", "hdStatus", moistures},
};

template <std::size_t n>
std::optional<int> index_of(const std::array<std::string_view, n>& list, std::string_view word) {
    const auto it = std::ranges::find(list, word);
    if (it == list.end()) return std::nullopt;
    return static_cast<int>(it - list.begin());
}

template <std::size_t n>
model::Value word_at(const std::array<std::string_view, n>& list, const std::optional<std::int64_t>& index) {
    if (!index || *index < 0 || *index >= static_cast<std::int64_t>(n)) return {};
    return std::string(list[static_cast<std::size_t>(*index)]);
}

/// An HVAC thermostat with two set points, a fan and several stages. Its state comes from pushes and from
/// GETs with the channel; the digest has none of it.
class ThermostatC final : public Feature {
public:
    void describe(std::vector<model::EntityDescription>& out) const override {
        auto hvac = climate::describe({"off", "heating", "cooling", "fan", "idle"});
        hvac.parts.push_back(climate::measurement(climate::humidity));
        hvac.parts.push_back(climate::choice(climate::mode, words(modes)));
        hvac.parts.push_back(climate::choice(climate::preset, words(presets)));
        hvac.parts.push_back(climate::choice(climate::fan_mode, words(fan_modes)));
        for (const auto part : {climate::target, climate::target_low, climate::target_high})
            hvac.parts.push_back(climate::set_point(part, set_points));
        out.push_back(std::move(hvac));

        out.push_back(model::make_sensor("temperature", "temperature", "°C", "measurement"));
        out.push_back(model::make_sensor("humidity", "humidity", "%", "measurement"));
        for (const auto& status : statuses) {
            std::vector<std::string> options(status.words.begin(), status.words.end());
            auto sensor = model::make_enum_sensor(std::string(status.entity), std::move(options));
            sensor.category = status.category;
            out.push_back(std::move(sensor));
        }
    }

    void polls(std::vector<Poll>& out) const override {
        out.emplace_back(ns::thermostat_mode_c, mode_c::ask_payload());
    }

    bool reads(std::string_view name_space) const override { return name_space == ns::thermostat_mode_c; }

    void read(const Reading& reading, model::Observations& out) override {
        if (!merge_control(state_, reading.payload)) return;
        show_climate(out);
        for (const auto& status : statuses) show_status(status, out);
    }

    std::optional<Result<Action>> command_at(const model::Command& command,
                                             const Moment& moment) const override {
        if (command.entity != climate::key) return std::nullopt;
        const auto word = climate::word_of(command);
        if (command.part == climate::mode) return set_word("mode", index_of(modes, word));
        if (command.part == climate::preset) {
            const auto work = index_of(presets, word);
            return set_word("work", work ? std::optional(*work + by_hand) : std::nullopt);
        }
        if (command.part == climate::fan_mode) return set_fan(index_of(fan_modes, word));
        return set_temperature(command, moment);
    }

    void accepted(const model::Command& command, const Json&, const Moment& moment,
                  model::Observations&) override {
        const bool low = command.part == climate::target_low;
        if (!low && command.part != climate::target_high) return;
        if (const auto degrees = number_of(command)) wish_ = Wish{low, *degrees, moment.now};
    }

private:
    /// One half of a pair of set points, just commanded.
    struct Wish {
        bool low;
        double degrees;
        Moment::TimePoint at;
    };

    std::optional<std::int64_t> number(std::initializer_list<std::string_view> path) const {
        const auto value = read_int64(state_, path);
        return value ? std::optional(*value) : std::nullopt;
    }

    std::optional<double> degrees(std::initializer_list<std::string_view> path) const {
        const auto value = read_number(state_, path);
        return value ? std::optional(*value / scale) : std::nullopt;
    }

    static model::Value shown(const std::optional<double>& value) {
        return value ? model::Value(*value) : model::Value();
    }

    void show_climate(model::Observations& out) const {
        const auto show = [&](std::string_view part, model::Value value) {
            out.emplace_back(climate::key, part, std::move(value));
        };
        if (const auto current = degrees({"currentTemp"})) {
            show(climate::current, *current);
            out.emplace_back("temperature", *current);
        }
        if (const auto humidity = read_number(state_, {"more", "humi"})) {
            show(climate::humidity, *humidity / 10);
            out.emplace_back("humidity", *humidity / 10);
        }
        const auto heat = degrees({"targetTemp", "heat"});
        const auto cold = degrees({"targetTemp", "cold"});
        const auto mode = number({"mode"});
        if (!mode) return;
        show(climate::mode, word_at(modes, mode));
        show(climate::action, action_word());
        show(climate::target, mode == heating ? shown(heat) : mode == cooling ? shown(cold) : model::Value());
        show(climate::target_low, mode == both ? shown(heat) : model::Value());
        show(climate::target_high, mode == both ? shown(cold) : model::Value());
        if (const auto work = number({"work"})) show(climate::preset, word_at(presets, *work - by_hand));
        if (number({"fan", "fMode"})) show(climate::fan_mode, fan_word());
    }

    void show_status(const Status& status, model::Observations& out) const {
        const auto stage = number({"more", status.member});
        if (!stage) return;
        const bool known = *stage >= 0 && *stage < static_cast<std::int64_t>(status.words.size());
        out.emplace_back(status.entity, known ? std::string(status.words[static_cast<std::size_t>(*stage)])
                                              : std::to_string(*stage));
    }

    bool runs(std::string_view member) const { return number({"more", member}).value_or(0) > 0; }

    /// The auxiliary heat is heat, too.
    model::Value action_word() const {
        const auto mode = number({"mode"});
        const bool may_heat = mode == heating || mode == both;
        const bool may_cool = mode == cooling || mode == both;
        if (may_heat && (runs("hStatus") || runs("aStatus"))) return std::string("heating");
        if (may_cool && runs("cStatus")) return std::string("cooling");
        if (runs("fStatus")) return std::string("fan");
        return std::string(mode == off ? "off" : "idle");
    }

    /// A fan that follows the device is automatic, whatever speed is noted beside it.
    model::Value fan_word() const {
        if (number({"fan", "fMode"}) == 0) return std::string(fan_modes[0]);
        return word_at(fan_modes, number({"fan", "speed"}));
    }

    static Result<Action> set_word(std::string_view member, std::optional<int> value) {
        if (!value) return Error(Errc::invalid_value, "climate has no such choice");
        Json control = channel_object(0);
        control[std::string(member)] = *value;
        return mode_c::set(std::move(control));
    }

    static Result<Action> set_fan(std::optional<int> speed) {
        if (!speed) return Error(Errc::invalid_value, "climate has no such fan mode");
        Json fan = payload_of("fMode", *speed == 0 ? 0 : 1);
        fan["speed"] = *speed;
        Json control = channel_object(0);
        control["fan"] = std::move(fan);
        return mode_c::set(std::move(control));
    }

    /// Leaves the schedule.
    Result<Action> set_temperature(const model::Command& command, const Moment& moment) const {
        const auto wished = number_of(command);
        if (!wished) return wished.error();
        const auto mode = number({"mode"});
        auto targets = command.part == climate::target ? single_target(*wished, mode)
                                                       : pair_of_targets(command, *wished, mode, moment);
        if (!targets) return targets.error();
        Json control = channel_object(0);
        control["mode"] = *mode;
        control["work"] = by_hand;
        control["targetTemp"] = std::move(*targets);
        return mode_c::set(std::move(control));
    }

    static Error no_meaning(const std::optional<std::int64_t>& mode) {
        if (!mode)
            return Error(Errc::unsupported, "the device has not yet told its mode; try again once it has");
        if (mode == off)
            return Error(Errc::unsupported, "the thermostat is off; choose heat, cool or heat_cool first");
        if (mode == both)
            return Error(Errc::unsupported,
                         "heat_cool has two set points; set temperature_low and temperature_high instead");
        return Error(Errc::unsupported,
                     "heat and cool have one set point; set temperature, or choose heat_cool first");
    }

    static Result<Json> single_target(double wished, const std::optional<std::int64_t>& mode) {
        if (mode != heating && mode != cooling) return no_meaning(mode);
        return payload_of(mode == heating ? "heat" : "cold", native(wished));
    }

    /// The device takes both at once. Which distance it wants between them is its own affair.
    Result<Json> pair_of_targets(const model::Command& command, double wished,
                                 const std::optional<std::int64_t>& mode, const Moment& moment) const {
        if (mode != both) return no_meaning(mode);
        const bool low = command.part == climate::target_low;
        auto other = low ? degrees({"targetTemp", "cold"}) : degrees({"targetTemp", "heat"});
        // The device may have adjusted or refused the first half for want of the second.
        if (wish_ && wish_->low != low && moment.now - wish_->at < same_wish) other = wish_->degrees;
        if (!other)
            return Error(Errc::unsupported,
                         "the device has not yet told its other set point; try again once it has");
        Json targets = payload_of("heat", native(low ? wished : *other));
        targets["cold"] = native(low ? *other : wished);
        return targets;
    }

    static std::int64_t native(double degrees) { return std::llround(degrees * scale); }

    Json state_ = Json::object();
    std::optional<Wish> wish_;
};

}  // namespace

FeaturePtr make_thermostat_c(const Facts& facts) {
    if (!facts.has(ns::thermostat_mode_c)) return nullptr;
    return std::make_unique<ThermostatC>();
}

}  // namespace lanbridge::meross
