#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <map>

#include "sim/air.hpp"
#include "sim/behaviour.hpp"
#include "sim/hub_book.hpp"
#include "sim/week.hpp"

// Radiator valves behind a hub.
namespace lanbridge::sim {

namespace {

constexpr std::string_view warmth_ns = "Appliance.Hub.Mts100.Temperature";
constexpr std::string_view mode_ns = "Appliance.Hub.Mts100.Mode";
constexpr std::string_view week_ns = "Appliance.Hub.Mts100.ScheduleB";
constexpr std::string_view toggle_ns = "Appliance.Hub.ToggleX";

/// Set points by mode; that of mode 3 is in the schedule.
constexpr std::array<std::string_view, 5> set_points{"custom", "comfort", "economy", "", "away"};
/// The valve has heard it, and the hub tells so.
constexpr std::int64_t radio_ms = 1000;
/// A valve begins to heat when so much is missing.
constexpr std::int64_t dead_zone = 3;

Json of_one(std::string_view key, const Json& value) {
    Json object = Json::object();
    object[std::string(key)] = value;
    return object;
}

class Valves final : public Behaviour {
public:
    std::optional<Answer> set(Inside& in, std::string_view name, const Json& payload) override {
        if (name == warmth_ns) return set_warmth(in, payload.at("temperature"));
        if (name == mode_ns) return set_mode(in, payload.at("mode"));
        if (name == toggle_ns) return set_onoff(in, payload.at("togglex"));
        return {};
    }

    void changed(Inside& in, std::string_view name) override {
        if (name != week_ns) return;
        for (const auto& id : valves(in)) settle(in, id, true);
    }

    /// "window" with `id` and `open`; "weather" with `id` and `temperature`, in degrees.
    bool happen(Inside& in, std::string_view event, const Json& details) override {
        const auto id = string_or(details, {"id"}, "");
        if (warmth(in, id).is_null()) return false;
        if (event == "window") {
            write(in, id, of_one("openWindow", int_or(details, {"open"}, 1)), true);
        } else if (event == "weather") {
            rooms_.insert_or_assign(id, Air(number_or(details, {"temperature"}, 20)));
            show_room(in, id);
        } else {
            return false;
        }
        return true;
    }

    void advance(Inside& in) override {
        while (!later_.empty() && later_.front().due_ms <= in.uptime_ms()) {
            auto next = std::move(later_.front());
            later_.pop_front();
            in.push(next.name_space, std::move(next.payload));
        }
        if (!in.living()) return;
        pace_.run(in.uptime_ms(), [&](double seconds) {
            for (const auto& id : valves(in)) pass(in, id, seconds);
        });
    }

private:
    struct Later {
        Later(std::int64_t due, std::string_view ns, Json p)
            : due_ms(due), name_space(ns), payload(std::move(p)) {}
        std::int64_t due_ms;
        std::string_view name_space;
        Json payload;
    };

    static std::vector<std::string> valves(const Inside& in) { return subdevices_with(in, "scheduleBMode"); }

    /// What the hub knows of the warmth at a valve; null when it is none.
    static Json warmth(const Inside& in, const std::string& id) {
        if (const auto* own = in.item(warmth_ns, "temperature", "id", id)) return *own;
        const auto* all = in.item(valve_all_ns, "all", "id", id);
        const auto* part = all == nullptr ? nullptr : find_member(*all, {"temperature"});
        return part == nullptr ? Json() : *part;
    }
    static std::int64_t mode(const Inside& in, const std::string& id) {
        const auto* own = in.item(mode_ns, "mode", "id", id);
        const auto* all = in.item(valve_all_ns, "all", "id", id);
        return own != nullptr   ? int_or(*own, {"state"}, 0)
               : all != nullptr ? int_or(*all, {"mode", "state"}, 0)
                                : 0;
    }
    static bool on(const Inside& in, const std::string& id) {
        const auto* entry = subdevice(in, id);
        return entry != nullptr && int_or(*entry, {"onoff"}, 1) == 1;
    }

    /// Everywhere where it is shown.
    void write(Inside& in, const std::string& id, const Json& patch, bool tell) {
        note(in, warmth_ns, "temperature", id, patch);
        note(in, valve_all_ns, "all", id, of_one("temperature", patch));
        Json digest = Json::object();
        if (patch.contains("room")) digest["updateTemp"] = patch["room"];
        if (patch.contains("currentSet")) digest["currentSet"] = patch["currentSet"];
        const auto* entry = subdevice(in, id);
        if (entry != nullptr && entry->contains("mts150") && !digest.empty())
            note_digest(in, id, of_one("mts150", digest));
        if (!tell) return;
        auto item = patch;
        item["id"] = id;
        in.push_item(warmth_ns, "temperature", std::move(item));
    }

    Answer set_warmth(Inside& in, const Json& wanted) {
        Json answer = Json::object();
        for (const auto* item : items_of(wanted)) {
            const auto id = string_or(*item, {"id"}, "");
            const auto known = warmth(in, id);
            if (known.is_null()) return {};
            Json patch = Json::object();
            for (const auto key : set_points) {
                const auto value = key.empty() ? item->end() : item->find(key);
                if (value == item->end()) continue;
                if (!value->is_number_integer()) return {};
                const auto tenths = value->get<std::int64_t>();
                if (tenths < int_or(known, {"min"}, 50) || tenths > int_or(known, {"max"}, 350)) return {};
                patch[std::string(key)] = tenths;
            }
            if (patch.empty()) return {};
            write(in, id, patch, false);
            settle(in, id, true);
            auto now = warmth(in, id);
            now["id"] = id;
            answer["temperature"].push_back(std::move(now));
        }
        return answer;
    }

    Answer set_mode(Inside& in, const Json& wanted) {
        for (const auto* item : items_of(wanted)) {
            const auto id = string_or(*item, {"id"}, "");
            const auto state = int_or(*item, {"state"}, -1);
            if (warmth(in, id).is_null() || state < 0) return {};
            note(in, mode_ns, "mode", id, of_one("state", state));
            note(in, valve_all_ns, "all", id, of_one("mode", of_one("state", state)));
            if (const auto* entry = subdevice(in, id)) {
                for (const auto* type : {"mts100", "mts100v3", "mts150", "mts150p"}) {
                    if (entry->contains(type)) note_digest(in, id, of_one(type, of_one("mode", state)));
                }
            }
            later(in, mode_ns, "mode", id, of_one("state", state));
            settle(in, id, false);
            later(in, warmth_ns, "temperature", id,
                  of_one("currentSet", int_or(warmth(in, id), {"currentSet"}, 0)));
        }
        return Json::object();
    }

    Answer set_onoff(Inside& in, const Json& wanted) {
        for (const auto* item : items_of(wanted)) {
            const auto id = string_or(*item, {"id"}, "");
            const auto onoff = int_or(*item, {"onoff"}, -1);
            if (onoff < 0 || in.item(toggle_ns, "togglex", "id", id) == nullptr) return {};
            const auto patch = of_one("onoff", onoff);
            note(in, toggle_ns, "togglex", id, patch);
            note(in, valve_all_ns, "all", id, of_one("togglex", patch));
            note_digest(in, id, patch);
            later(in, toggle_ns, "togglex", id, patch);
            if (!warmth(in, id).is_null()) settle(in, id, false);
        }
        return Json::object();
    }

    /// A second from now; at most a few for each SET, and gone with the next look.
    void later(Inside& in, std::string_view name_space, std::string_view key, const std::string& id,
               Json item) {
        item["id"] = id;
        Json payload = Json::object();
        payload[std::string(key)].push_back(std::move(item));
        later_.emplace_back(in.uptime_ms() + radio_ms, name_space, std::move(payload));
    }

    /// The set point in force, and whether the valve is open for it.
    void settle(Inside& in, const std::string& id, bool tell) {
        const auto known = warmth(in, id);
        auto target = int_or(known, {"currentSet"}, 200);
        const auto key = set_points[static_cast<std::size_t>(std::clamp<std::int64_t>(mode(in, id), 0, 4))];
        if (!key.empty()) {
            target = int_or(known, {key}, target);
        } else if (const auto* week = in.item(week_ns, "schedule", "id", id)) {
            const auto* entry = in.living() ? entry_in_force(*week, in.local_s()) : nullptr;
            if (entry != nullptr) target = (*entry)[1].get<std::int64_t>();
        }
        if (target != int_or(known, {"currentSet"}, 0)) write(in, id, of_one("currentSet", target), tell);
        if (!in.living()) return;
        const auto missing = target - int_or(known, {"room"}, target);
        const bool before = int_or(known, {"heating"}, 0) == 1;
        const bool open = int_or(known, {"openWindow"}, 0) == 1;
        const bool heating = on(in, id) && !open && missing > 0 && (before || missing >= dead_zone);
        if (heating != before) write(in, id, of_one("heating", heating ? 1 : 0), true);
    }

    void pass(Inside& in, const std::string& id, double seconds) {
        const auto known = warmth(in, id);
        if (known.is_null() || !reachable(in, id)) return;
        const auto room = rooms_.try_emplace(id, number_or(known, {"room"}, 190) / 10).first;
        room->second.pass(seconds, int_or(known, {"heating"}, 0) == 1 ? 1 : 0);
        show_room(in, id);
    }

    void show_room(Inside& in, const std::string& id) {
        const auto tenths = std::llround(rooms_.at(id).celsius() * 10);
        if (tenths != int_or(warmth(in, id), {"room"}, 0)) write(in, id, of_one("room", tenths), true);
        settle(in, id, true);
    }

    std::map<std::string, Air> rooms_;  ///< at most one for each slot of the hub
    std::deque<Later> later_;
    Pace pace_;
};

}  // namespace

std::unique_ptr<Behaviour> make_valves(const Blueprint&) { return std::make_unique<Valves>(); }

}  // namespace lanbridge::sim
