#include <algorithm>
#include <cmath>

#include "sim/air.hpp"
#include "sim/behaviour.hpp"
#include "sim/hold.hpp"
#include "sim/week.hpp"

// The thermostat mts300: heating, cooling and a fan, with two set points.
namespace lanbridge::sim {

namespace {

constexpr std::string_view mode_ns = "Appliance.Control.Thermostat.ModeC";
constexpr std::string_view week_ns = "Appliance.Control.Thermostat.ScheduleB";

constexpr std::int64_t heat_mode = 1, cool_mode = 2, auto_mode = 3;
constexpr std::int64_t by_hand = 1, by_schedule = 2;
/// So far apart are the two set points at least.
constexpr std::int64_t least_gap = 150;
constexpr std::int64_t coldest = 500, warmest = 3500;
/// From here on the first stage, from there the second.
constexpr std::int64_t first_stage = 50, second_stage = 150;

class HvacThermostat final : public Behaviour {
public:
    std::optional<Answer> set(Inside& in, std::string_view name, const Json& payload) override {
        if (name == mode_ns) return obey(in, payload.at("control"));
        if (name == hold_ns) return set_hold(in, payload);
        return {};
    }

    void changed(Inside& in, std::string_view name) override {
        if (name == week_ns) settle(in);
    }

    /// "weather" with `temperature`, in degrees, and `humidity`, in per cent.
    bool happen(Inside& in, std::string_view event, const Json& details) override {
        if (event != "weather" || find(in) == nullptr) return false;
        if (details.contains("humidity"))
            edit(in)["more"]["humi"] = std::llround(number_or(details, {"humidity"}, 50) * 10);
        if (details.contains("temperature")) air_.emplace(number_or(details, {"temperature"}, 20));
        write_air(in);
        in.push_all(mode_ns);
        return true;
    }

    void advance(Inside& in) override {
        if (!in.living() || find(in) == nullptr) return;
        if (!air_) air_.emplace(number_or(*find(in), {"currentTemp"}, 2000) / 100);
        bool moved = false;
        pace_.run(in.uptime_ms(), [&](double seconds) {
            const auto& now = *find(in);
            const bool heats = int_or(now, {"more", "hStatus"}, 0) > 0;
            const bool cools = int_or(now, {"more", "cStatus"}, 0) > 0;
            air_->pass(seconds, heats ? 1 : cools ? -1 : 0);
            moved = write_air(in) || moved;
        });
        if (moved) in.push_all(mode_ns);
    }

private:
    static const Json* find(const Inside& in) { return in.item(mode_ns, "control", "channel", 0); }
    static Json& edit(Inside& in) { return *in.edit_item(mode_ns, "control", "channel", 0); }

    static Answer obey(Inside& in, const Json& wanted) {
        const auto* item = items_of(wanted).front();
        if (find(in) == nullptr || item->at("channel") != find(in)->at("channel")) return {};
        const auto before = *find(in);
        const auto* targets = find_member(*item, {"targetTemp"});
        if (targets != nullptr && !possible(*targets)) return {};
        merge_existing(edit(in), *item);
        auto& now = edit(in);
        if (targets != nullptr) now["work"] = by_hand;
        keep_apart(now, targets != nullptr && targets->contains("cold") && !targets->contains("heat"));
        settle(in);
        if (*find(in) != before) in.push_all(mode_ns);
        return Json::object();
    }

    static bool possible(const Json& targets) {
        if (!targets.is_object() || targets.empty()) return false;
        return std::ranges::all_of(targets, [](const Json& value) {
            return value.is_number_integer() && value >= coldest && value <= warmest;
        });
    }

    static void keep_apart(Json& now, bool cold_leads) {
        if (int_or(now, {"mode"}, 0) != auto_mode) return;
        auto& targets = now["targetTemp"];
        const auto heat = int_or(targets, {"heat"}, 2000);
        const auto cold = int_or(targets, {"cold"}, 2500);
        if (cold - heat >= least_gap) return;
        if (cold_leads)
            targets["heat"] = cold - least_gap;
        else
            targets["cold"] = heat + least_gap;
    }

    static int stage(std::int64_t missing, bool running) {
        if (missing <= 0 || (!running && missing < first_stage)) return 0;
        return missing >= second_stage ? 2 : 1;
    }

    static void settle(Inside& in) {
        auto now = *find(in);
        const auto mode = int_or(now, {"mode"}, 0);
        if (int_or(now, {"work"}, by_hand) == by_schedule && in.living()) follow_week(in, now);
        const auto air = int_or(now, {"currentTemp"}, 2000);
        auto& more = now["more"];
        const bool may_heat = mode == heat_mode || mode == auto_mode;
        const bool may_cool = mode == cool_mode || mode == auto_mode;
        const auto heat =
            may_heat ? stage(int_or(now, {"targetTemp", "heat"}, air) - air, int_or(more, {"hStatus"}, 0) > 0)
                     : 0;
        const auto cool =
            may_cool ? stage(air - int_or(now, {"targetTemp", "cold"}, air), int_or(more, {"cStatus"}, 0) > 0)
                     : 0;
        const bool always = mode != 0 && int_or(now, {"fan", "fMode"}, 0) == 1;
        const auto speed = int_or(now, {"fan", "speed"}, 0);
        more["hStatus"] = heat;
        more["cStatus"] = cool;
        more["fStatus"] = always ? std::max<std::int64_t>(speed, 1) : std::max(heat, cool);
        if (now != *find(in)) edit(in) = std::move(now);
    }

    static void follow_week(const Inside& in, Json& now) {
        const auto* week = in.item(week_ns, "scheduleB", "channel", 0);
        const auto* entry = week == nullptr ? nullptr : entry_in_force(*week, in.local_s());
        if (entry == nullptr || entry->size() < 3) return;
        now["targetTemp"]["heat"] = (*entry)[1];
        now["targetTemp"]["cold"] = (*entry)[2];
    }

    bool write_air(Inside& in) {
        if (!air_) return false;
        const auto tenths = std::llround(air_->celsius() * 10) * 10;
        if (int_or(*find(in), {"currentTemp"}, 0) == tenths) return false;
        auto& now = edit(in);
        now["currentTemp"] = tenths;
        now["sensorTemp"] = tenths;
        settle(in);
        return true;
    }

    std::optional<Air> air_;
    Pace pace_;
};

}  // namespace

std::unique_ptr<Behaviour> make_hvac_thermostat(const Blueprint&) {
    return std::make_unique<HvacThermostat>();
}

}  // namespace lanbridge::sim
