#include <algorithm>
#include <array>
#include <cmath>

#include "sim/air.hpp"
#include "sim/behaviour.hpp"
#include "sim/hold.hpp"
#include "sim/week.hpp"

// Thermostats of the mts200 family: one set point for each mode, and a relay that follows the one in force.
namespace lanbridge::sim {

namespace {

constexpr std::string_view mode_ns = "Appliance.Control.Thermostat.Mode";
constexpr std::string_view summer_ns = "Appliance.Control.Thermostat.SummerMode";
constexpr std::string_view window_ns = "Appliance.Control.Thermostat.WindowOpened";
constexpr std::string_view schedule_ns = "Appliance.Control.Thermostat.Schedule";
constexpr std::string_view overheat_ns = "Appliance.Control.Thermostat.Overheat";
constexpr std::string_view dead_zone_ns = "Appliance.Control.Thermostat.DeadZone";

/// Set points by mode; that of mode 3 is in the schedule.
constexpr std::array<std::string_view, 5> set_points{"heatTemp", "coolTemp", "ecoTemp", "", "manualTemp"};
constexpr int by_schedule = 3;
constexpr int warming = 1;

class Thermostat final : public Behaviour {
public:
    std::optional<Answer> set(Inside& in, std::string_view name, const Json& payload) override {
        if (name == mode_ns) return obey(in, payload.at("mode"));
        if (name == hold_ns) return set_hold(in, payload);
        if (name == summer_ns) return set_season(in, payload.at("summerMode"));
        return {};
    }

    void changed(Inside& in, std::string_view name) override {
        if (name == schedule_ns || name == dead_zone_ns || name == overheat_ns) follow(in);
    }

    /// "window" with `open`; "weather" with `temperature`, in degrees.
    bool happen(Inside& in, std::string_view event, const Json& details) override {
        if (event == "weather" && details.contains("temperature")) {
            air_.emplace(number_or(details, {"temperature"}, 20));
            write_air(in);
            return true;
        }
        if (event != "window") return false;
        auto* window = in.edit_item(window_ns, "windowOpened", "channel", channel_of(details));
        if (window == nullptr) return false;
        (*window)["status"] = int_or(details, {"open"}, 1);
        (*window)["lmTime"] = in.clock_s();
        in.push_item(window_ns, "windowOpened", *window);
        follow(in);
        return true;
    }

    void advance(Inside& in) override {
        const auto* mode = in.living() ? in.item(mode_ns, "mode", "channel", 0) : nullptr;
        if (mode == nullptr) return;
        if (!air_) air_.emplace(number_or(*mode, {"currentTemp"}, 200) / 10);
        bool moved = false;
        pace_.run(in.uptime_ms(), [&](double seconds) {
            const auto* now = in.item(mode_ns, "mode", "channel", 0);
            air_->pass(seconds, int_or(*now, {"state"}, 0) == 0 ? 0 : drive(in, 0));
            moved = write_air(in, false) || moved;
        });
        if (moved) in.push_all(mode_ns);
    }

private:
    static Json channel_of(const Json& details) { return int_or(details, {"channel"}, 0); }

    static Answer obey(Inside& in, const Json& wanted) {
        for (const auto* item : items_of(wanted)) {
            const auto* known = in.item(mode_ns, "mode", "channel", item->at("channel"));
            if (known == nullptr || !possible(*known, *item)) return {};
        }
        const auto before = *in.find(mode_ns);
        merge_items(in.edit(mode_ns)["mode"], wanted, "channel", false);
        settle(in);
        if (*in.find(mode_ns) != before) in.push_all(mode_ns);
        return *in.find(mode_ns);
    }

    static bool possible(const Json& known, const Json& wanted) {
        for (const auto key : set_points) {
            const auto value = key.empty() ? wanted.end() : wanted.find(key);
            if (value == wanted.end()) continue;
            if (!value->is_number_integer()) return false;
            const auto degrees = value->get<std::int64_t>();
            if (degrees < int_or(known, {"min"}, 50) || degrees > int_or(known, {"max"}, 350)) return false;
        }
        return true;
    }

    static Answer set_season(Inside& in, const Json& wanted) {
        for (const auto* item : items_of(wanted)) {
            if (in.item(summer_ns, "summerMode", "channel", item->at("channel")) == nullptr) return {};
            const auto season = int_or(*item, {"mode"}, -1);
            if (season < 0 || season > 2) return {};
            if (season == 0) continue;  // acknowledged, and nothing comes of it
            (*in.edit_item(summer_ns, "summerMode", "channel", item->at("channel")))["mode"] = season;
            in.push_all(summer_ns);
        }
        follow(in);
        return Json::object();
    }

    /// 1 where it heats, -1 where it cools.
    static int drive(const Inside& in, const Json& channel) {
        const auto* season = in.item(summer_ns, "summerMode", "channel", channel);
        return season == nullptr || int_or(*season, {"mode"}, warming) == warming ? 1 : -1;
    }

    static void follow(Inside& in) {
        if (settle(in)) in.push_all(mode_ns);
    }

    /// The set point in force and what the relay does about it. True when that is something new.
    static bool settle(Inside& in) {
        const auto* payload = in.find(mode_ns);
        if (payload == nullptr) return false;
        auto list = payload->at("mode");
        for (auto* item : items_of(list)) {
            (*item)["targetTemp"] = target(in, *item);
            (*item)["state"] = relay(in, *item);
        }
        if (list == payload->at("mode")) return false;
        in.edit(mode_ns)["mode"] = std::move(list);
        return true;
    }

    static std::int64_t target(const Inside& in, const Json& item) {
        const auto mode = int_or(item, {"mode"}, 4);
        const auto before = int_or(item, {"targetTemp"}, 200);
        if (mode != by_schedule) {
            const auto index = static_cast<std::size_t>(std::clamp<std::int64_t>(mode, 0, 4));
            return int_or(item, {set_points[index]}, before);
        }
        const auto* week = in.item(schedule_ns, "schedule", "channel", item.at("channel"));
        const auto* entry = week == nullptr ? nullptr : entry_in_force(*week, in.local_s());
        return entry == nullptr ? before : (*entry)[1].get<std::int64_t>();
    }

    static int relay(const Inside& in, const Json& item) {
        const auto& channel = item.at("channel");
        const auto* window = in.item(window_ns, "windowOpened", "channel", channel);
        const bool open = window != nullptr && int_or(*window, {"status"}, 0) == 1;
        const auto* floor = in.item(overheat_ns, "overheat", "channel", channel);
        const bool hot = floor != nullptr && int_or(*floor, {"warning"}, 0) == 1;
        if (open || hot || int_or(item, {"onoff"}, 0) == 0) return 0;
        const auto* zone = in.item(dead_zone_ns, "deadZone", "channel", channel);
        const auto width = zone == nullptr ? 5 : int_or(*zone, {"value"}, 5);
        const auto missing =
            (int_or(item, {"targetTemp"}, 0) - int_or(item, {"currentTemp"}, 0)) * drive(in, channel);
        if (missing <= 0) return 0;
        return missing >= width || int_or(item, {"state"}, 0) == 1 ? 1 : 0;
    }

    /// True when something else is to be seen now.
    bool write_air(Inside& in, bool tell = true) {
        const auto tenths = std::llround(air_->celsius() * 10);
        const auto* known = in.item(mode_ns, "mode", "channel", 0);
        if (known == nullptr) return false;
        bool moved = int_or(*known, {"currentTemp"}, 0) != tenths;
        if (moved) (*in.edit_item(mode_ns, "mode", "channel", 0))["currentTemp"] = tenths;
        write_floor(in, tenths);
        moved = settle(in) || moved;
        if (moved && tell) in.push_all(mode_ns);
        return moved;
    }

    /// The floor is warmer than the room while it is heated; too warm, the relay opens until it is not.
    static void write_floor(Inside& in, std::int64_t tenths) {
        const auto* known = in.item(overheat_ns, "overheat", "channel", 0);
        if (known == nullptr || int_or(*known, {"warning"}, 0) == 2) return;  // no sensor there
        const auto* mode = in.item(mode_ns, "mode", "channel", 0);
        const auto floor = tenths + (int_or(*mode, {"state"}, 0) == 1 ? 60 : 20);
        const bool guarded = int_or(*known, {"onoff"}, 0) == 1;
        const int warning = guarded && floor > int_or(*known, {"value"}, 1000) ? 1 : 0;
        if (int_or(*known, {"currentTemp"}, 0) == floor && int_or(*known, {"warning"}, 0) == warning) return;
        auto* item = in.edit_item(overheat_ns, "overheat", "channel", 0);
        (*item)["currentTemp"] = floor;
        (*item)["warning"] = warning;
    }

    std::optional<Air> air_;
    Pace pace_;
};

}  // namespace

std::unique_ptr<Behaviour> make_thermostat(const Blueprint&) { return std::make_unique<Thermostat>(); }

}  // namespace lanbridge::sim
