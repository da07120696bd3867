#include <array>
#include <map>

#include "sim/behaviour.hpp"
#include "sim/hub_book.hpp"

// Sensors and alarms behind a hub.
namespace lanbridge::sim {

namespace {

constexpr std::string_view adjust_ns = "Appliance.Hub.Sensor.Adjust";
constexpr std::string_view smoke_ns = "Appliance.Hub.Sensor.Smoke";
constexpr std::string_view latest_ns = "Appliance.Control.Sensor.LatestX";
constexpr std::string_view climate_ns = "Appliance.Hub.Sensor.TempHum";

constexpr std::int64_t all_well = 170, testing = 23;
constexpr std::int64_t test_ms = 5000;
/// How often a sensor of climate tells something new.
constexpr std::int64_t report_ms = 60'000;

struct Mute {
    std::int64_t status;
    std::int64_t muted;
};
constexpr std::array mutes{Mute{17, 20}, Mute{18, 21}, Mute{19, 22}, Mute{24, 26}, Mute{25, 27}};

class HubSensors final : public Behaviour {
public:
    std::optional<Answer> set(Inside& in, std::string_view name, const Json& payload) override {
        if (name == adjust_ns) return adjust(in, payload.at("adjust"));
        if (name == smoke_ns) return obey(in, payload.at("smokeAlarm"));
        return {};
    }

    /// With `id`: "door" (`open`), "leak" (`leak`), "smoke" (`status`), "weather" (`temperature`, `humidity`
    /// and `light` in the sensor's own units).
    bool happen(Inside& in, std::string_view event, const Json& details) override {
        const auto id = string_or(details, {"id"}, "");
        const auto* entry = subdevice(in, id);
        if (entry == nullptr) return false;
        if (event == "door" && entry->contains("doorWindow")) {
            show(in, id, "doorWindow", "Appliance.Hub.Sensor.DoorWindow",
                 Json({{"status", int_or(details, {"open"}, 1)}, {"lmTime", in.clock_s()}}));
        } else if (event == "leak" && entry->contains("waterLeak")) {
            show(in, id, "waterLeak", "Appliance.Hub.Sensor.WaterLeak",
                 Json({{"latestWaterLeak", int_or(details, {"leak"}, 1)},
                       {"latestSampleTime", in.clock_s()}}));
        } else if (event == "smoke" && entry->contains("smokeAlarm")) {
            show_smoke(in, id, int_or(details, {"status"}, 25));
        } else if (event == "weather" && entry->contains("ms100")) {
            measure(in, id, details);
        } else if (event == "weather" && entry->contains("tempHumi")) {
            measure_display(in, id, details);
        } else {
            return false;
        }
        return true;
    }

    void advance(Inside& in) override {
        const auto now = in.uptime_ms();
        for (auto test = tests_.begin(); test != tests_.end();) {
            if (test->second > now) {
                ++test;
                continue;
            }
            show_smoke(in, test->first, all_well);
            test = tests_.erase(test);
        }
        if (!in.living() || now < report_ms * (reports_ + 1)) return;
        reports_ = now / report_ms;
        for (const auto& id : subdevices_with(in, "ms100")) wander(in, id, "ms100", "latestTemperature", 1);
        for (const auto& id : subdevices_with(in, "tempHumi")) wander(in, id, "tempHumi", "temp", 10);
    }

private:
    /// Digest, Sensor.All and the sensor's own namespace show the same.
    static void show(Inside& in, const std::string& id, std::string_view key, std::string_view name_space,
                     Json state) {
        Json nested = Json::object();
        nested[std::string(key)] = state;
        note_digest(in, id, nested);
        note(in, sensor_all_ns, "all", id, nested);
        note(in, name_space, key, id, state);
        state["id"] = id;
        in.push_item(name_space, key, std::move(state));
    }

    static void show_smoke(Inside& in, const std::string& id, std::int64_t status) {
        note_digest(in, id, Json({{"smokeAlarm", Json({{"status", status}, {"lmTime", in.clock_s()}})}}));
        note(in, sensor_all_ns, "all", id,
             Json({{"smokeAlarm", Json({{"status", status}, {"lmtime", in.clock_s()}})}}));
        note(in, smoke_ns, "smokeAlarm", id, Json({{"status", status}}));
        in.push_item(smoke_ns, "smokeAlarm", Json({{"id", id}, {"status", status}, {"interConn", 0}}));
    }

    Answer obey(Inside& in, const Json& wanted) {
        for (const auto* item : items_of(wanted)) {
            const auto id = string_or(*item, {"id"}, "");
            const auto status = int_or(*item, {"status"}, -1);
            const auto* known = in.item(smoke_ns, "smokeAlarm", "id", id);
            if (known == nullptr) known = smoke_of(in, id);
            if (known == nullptr) return {};
            const auto before = int_or(*known, {"status"}, all_well);
            const bool mutes_it = std::ranges::any_of(
                mutes, [&](const Mute& mute) { return mute.status == before && mute.muted == status; });
            const bool test = status == testing && before == all_well;
            if (!mutes_it && !test) return {};
            show_smoke(in, id, status);
            if (test) tests_[id] = in.uptime_ms() + test_ms;
        }
        return Json::object();
    }
    static const Json* smoke_of(const Inside& in, const std::string& id) {
        const auto* entry = subdevice(in, id);
        return entry == nullptr ? nullptr : find_member(*entry, {"smokeAlarm"});
    }

    /// What it is told is added to what it has been told before, and to what it measures.
    static Answer adjust(Inside& in, const Json& wanted) {
        for (const auto* item : items_of(wanted)) {
            const auto id = string_or(*item, {"id"}, "");
            const auto* known = in.item(adjust_ns, "adjust", "id", id);
            if (known == nullptr) return {};
            const auto warmer = int_or(*item, {"temperature"}, 0);
            const auto damper = int_or(*item, {"humidity"}, 0);
            note(in, adjust_ns, "adjust", id,
                 Json({{"temperature", int_or(*known, {"temperature"}, 0) + warmer},
                       {"humidity", int_or(*known, {"humidity"}, 0) + damper}}));
            const auto* all = in.item(sensor_all_ns, "all", "id", id);
            if (all == nullptr) continue;
            measure(in, id,
                    Json({{"temperature", int_or(*all, {"temperature", "latest"}, 0) + warmer},
                          {"humidity", int_or(*all, {"humidity", "latest"}, 0) + damper}}));
        }
        return Json::object();
    }

    static void note_all(Inside& in, const std::string& id, std::string_view quantity, std::int64_t value) {
        Json nested = Json::object();
        nested[std::string(quantity)] = Json({{"latest", value}, {"latestSampleTime", in.clock_s()}});
        note(in, sensor_all_ns, "all", id, nested);
    }

    static void measure(Inside& in, const std::string& id, const Json& values) {
        Json seen({{"latestTime", in.clock_s()}});
        if (values.contains("temperature")) seen["latestTemperature"] = int_or(values, {"temperature"}, 0);
        if (values.contains("humidity")) seen["latestHumidity"] = int_or(values, {"humidity"}, 0);
        for (const auto* quantity : {"temperature", "humidity"}) {
            if (values.contains(quantity)) note_all(in, id, quantity, int_or(values, {quantity}, 0));
        }
        Json nested = Json::object();
        nested["ms100"] = seen;
        const auto* entry = subdevice(in, id);
        if (entry != nullptr && entry->contains("ms100")) note_digest(in, id, nested);
        note(in, climate_ns, "tempHum", id, seen);
        seen["id"] = id;
        in.push_item(climate_ns, "tempHum", std::move(seen));
    }

    /// Tells only what has changed.
    static void measure_display(Inside& in, const std::string& id, const Json& values) {
        struct Quantity {
            const char* name;
            const char* in_all;
            const char* shown;
        };
        static constexpr std::array quantities{Quantity{"temperature", "temperature", "temp"},
                                               Quantity{"humidity", "humidity", "humi"},
                                               Quantity{"light", "", "light"}};
        Json data = Json::object();
        Json digest({{"latestTime", in.clock_s()}});
        for (const auto& [name, in_all, shown] : quantities) {
            if (!values.contains(name)) continue;
            const auto value = int_or(values, {name}, 0);
            data[shown].push_back(Json({{"value", value}, {"timestamp", in.clock_s()}}));
            if (*in_all == '\0') continue;
            note_all(in, id, in_all, value);
            digest[shown] = value;
        }
        note_digest(in, id, Json({{"tempHumi", digest}}));
        Json item({{"subId", id}, {"channel", 0}, {"data", data}});
        if (auto* latest = in.edit_item(latest_ns, "latest", "subId", id)) (*latest)["data"].update(data);
        in.push_item(latest_ns, "latest", std::move(item));
    }

    /// A little warmer, then a little colder.
    void wander(Inside& in, const std::string& id, std::string_view type, std::string_view key,
                int step) const {
        if (!reachable(in, id)) return;
        const auto known = int_or(*subdevice(in, id), {type, key}, 200);
        const Json values({{"temperature", known + (reports_ / 8 % 2 == 0 ? step : -step)}});
        if (type == "ms100")
            measure(in, id, values);
        else
            measure_display(in, id, values);
    }

    std::map<std::string, std::int64_t> tests_;  ///< when they end; at most one for each slot of the hub
    std::int64_t reports_ = 0;
};

}  // namespace

std::unique_ptr<Behaviour> make_hub_sensors(const Blueprint&) { return std::make_unique<HubSensors>(); }

}  // namespace lanbridge::sim
