#include "sim/subdevices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lanbridge::sim {

namespace {

/// One subdevice on its way into the hub's payloads.
struct Entry {
    const Json& from;
    std::int64_t now;
    const PayloadOf& payload;
    std::string id = string_or(from, {"id"}, "");
    Json digest = Json({{"id", id}, {"status", 1}, {"lastActiveTime", now}});

    std::int64_t value(std::string_view name, std::int64_t otherwise) const {
        return int_or(from, {name}, otherwise);
    }
    Json online() const { return Json({{"status", 1}, {"lastActiveTime", now}}); }
    /// An item below `key`, with the id; nothing where the hub does not have the namespace.
    void add(std::string_view name_space, std::string_view key, Json item,
             std::string_view index = "id") const {
        auto* target = payload(name_space);
        if (target == nullptr) return;
        item[std::string(index)] = id;
        auto& list = (*target)[std::string(key)];
        if (!list.is_array()) list = Json::array();
        list.push_back(std::move(item));
    }
    void add_sensor(Json all) const {
        all["online"] = online();
        add("Appliance.Hub.Sensor.All", "all", std::move(all));
    }
    void add_switch() {
        digest["onoff"] = value("onoff", 0);
        add("Appliance.Hub.ToggleX", "togglex", Json({{"onoff", digest["onoff"]}}));
    }
};

Json reading(std::int64_t latest, std::int64_t now, int most, int least) {
    return Json({{"latest", latest}, {"latestSampleTime", now}, {"max", most}, {"min", least}});
}

void add_climate_sensor(Entry& entry) {
    const auto warm = entry.value("temperature", 205);
    const auto damp = entry.value("humidity", 480);
    const auto now = entry.now;
    entry.digest["ms100"] =
        Json({{"latestTime", now}, {"latestTemperature", warm}, {"latestHumidity", damp}, {"voltage", 2810}});
    entry.add_sensor(
        Json({{"temperature", reading(warm, now, 600, -200)}, {"humidity", reading(damp, now, 1000, 0)}}));
    entry.add("Appliance.Hub.Sensor.TempHum", "tempHum",
              Json({{"latestTime", now},
                    {"latestTemperature", warm},
                    {"latestHumidity", damp},
                    {"sample", Json::array()}}));
    entry.add("Appliance.Hub.Sensor.Adjust", "adjust", Json({{"temperature", 0}, {"humidity", 0}}));
}

void add_display_sensor(Entry& entry) {
    const auto warm = entry.value("temperature", 2050);
    const auto damp = entry.value("humidity", 480);
    const auto now = entry.now;
    entry.add_switch();
    entry.digest["tempHumi"] = Json({{"latestTime", now}, {"temp", warm}, {"humi", damp}});
    entry.add_sensor(
        Json({{"temperature", reading(warm, now, 600, -200)}, {"humidity", reading(damp, now, 1000, 0)}}));
    const auto sample = [now](std::int64_t value) {
        auto list = Json::array();
        list.push_back(Json({{"value", value}, {"timestamp", now}}));
        return list;
    };
    const Json data(
        {{"light", sample(entry.value("light", 180))}, {"temp", sample(warm)}, {"humi", sample(damp)}});
    entry.add("Appliance.Control.Sensor.LatestX", "latest", Json({{"channel", 0}, {"data", data}}), "subId");
    auto settings = Json::parse(
        R"({"channel":0,"calibrateCfg":{"temp":0,"humi":0},"timeCfg":{"am":2},"unitCfg":{"tempUnit":1},)"
        R"("ms130Cfg":{"bl":{"bri":3,"lv":3,"sleep":15}}})");
    entry.add("Appliance.Config.DeviceCfg", "config", std::move(settings), "subId");
}

void add_door(Entry& entry) {
    const Json state({{"status", entry.value("open", 0)}, {"lmTime", entry.now}});
    entry.add_switch();
    entry.digest["doorWindow"] = state;
    entry.add_sensor(Json({{"doorWindow", state}}));
    auto item = state;
    item["sample"] = Json::array();
    entry.add("Appliance.Hub.Sensor.DoorWindow", "doorWindow", std::move(item));
}

void add_leak(Entry& entry) {
    const Json state({{"latestWaterLeak", entry.value("leak", 0)}, {"latestSampleTime", entry.now}});
    entry.add_switch();
    entry.digest["waterLeak"] = state;
    entry.add_sensor(Json({{"waterLeak", state}}));
    auto item = state;
    item["sample"] = Json::array();
    entry.add("Appliance.Hub.Sensor.WaterLeak", "waterLeak", std::move(item));
}

void add_smoke(Entry& entry) {
    const auto status = entry.value("status", 170);
    entry.digest["smokeAlarm"] = Json({{"status", status}, {"lmTime", entry.now}, {"interConn", 0}});
    entry.add_sensor(
        Json({{"smokeAlarm", Json({{"status", status}, {"lmtime", entry.now}, {"interConn", 0}})}}));
    entry.add("Appliance.Hub.Sensor.Smoke", "smokeAlarm", Json({{"status", status}, {"interConn", 0}}));
}

Json usual_week() {
    const auto day = Json::parse("[[420,170],[120,210],[420,180],[120,200],[210,215],[150,170]]");
    Json week = Json::object();
    for (const auto* name : {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}) week[name] = day;
    return week;
}

void add_valve(Entry& entry, std::string_view type) {
    const auto mode = entry.value("mode", 0);
    const auto onoff = entry.value("onoff", 1);
    Json warmth({{"room", entry.value("room", 190)},
                 {"custom", entry.value("custom", 200)},
                 {"comfort", entry.value("comfort", 220)},
                 {"economy", entry.value("economy", 170)},
                 {"away", entry.value("away", 120)},
                 {"max", 350},
                 {"min", 50},
                 {"heating", 0},
                 {"openWindow", 0}});
    static constexpr std::array<const char*, 5> keys{"custom", "comfort", "economy", "custom", "away"};
    warmth["currentSet"] = warmth[keys[static_cast<std::size_t>(std::clamp<std::int64_t>(mode, 0, 4))]];
    entry.digest["scheduleBMode"] = 6;
    entry.digest["onoff"] = onoff;
    auto& own = entry.digest[std::string(type)];
    own = Json({{"mode", mode}});
    if (type.starts_with("mts150")) {
        own = Json({{"mode", mode},
                    {"currentSet", warmth["currentSet"]},
                    {"updateMode", 1},
                    {"updateTemp", warmth["room"]},
                    {"motorCurLocation", 12000},
                    {"motorStartCtr", 85},
                    {"motorTotalPath", 26500}});
        entry.add("Appliance.Hub.SubDevice.Version", "version",
                  Json({{"hardware", "1.1.5"}, {"firmware", "5.1.8"}}));
        entry.add("Appliance.Hub.Mts100.SuperCtl", "superCtl",
                  Json({{"enable", 1}, {"level", 1}, {"alert", 1}}));
    }
    entry.add("Appliance.Hub.Mts100.All", "all",
              Json({{"scheduleBMode", 6},
                    {"online", entry.online()},
                    {"togglex", Json({{"onoff", onoff}})},
                    {"timeSync", Json({{"state", 1}})},
                    {"mode", Json({{"state", mode}})},
                    {"temperature", warmth}}));
    entry.add("Appliance.Hub.ToggleX", "togglex", Json({{"onoff", onoff}}));
    entry.add("Appliance.Hub.Mts100.Temperature", "temperature", std::move(warmth));
    entry.add("Appliance.Hub.Mts100.Mode", "mode", Json({{"state", mode}}));
    entry.add("Appliance.Hub.Mts100.TimeSync", "timeSync", Json({{"state", 1}}));
    entry.add("Appliance.Hub.Mts100.Adjust", "adjust", Json({{"temperature", entry.value("adjust", 0)}}));
    entry.add("Appliance.Hub.Mts100.ScheduleB", "schedule", usual_week());
}

/// False for a type that is not known.
bool add_type(Entry& entry, std::string_view type) {
    if (type == "ms100")
        add_climate_sensor(entry);
    else if (type == "ms130")
        add_display_sensor(entry);
    else if (type == "ms200")
        add_door(entry);
    else if (type == "ms400")
        add_leak(entry);
    else if (type == "gs559")
        add_smoke(entry);
    else if (type == "mts100" || type == "mts100v3" || type == "mts150" || type == "mts150p")
        add_valve(entry, type);
    else
        return false;
    return true;
}

}  // namespace

Json empty_hub() {
    return Json({{"hubId", 1},
                 {"mode", 0},
                 {"nvdmChl", 0},
                 {"workChl", 7},
                 {"curChl", 7},
                 {"subdevice", Json::array()}});
}

Result<void> add_subdevice(const Json& made_up, std::int64_t now, Json& digest_hub,
                           const PayloadOf& payload) {
    Entry entry{made_up, now, payload};
    const auto type = string_or(made_up, {"type"}, "");
    if (entry.id.empty() || type.empty())
        return Error(Errc::malformed, R"(a subdevice is like {"id": "160000000001", "type": "ms200"})");
    auto& list = digest_hub["subdevice"];
    if (!list.is_array()) list = Json::array();
    if (list.size() >= most_subdevices)
        return Error(Errc::overflow, fmt::format("a hub has room for {} subdevices", most_subdevices));
    const auto same = [&](const Json& known) { return string_or(known, {"id"}, "") == entry.id; };
    if (std::ranges::any_of(list, same))
        return Error(Errc::busy, fmt::format("subdevice {} is there", entry.id));
    if (!add_type(entry, type))
        return Error(Errc::malformed, fmt::format("subdevice of unknown type {}", type));
    entry.add("Appliance.Hub.Online", "online", entry.online());
    entry.add("Appliance.Hub.Battery", "battery", Json({{"value", entry.value("battery", 100)}}));
    list.push_back(std::move(entry.digest));
    return {};
}

}  // namespace lanbridge::sim
