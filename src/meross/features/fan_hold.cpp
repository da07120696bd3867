#include <cmath>

#include "meross/features/features.hpp"
#include "meross/features/mode_c.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::string_view switch_key = "fan_hold";
constexpr std::string_view time_key = "fan_hold_time";
constexpr std::int64_t no_limit = 99999;  // minutes: what the device says for "no hold"
constexpr std::int64_t usual_time = 60;
constexpr model::NumberRange a_day{1, 1440, 1};

/// How long a fan mode that was set by hand is held.
class FanHold final : public Feature {
public:
    void describe(std::vector<model::EntityDescription>& out) const override {
        auto hold = model::make_switch(std::string(switch_key));
        hold.category = model::Category::config;
        out.push_back(std::move(hold));
        auto time = model::make_number(std::string(time_key), a_day, "min");
        time.device_class = "duration";
        out.push_back(std::move(time));
    }

    bool reads(std::string_view name_space) const override { return name_space == ns::thermostat_mode_c; }

    void read(const Reading& reading, model::Observations& out) override {
        for_each_item(reading.payload, "control", [&](const Json& item) {
            const auto minutes = read_int64(item, {"fan", "hTime"});
            if (!minutes || int_or(item, {"channel"}, 0) != 0) return;
            out.emplace_back(switch_key, *minutes != no_limit);
            out.emplace_back(time_key, in_range(*minutes) ? model::Value(*minutes) : model::Value());
            if (in_range(*minutes)) last_ = *minutes;
        });
    }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        if (command.entity == time_key) {
            const auto minutes = number_of(command);
            if (!minutes) return minutes.error();
            return hold(std::llround(*minutes));
        }
        if (command.entity != switch_key) return std::nullopt;
        const auto on = on_off_of(command);
        if (!on) return on.error();
        return hold(*on ? last_ : no_limit);
    }

    std::string_view memory_topic() const override { return "fan_hold"; }
    std::optional<std::string> memory() const override { return dump_json(payload_of("minutes", last_)); }
    void restore(const Json& memory, std::int64_t) override {
        if (const auto minutes = int_or(memory, {"minutes"}, 0); in_range(minutes)) last_ = minutes;
    }

private:
    static bool in_range(std::int64_t minutes) { return minutes >= 1 && minutes <= 1440; }

    static Result<Action> hold(std::int64_t minutes) {
        Json control = channel_object(0);
        control["fan"] = payload_of("hTime", minutes);
        return mode_c::set(std::move(control));
    }

    std::int64_t last_ = usual_time;
};

}  // namespace

FeaturePtr make_fan_hold(const Facts& facts) {
    if (!facts.has(ns::thermostat_mode_c)) return nullptr;
    return std::make_unique<FanHold>();
}

}  // namespace lanbridge::meross
