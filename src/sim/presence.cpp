#include "sim/behaviour.hpp"

// The presence sensor ms600, which tells only what has changed.
namespace lanbridge::sim {

namespace {

constexpr std::string_view latest_ns = "Appliance.Control.Sensor.LatestX";
constexpr std::string_view config_ns = "Appliance.Control.Presence.Config";

class Presence final : public Behaviour {
public:
    std::optional<Answer> set(Inside&, std::string_view name, const Json& payload) override {
        if (name != config_ns) return {};
        // a channel and one group of settings
        for (const auto* item : items_of(payload.at("config"))) {
            if (item->size() != 2) return Answer();
        }
        return {};
    }

    /// "presence" with `value` (2 there, 1 not) and `distance` in mm, "weather" with `light` in lx.
    bool happen(Inside& in, std::string_view event, const Json& details) override {
        if (event == "presence") {
            const auto* now = in.item(latest_ns, "latest", "channel", 0);
            const auto* known = now == nullptr ? nullptr : find_member(*now, {"data", "presence"});
            const auto times = known == nullptr || known->empty() ? 0 : int_or(known->front(), {"times"}, 0);
            return show(in, "presence",
                        Json({{"distance", int_or(details, {"distance"}, 1500)},
                              {"value", int_or(details, {"value"}, 2)},
                              {"timestamp", in.clock_s()},
                              {"times", times + 1}}));
        }
        if (event != "weather" || !details.contains("light")) return false;
        return show(in, "light",
                    Json({{"value", int_or(details, {"light"}, 0)}, {"timestamp", in.clock_s()}}));
    }

private:
    static bool show(Inside& in, const char* kind, Json sample) {
        auto* item = in.edit_item(latest_ns, "latest", "channel", 0);
        if (item == nullptr) return false;
        Json data = Json::object();
        data[kind].push_back(std::move(sample));
        (*item)["data"].update(data);
        in.push_item(latest_ns, "latest", Json({{"channel", 0}, {"data", data}}));
        return true;
    }
};

}  // namespace

std::unique_ptr<Behaviour> make_presence(const Blueprint&) { return std::make_unique<Presence>(); }

}  // namespace lanbridge::sim
