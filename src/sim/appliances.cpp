#include "sim/behaviour.hpp"

// Humidifiers, diffusers, fans and sound machines: settings with a little more to them.
namespace lanbridge::sim {

namespace {

constexpr std::string_view spray_ns = "Appliance.Control.Spray";
constexpr std::string_view fan_ns = "Appliance.Control.Fan";
constexpr std::string_view mp3_ns = "Appliance.Control.Mp3";
constexpr std::string_view filter_ns = "Appliance.Control.FilterMaintenance";
constexpr std::string_view diffuser_sensor_ns = "Appliance.Control.Diffuser.Sensor";
/// A filter loses one per cent in so long.
constexpr std::int64_t filter_ms = 600'000;

class Appliances final : public Behaviour {
public:
    std::optional<Answer> set(Inside& in, std::string_view name, const Json& payload) override {
        if (name == spray_ns) return spray(in, payload.at("spray"));
        if (name == fan_ns) return fan(in, payload.at("fan"));
        // one key with each command
        if (name == mp3_ns && payload.at("mp3").size() != 2) return Answer();
        return {};
    }

    void changed(Inside& in, std::string_view name) override {
        for (const auto stamped : {"Appliance.Control.Diffuser.Light", "Appliance.Control.Diffuser.Spray",
                                   mp3_ns.data(), "Appliance.Mcu.Hp110.Lock"}) {
            if (name != stamped) continue;
            auto& payload = in.edit(name);
            for (const auto* key : {"light", "spray", "mp3", "lock"}) {
                if (!payload.contains(key)) continue;
                for (auto* item : items_of(payload[key])) (*item)["lmTime"] = in.clock_s();
            }
        }
    }

    /// "empty": the tank is, and the spray ends. "weather" with `temperature` and `humidity` at a diffuser.
    bool happen(Inside& in, std::string_view event, const Json& details) override {
        if (event == "empty" && in.find(spray_ns) != nullptr) {
            return spray(in, Json({{"channel", 0}, {"mode", 0}})).has_value();
        }
        if (event != "weather" || in.find(diffuser_sensor_ns) == nullptr) return false;
        auto& seen = in.edit(diffuser_sensor_ns);
        for (const auto* quantity : {"temperature", "humidity"}) {
            if (!details.contains(quantity)) continue;
            seen[quantity] = Json({{"value", int_or(details, {quantity}, 0)}, {"lmTime", in.clock_s()}});
        }
        in.push_all(diffuser_sensor_ns);
        return true;
    }

    void advance(Inside& in) override {
        if (!in.living() || in.uptime_ms() < filter_ms * (worn_ + 1)) return;
        worn_ = in.uptime_ms() / filter_ms;
        auto* filter = in.edit_item(filter_ns, "filter", "channel", 0);
        if (filter == nullptr || int_or(*filter, {"life"}, 0) == 0) return;
        (*filter)["life"] = int_or(*filter, {"life"}, 1) - 1;
        in.push_all(filter_ns);
    }

private:
    static Answer spray(Inside& in, const Json& wanted) {
        auto* item = in.edit_item(spray_ns, "spray", "channel", wanted.at("channel"));
        if (item == nullptr || !wanted.contains("mode")) return {};
        const auto before = int_or(*item, {"mode"}, 0);
        if (before == int_or(wanted, {"mode"}, 0)) return Json::object();
        (*item)["mode"] = wanted["mode"];
        (*item)["lastMode"] = before;
        (*item)["lmTime"] = in.clock_s();
        (*item)["onoffTime"] = in.clock_s();
        in.push_all(spray_ns);
        return Json::object();
    }

    static Answer fan(Inside& in, const Json& wanted) {
        const auto before = in.find(fan_ns) == nullptr ? Json() : *in.find(fan_ns);
        for (const auto* item : items_of(wanted)) {
            const auto* known = in.item(fan_ns, "fan", "channel", item->at("channel"));
            const auto speed = int_or(*item, {"speed"}, -1);
            if (known == nullptr || speed < 1 || speed > int_or(*known, {"maxSpeed"}, 4)) return {};
            (*in.edit_item(fan_ns, "fan", "channel", item->at("channel")))["speed"] = speed;
        }
        if (*in.find(fan_ns) != before) in.push_all(fan_ns);
        return Json::object();
    }

    std::int64_t worn_ = 0;
};

}  // namespace

std::unique_ptr<Behaviour> make_appliances(const Blueprint&) { return std::make_unique<Appliances>(); }

}  // namespace lanbridge::sim
