#include <algorithm>
#include <cmath>

#include "sim/air.hpp"
#include "sim/behaviour.hpp"
#include "sim/week.hpp"

// The socket thermostat mts960: a plug that heats or cools by a probe, a schedule or a timer. 1 is on, 2 is
// off.
namespace lanbridge::sim {

namespace {

constexpr std::string_view mode_ns = "Appliance.Control.Thermostat.ModeB";
constexpr std::string_view timer_ns = "Appliance.Control.Thermostat.Timer";
constexpr std::string_view week_ns = "Appliance.Control.Thermostat.ScheduleB";
constexpr std::string_view range_ns = "Appliance.Control.Thermostat.CtlRange";
constexpr std::string_view dead_zone_ns = "Appliance.Control.Thermostat.DeadZone";
constexpr std::string_view alarm_ns = "Appliance.Control.Thermostat.Alarm";
constexpr std::string_view alarm_config_ns = "Appliance.Control.Thermostat.AlarmConfig";

constexpr std::int64_t on = 1, off = 2;
constexpr std::int64_t by_hand = 1, by_schedule = 2, by_timer = 3;
constexpr std::int64_t heating = 1;
constexpr std::int64_t countdown = 1;
constexpr double hundredths = 100;

class SocketThermostat final : public Behaviour {
public:
    std::optional<Answer> set(Inside& in, std::string_view name, const Json& payload) override {
        if (name == mode_ns) return obey(in, payload.at("modeB"));
        if (name == timer_ns) return set_timer(in, payload.at("timer"));
        return {};
    }

    void changed(Inside& in, std::string_view name) override {
        if (name == week_ns || name == dead_zone_ns) follow(in);
        if (name == alarm_config_ns) watch(in);
    }

    /// "weather" with `temperature`, in degrees; "probe" with `status`: 1 there, 2 not.
    bool happen(Inside& in, std::string_view event, const Json& details) override {
        if (find(in) == nullptr) return false;
        if (event == "weather") {
            air_.emplace(number_or(details, {"temperature"}, 20));
            write_air(in);
        } else if (event == "probe") {
            edit(in)["sensorStatus"] = int_or(details, {"status"}, 1);
            settle(in);
            in.push_all(mode_ns);
        } else {
            return false;
        }
        return true;
    }

    void advance(Inside& in) override {
        if (find(in) == nullptr) return;
        run_timer(in);
        if (!in.living()) return;
        if (!air_) air_.emplace(number_or(*find(in), {"currentTemp"}, 2000) / hundredths);
        pace_.run(in.uptime_ms(), [&](double seconds) {
            const auto& now = *find(in);
            const bool running = int_or(now, {"state"}, off) == on;
            air_->pass(seconds, !running ? 0 : int_or(now, {"working"}, heating) == heating ? 1 : -1);
            write_air(in);
        });
    }

private:
    static const Json* find(const Inside& in) { return in.item(mode_ns, "modeB", "channel", 0); }
    static Json& edit(Inside& in) { return *in.edit_item(mode_ns, "modeB", "channel", 0); }
    static Json* timer(Inside& in) { return in.edit_item(timer_ns, "timer", "channel", 0); }

    Answer obey(Inside& in, const Json& wanted) {
        const auto* item = items_of(wanted).front();
        if (find(in) == nullptr || item->at("channel") != find(in)->at("channel")) return {};
        if (const auto target = item->find("targetTemp"); target != item->end()) {
            const auto* range = in.item(range_ns, "ctlRange", "channel", 0);
            const auto least = range == nullptr ? -3000 : int_or(*range, {"ctlMin"}, 0);
            const auto most = range == nullptr ? 11000 : int_or(*range, {"ctlMax"}, 5000);
            if (!target->is_number_integer() || *target < least || *target > most) return {};
        }
        const auto before = *find(in);
        merge_existing(edit(in), *item);
        auto& now = edit(in);
        if (item->contains("targetTemp")) kept_target_ = int_or(now, {"targetTemp"}, 2000);
        if (int_or(before, {"mode"}, 0) == by_hand && !item->contains("targetTemp"))
            kept_target_ = int_or(before, {"targetTemp"}, 2000);
        settle(in);
        if (*find(in) != before) in.push_all(mode_ns);
        return *in.find(mode_ns);
    }

    Answer set_timer(Inside& in, const Json& wanted) {
        const auto* item = items_of(wanted).front();
        const bool down = int_or(*item, {"type"}, 0) == countdown;
        const auto* content = find_member(*item, {down ? "down" : "cycle"});
        const bool whole = content != nullptr && content->contains("end") &&
                           (down ? content->contains("duration") && content->contains("onoff")
                                 : content->contains("onDuration") && content->contains("offDuration"));
        if (timer(in) == nullptr || !whole) return {};
        *timer(in) = *item;
        in.push_all(timer_ns);
        follow(in);
        return Json::object();
    }

    /// A countdown ends, a cycle goes on.
    void run_timer(Inside& in) const {
        const auto* item = in.item(timer_ns, "timer", "channel", 0);
        if (!in.living() || item == nullptr || int_or(*find(in), {"mode"}, 0) != by_timer) return;
        const auto* cycle = find_member(*item, {"cycle"});
        if (int_or(*item, {"type"}, 0) == countdown || cycle == nullptr) return follow(in);
        const auto now = in.clock_s();
        auto end = int_or(*cycle, {"end"}, now);
        if (now < end) return follow(in);
        auto state = int_or(*cycle, {"state"}, on);
        // a cycle that nobody looked at for long begins anew
        state = state == on ? off : on;
        end = now + 60 * std::max<std::int64_t>(
                             int_or(*cycle, {state == on ? "onDuration" : "offDuration"}, 15), 1);
        auto& own = (*timer(in))["cycle"];
        own["state"] = state;
        own["end"] = end;
        in.push_all(timer_ns);
        follow(in);
    }

    static bool timer_says_on(const Inside& in) {
        const auto* item = in.item(timer_ns, "timer", "channel", 0);
        if (item == nullptr) return false;
        if (int_or(*item, {"type"}, 0) != countdown) return int_or(*item, {"cycle", "state"}, off) == on;
        const bool first = int_or(*item, {"down", "onoff"}, off) == on;
        return in.clock_s() < int_or(*item, {"down", "end"}, 0) ? first : !first;
    }

    void follow(Inside& in) const {
        const auto before = *find(in);
        settle(in);
        if (*find(in) != before) in.push_all(mode_ns);
    }

    /// The set point in force and what the relay does about it.
    void settle(Inside& in) const {
        auto now = *find(in);
        const auto mode = int_or(now, {"mode"}, by_hand);
        if (mode == by_hand && kept_target_) now["targetTemp"] = *kept_target_;
        if (mode == by_timer) now["targetTemp"] = 0;
        if (mode == by_schedule && in.living()) {
            const auto* week = in.item(week_ns, "scheduleB", "channel", 0);
            const auto* entry = week == nullptr ? nullptr : entry_in_force(*week, in.local_s());
            if (entry != nullptr) now["targetTemp"] = (*entry)[1];
        }
        now["state"] = relay(in, now);
        if (now == *find(in)) return;
        in.draw(0, now["state"] == on);
        edit(in) = std::move(now);
    }

    static std::int64_t relay(const Inside& in, const Json& now) {
        if (int_or(now, {"onoff"}, off) == off || int_or(now, {"sensorStatus"}, 1) != 1) return off;
        if (int_or(now, {"mode"}, by_hand) == by_timer) return timer_says_on(in) ? on : off;
        const auto* zone = in.item(dead_zone_ns, "deadZone", "channel", 0);
        const auto width = zone == nullptr ? 50 : int_or(*zone, {"value"}, 50);
        auto missing = int_or(now, {"targetTemp"}, 0) - int_or(now, {"currentTemp"}, 0);
        if (int_or(now, {"working"}, heating) != heating) missing = -missing;
        if (missing <= 0) return off;
        return missing >= width || int_or(now, {"state"}, off) == on ? on : off;
    }

    /// Tells only what has changed.
    void write_air(Inside& in) {
        const auto twentieths = std::llround(air_->celsius() * 20) * 5;
        if (int_or(*find(in), {"currentTemp"}, 0) == twentieths) return;
        const auto before = int_or(*find(in), {"state"}, off);
        edit(in)["currentTemp"] = twentieths;
        settle(in);
        Json told({{"channel", 0}, {"currentTemp", twentieths}});
        if (int_or(*find(in), {"state"}, off) != before) told["state"] = find(in)->at("state");
        in.push_item(mode_ns, "modeB", std::move(told));
        watch(in);
    }

    static void watch(Inside& in) {
        const auto* config = in.item(alarm_config_ns, "alarmConfig", "channel", 0);
        auto* alarm = config == nullptr ? nullptr : in.edit_item(alarm_ns, "alarm", "channel", 0);
        if (alarm == nullptr) return;
        const auto now = int_or(*find(in), {"currentTemp"}, 0);
        const bool high =
            int_or(*config, {"highEnable"}, off) == on && now > int_or(*config, {"highTemp"}, now);
        const bool low = int_or(*config, {"lowEnable"}, off) == on && now < int_or(*config, {"lowTemp"}, now);
        const int type = high ? 1 : low ? 2 : 0;
        const bool news = int_or(*alarm, {"type"}, 0) != type;
        (*alarm)["type"] = type;
        (*alarm)["temp"] = now;
        if (news) in.push_all(alarm_ns);
    }

    std::optional<Air> air_;
    std::optional<std::int64_t> kept_target_;  ///< comes back with the mode by hand
    Pace pace_;
};

}  // namespace

std::unique_ptr<Behaviour> make_socket_thermostat(const Blueprint&) {
    return std::make_unique<SocketThermostat>();
}

}  // namespace lanbridge::sim
