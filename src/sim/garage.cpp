#include <algorithm>
#include <cmath>
#include <map>

#include "sim/behaviour.hpp"

// Doors that take their time, with one contact at the closed end.
namespace lanbridge::sim {

namespace {

constexpr std::string_view state_ns = "Appliance.GarageDoor.State";
constexpr std::string_view config_ns = "Appliance.GarageDoor.Config";
constexpr std::string_view doors_ns = "Appliance.GarageDoor.MultipleConfig";
constexpr std::int64_t default_duration_ms = 30'000;
/// A door is there a little before the time that it was given has passed.
constexpr double part_of_duration = 0.8;

class GarageDoors final : public Behaviour {
public:
    /// Firmware with a configuration for each door says whether it has sent a pulse.
    explicit GarageDoors(const Blueprint& blueprint) : newer_(blueprint.supports(doors_ns)) {}

    std::optional<Answer> set(Inside& in, std::string_view name, const Json& payload) override {
        if (name != state_ns) return {};
        advance(in);
        const auto channel = static_cast<int>(int_or(payload, {"state", "channel"}, -1));
        const auto wanted = int_or(payload, {"state", "open"}, -1);
        const auto* known = in.item(state_ns, "state", "channel", channel);
        if (known == nullptr || wanted < 0 || wanted > 1) return Answer();
        auto shown = *known;  // as it is now, not as it will be
        const bool enabled = int_or(shown, {"doorEnable"}, 1) == 1;
        const bool there = !doors_.contains(channel) && int_or(shown, {"open"}, 0) == wanted;
        shown["execute"] = !enabled || (newer_ && there) ? 0 : 1;
        shown["lmTime"] = in.clock_s();
        if (enabled && !there) drive(in, channel, wanted == 1);
        const bool list = in.find(state_ns)->at("state").is_array();
        Json answer = Json::object();
        answer["state"] = list ? Json::array({shown}) : std::move(shown);
        return answer;
    }

    void changed(Inside& in, std::string_view name) override {
        if (name != doors_ns) return;
        for (const auto* config : items_of(in.find(doors_ns)->at("config"))) {
            const auto channel = int_or(*config, {"channel"}, -1);
            const auto enabled = int_or(*config, {"doorEnable"}, 1);
            const auto* known = in.item(state_ns, "state", "channel", channel);
            if (known == nullptr || int_or(*known, {"doorEnable"}, enabled) == enabled) continue;
            (*in.edit_item(state_ns, "state", "channel", channel))["doorEnable"] = enabled;
        }
    }

    /// "door" with `open`: by hand or by the button on the wall. "obstruct": the next closing does not
    /// succeed.
    bool happen(Inside& in, std::string_view event, const Json& details) override {
        const auto channel = static_cast<int>(int_or(details, {"channel"}, 0));
        if (in.item(state_ns, "state", "channel", channel) == nullptr) return false;
        if (event == "obstruct") return obstructed_[channel] = true;
        if (event != "door") return false;
        drive(in, channel, int_or(details, {"open"}, 1) == 1);
        return true;
    }

    void advance(Inside& in) override {
        const auto now = in.uptime_ms();
        for (auto door = doors_.begin(); door != doors_.end();) {
            const auto& [channel, run] = *door;
            if (now < run.end_ms) {
                ++door;
                continue;
            }
            if (!run.open && !run.blocked) write_contact(in, channel, false);
            door = doors_.erase(door);
        }
    }

private:
    struct Run {
        bool open = false;
        bool blocked = false;
        std::int64_t begin_ms = 0, end_ms = 0;
    };

    static std::int64_t travel_ms(const Inside& in, int channel, bool open) {
        const auto key = open ? "doorOpenDuration" : "doorCloseDuration";
        auto duration = default_duration_ms;
        if (const auto* config = in.find(config_ns)) duration = int_or(*config, {"config", key}, duration);
        if (const auto* own = in.item(doors_ns, "config", "channel", channel))
            duration = int_or(*own, {key}, duration);
        return std::llround(static_cast<double>(std::max<std::int64_t>(duration, 1)) * part_of_duration);
    }

    void drive(Inside& in, int channel, bool open) {
        const auto now = in.uptime_ms();
        Run run;
        run.open = open;
        run.begin_ms = now;
        run.end_ms = now + travel_ms(in, channel, open);
        // turned round on its way, it is there sooner
        if (const auto known = doors_.find(channel); known != doors_.end()) {
            if (known->second.open == open) return;
            run.end_ms = std::min(run.end_ms, now + (now - known->second.begin_ms));
        }
        run.blocked = !open && std::exchange(obstructed_[channel], false);
        doors_[channel] = run;
        if (open) write_contact(in, channel, true);
    }

    static void write_contact(Inside& in, int channel, bool open) {
        auto* item = in.edit_item(state_ns, "state", "channel", channel);
        if (item == nullptr || int_or(*item, {"open"}, -1) == (open ? 1 : 0)) return;
        (*item)["open"] = open ? 1 : 0;
        (*item)["lmTime"] = in.clock_s();
        in.push_item(state_ns, "state", *item);
    }

    bool newer_;
    std::map<int, Run> doors_;  ///< those that move
    std::map<int, bool> obstructed_;
};

}  // namespace

std::unique_ptr<Behaviour> make_garage_doors(const Blueprint& blueprint) {
    return std::make_unique<GarageDoors>(blueprint);
}

}  // namespace lanbridge::sim
