#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "meross/features/climate.hpp"
#include "meross/features/features.hpp"
#include "meross/features/mode_b.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

using namespace mode_b;

constexpr int countdown = 1;  // type
constexpr int cycle = 2;

/// A duration in minutes that one of the timers runs for.
struct Duration {
    std::string_view entity;
    std::string_view member;
    int type;
    std::int64_t usual;  ///< where neither device nor user has told one
};
constexpr std::array durations{
    Duration{"timer_down", "duration", countdown, 30},
    Duration{"timer_cycle_on", "onDuration", cycle, 15},
    Duration{"timer_cycle_off", "offDuration", cycle, 15},
};
enum : std::size_t { down, cycle_on, cycle_off };
constexpr model::NumberRange a_day{1, 1440, 1};

using Minutes = std::array<std::optional<std::int64_t>, durations.size()>;

std::string_view member_of(int type) { return type == cycle ? "cycle" : "down"; }

Json ask() { return payload_of("timer", list_of(channel_object(0))); }

Request start_request() {
    Json item = channel_object(0);
    item["onoff"] = on;
    item["mode"] = by_timer;
    return Request(ns::thermostat_mode_b, Method::set, payload_of("modeB", list_of(std::move(item))));
}

/// The durations of the mts960's timers, and the presets that start one. The device knows only the timer that
/// it last ran, so the durations of the others are kept here.
class ThermostatTimer final : public Feature {
public:
    void describe(std::vector<model::EntityDescription>& out) const override {
        if (refused_) return;
        for (const auto& duration : durations) {
            auto number = model::make_number(std::string(duration.entity), a_day, "min");
            number.device_class = "duration";
            out.push_back(std::move(number));
        }
    }

    void polls(std::vector<Poll>& out) const override { out.emplace_back(ns::thermostat_timer, ask()); }

    bool reads(std::string_view name_space) const override {
        return name_space == ns::thermostat_timer || name_space == ns::thermostat_mode_b;
    }

    void read(const Reading& reading, model::Observations& out) override {
        if (reading.device_time > 0) clock_ahead_ = reading.device_time - seconds(reading.now);
        if (reading.name_space == ns::thermostat_mode_b)
            mode_.take(reading.payload);
        else
            for_each_item(reading.payload, "timer", [this](const Json& item) { take_timer(item); });
        for (std::size_t i = 0; i < durations.size(); ++i)
            if (minutes_[i]) out.emplace_back(durations[i].entity, *minutes_[i]);
    }

    void refused(std::string_view name_space) override {
        refused_ = refused_ || name_space == ns::thermostat_timer;
    }

    std::optional<Result<Action>> command_at(const model::Command& command,
                                             const Moment& moment) const override {
        if (const auto index = index_of(command.entity)) return set_duration(*index, command, moment);
        const auto word = climate::word_of(command);
        if (command.entity != climate::key || command.part != climate::preset || !is_timer_preset(word))
            return std::nullopt;
        return start(word, moment);
    }

    void accepted(const model::Command& command, const Json&, const Moment&,
                  model::Observations& out) override {
        const auto index = index_of(command.entity);
        const auto value = number_of(command);
        if (!index || !value || runs(durations[*index].type)) return;  // the running timer tells its own
        minutes_[*index] = std::llround(*value);
        out.emplace_back(command.entity, *minutes_[*index]);
    }

    std::string_view memory_topic() const override { return "timers"; }

    std::optional<std::string> memory() const override {
        Json kept = Json::object();
        for (std::size_t i = 0; i < durations.size(); ++i)
            if (minutes_[i]) kept[std::string(durations[i].entity)] = *minutes_[i];
        if (kept.empty()) return std::nullopt;
        return dump_json(kept);
    }

    void restore(const Json& memory, std::int64_t) override {
        for (std::size_t i = 0; i < durations.size(); ++i)
            if (const auto kept = int_or(memory, {durations[i].entity}, 0); in_range(kept))
                minutes_[i] = kept;
    }

private:
    static std::int64_t seconds(Moment::TimePoint time) {
        return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
    }

    static std::optional<std::size_t> index_of(std::string_view entity) {
        const auto it = std::ranges::find(durations, entity, &Duration::entity);
        if (it == durations.end()) return std::nullopt;
        return static_cast<std::size_t>(it - durations.begin());
    }

    static bool in_range(std::int64_t minutes) { return minutes >= 1 && minutes <= 1440; }

    /// The device goes on telling the timer that it last ran: only what is new, or running, outdoes what was
    /// set here meanwhile.
    void take_duration(std::size_t index, std::int64_t told) {
        if (!in_range(told)) return;
        const bool is_new = told_[index] ? told_[index] != told : !minutes_[index];
        if (is_new || runs(durations[index].type)) minutes_[index] = told;
        told_[index] = told;
    }

    void take_timer(const Json& item) {
        if (int_or(item, {"channel"}, 0) != 0) return;
        refused_ = false;
        if (const auto type = read_int64(item, {"type"})) type_ = static_cast<int>(*type);
        for (std::size_t i = 0; i < durations.size(); ++i)
            take_duration(i, int_or(item, {member_of(durations[i].type), durations[i].member}, 0));
        if (const auto onoff = read_int64(item, {"down", "onoff"})) down_onoff_ = static_cast<int>(*onoff);
    }

    bool runs(int type) const { return mode_.timer_runs() && type_ == type; }

    std::int64_t minutes(std::size_t index) const { return minutes_[index].value_or(durations[index].usual); }

    /// The device counts by its own clock.
    std::int64_t device_time(const Moment& moment) const {
        return clock_ahead_ ? seconds(moment.now) + *clock_ahead_ : moment.wall_ms / 1000;
    }

    Json countdown_of(std::int64_t minutes, int onoff, const Moment& moment) const {
        Json timer = payload_of("duration", minutes);
        timer["onoff"] = onoff;
        timer["end"] = device_time(moment) + minutes * 60;
        return timer;
    }

    /// Begins with the plug on.
    Json cycle_of(std::int64_t on_minutes, std::int64_t off_minutes, const Moment& moment) const {
        Json timer = payload_of("onDuration", on_minutes);
        timer["offDuration"] = off_minutes;
        timer["state"] = 1;
        timer["end"] = device_time(moment) + on_minutes * 60;
        return timer;
    }

    static Action set_timer(int type, Json timer) {
        Json item = channel_object(0);
        item["type"] = type;
        item[std::string(member_of(type))] = std::move(timer);
        Action action(
            Request(ns::thermostat_timer, Method::set, payload_of("timer", list_of(std::move(item)))));
        action.reply_is_reading = true;
        action.read_back.emplace_back(ns::thermostat_timer, Method::get, ask());
        return action;
    }

    Result<Action> start(std::string_view preset, const Moment& moment) const {
        auto action =
            preset == timer_cycle
                ? set_timer(cycle, cycle_of(minutes(cycle_on), minutes(cycle_off), moment))
                : set_timer(countdown,
                            countdown_of(minutes(down), preset == timer_countdown_on ? on : off, moment));
        action.then.push_back(start_request());
        action.read_back.emplace_back(ns::thermostat_mode_b, Method::get, mode_b::ask_payload());
        action.read_back_always = true;  // the push of the timer says nothing of the mode
        return action;
    }

    /// Takes effect at once where this timer runs, else when it is started.
    Result<Action> set_duration(std::size_t index, const model::Command& command,
                                const Moment& moment) const {
        const auto value = number_of(command);
        if (!value) return value.error();
        if (!runs(durations[index].type)) return Action::kept_here();
        const std::int64_t wished = std::llround(*value);
        if (index == down) return set_timer(countdown, countdown_of(wished, down_onoff_, moment));
        return set_timer(cycle, cycle_of(index == cycle_on ? wished : minutes(cycle_on),
                                         index == cycle_off ? wished : minutes(cycle_off), moment));
    }

    State mode_;
    int type_ = 0;  // of the device's timer; 0 = not told
    int down_onoff_ = on;
    Minutes minutes_;
    Minutes told_;
    std::optional<std::int64_t> clock_ahead_;  // device's clock minus our steady one, in seconds
    bool refused_ = false;
};

}  // namespace

FeaturePtr make_thermostat_timer(const Facts& facts) {
    if (!facts.has(ns::thermostat_timer) || !facts.has(ns::thermostat_mode_b)) return nullptr;
    return std::make_unique<ThermostatTimer>();
}

}  // namespace lanbridge::meross
