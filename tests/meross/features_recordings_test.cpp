#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "meross/features_support.hpp"
#include "meross/recordings_folder.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using Keys = std::vector<std::string>;

namespace {

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

struct Answer {
    std::string name_space;
    Json payload;
    std::int64_t device_time = 0;
};

struct Recording {
    Json all;
    Json ability;
    std::vector<Answer> answers;  // single and packed, in order
};

/// The answers inside a Control.Multiple, with the device's time out of their headers.
void unpack(const Json& payload, std::vector<Answer>& answers) {
    const Json* list = find_member(payload, {"multiple"});
    if (!list || !list->is_array()) return;
    for (const Json& inner : *list)
        answers.push_back({string_or(inner, {"header", "namespace"}, ""),
                           inner.value("payload", Json::object()),
                           int_or(inner, {"header", "timestamp"}, 0)});
}

void take_row(const std::vector<std::string>& cells, const Json& data, Recording& recording) {
    const std::string& protocol = cells[cells.size() - 3];
    const std::string& method = cells[cells.size() - 2];
    const std::string& name = cells.back();
    if (protocol == "auto") {
        if (name == "Appliance.System.All") recording.all = data;
        if (name == "Appliance.System.Ability") recording.ability = data;
        return;
    }
    if (method == "GETACK" || (method == "PUSH" && !data.empty()))
        recording.answers.push_back({name, data, 0});
    if (method == "SETACK" && name == "Appliance.Control.Multiple") unpack(data, recording.answers);
}

Recording load_csv(const std::filesystem::path& path) {
    Recording recording;
    std::istringstream lines(text_of(path));
    for (std::string line; std::getline(lines, line);) {
        std::vector<std::string> cells;
        std::istringstream rest(line);
        for (std::string cell; std::getline(rest, cell, '\t');) cells.push_back(cell);
        if (cells.size() < 5) continue;
        const auto data = parse_json(cells.back());
        cells.pop_back();
        if (data && data->is_object()) take_row(cells, *data, recording);
    }
    return recording;
}

Recording load_json(const std::filesystem::path& path) {
    Recording recording;
    const Json document = json(text_of(path));
    for (const Json& row : document.at("data").at("trace")) {
        std::vector<std::string> cells;
        for (std::size_t i = 0; i + 1 < row.size(); ++i)
            cells.push_back(row[i].is_string() ? row[i].get<std::string>() : "");
        if (row.back().is_object()) take_row(cells, row.back(), recording);
    }
    // the device as it was when it was first met, which may be long before the exchange
    if (const Json* all = find_member(document, {"data", "payload", "all"})) recording.all = *all;
    return recording;
}

Recording load(const std::string& name) {
    return name.ends_with(".csv") ? load_csv(recordings() / name) : load_json(recordings() / name);
}

/// A replay: what was answered, then what is known. The first value of each entity is kept.
struct Replay {
    explicit Replay(const std::string& name) : Replay(load(name)) {}
    explicit Replay(const Recording& recording)
        : bench(meross::parse_facts(recording.all, recording.ability).value()) {
        note(bench.feed_digest());
        std::int64_t device_time = bench.zone().timestamp;
        std::int64_t wall_ms = 1;
        for (const auto& answer : recording.answers) {
            if (answer.name_space == "Appliance.System.All") take_all(answer.payload, device_time);
            if (answer.device_time > 0) device_time = answer.device_time;
            note(bench.give(answer.name_space.substr(10), answer.payload, device_time, wall_ms));
            wall_ms += 1000;
        }
    }
    void take_all(const Json& all, std::int64_t& device_time) {
        auto facts = meross::parse_facts(all, Json::object()).value();
        device_time = facts.time.timestamp;
        bench.zone() = facts.time;
        for (const auto& part : meross::split_digest(facts.digest))
            note(bench.give(part.name_space.substr(10), part.payload, device_time, 0));
    }
    void note(const model::Observations& observations) {
        for (const auto& seen : observations) {
            if (state(first, seen.entity, seen.part) == model::Value()) first.push_back(seen);
            last.push_back(seen);
        }
    }
    /// The published entities without the opt-ins, which are off by default and not in the table of coverage.
    Keys core() const {
        Keys keys;
        for (const auto& key : bench.keys())
            if (bench.entity(key).enabled_by_default || key == "standby_alert") keys.push_back(key);
        return keys;
    }
    Bench bench;
    model::Observations first;
    model::Observations last;
};

bool absent() {
    if (std::filesystem::exists(recordings() / "mss310.csv")) return false;
    std::cerr << "no recordings in " << recordings() << ": set LANBRIDGE_TRACES\n";
    std::exit(77);
}

const Keys metering_plug{"current", "energy", "led", "power", "signal", "switch_0", "voltage"};

}  // namespace

TEST_CASE("the recorded mss310 shows what it showed", "[meross][recordings]") {
    if (absent()) return;
    Replay plug("mss310.csv");
    CHECK(plug.core() == metering_plug);
    CHECK(state(plug.first, "switch_0") == model::Value(false));
    CHECK(number(plug.first, "current") == 0);
    CHECK_THAT(number(plug.first, "voltage"), WithinAbs(238.0, 1e-9));
    CHECK(number(plug.first, "power") == 0);
    CHECK(number(plug.first, "energy") == 180);
    CHECK(number(plug.first, "signal") == 76);
    CHECK(state(plug.first, "led") == model::Value(true));
}

TEST_CASE("the recorded mss310 of firmware 1.x shows what it showed", "[meross][recordings]") {
    if (absent()) return;
    Replay plug("mss310-old.csv");
    CHECK(plug.core() == metering_plug);
    CHECK(state(plug.first, "switch_0") == model::Value(true));
    CHECK_THAT(number(plug.first, "current"), WithinAbs(0.418, 1e-9));
    CHECK_THAT(number(plug.first, "voltage"), WithinAbs(238.7, 1e-9));
    CHECK_THAT(number(plug.first, "power"), WithinAbs(67.379, 1e-9));
}

TEST_CASE("the recorded mss305 shows what it showed", "[meross][recordings]") {
    if (absent()) return;
    Replay plug("mss305.json.txt");
    CHECK(plug.core().size() == 13);
    CHECK(state(plug.first, "switch_0") == model::Value(true));
    CHECK_THAT(number(plug.first, "current"), WithinAbs(0.290, 1e-9));
    CHECK_THAT(number(plug.first, "voltage"), WithinAbs(233.1, 1e-9));
    CHECK_THAT(number(plug.first, "power"), WithinAbs(5.297, 1e-9));
    CHECK(state(plug.first, "over_temp") == model::Value(true));
    CHECK(state(plug.first, "over_temp_type") == model::Value(std::string("early_warning")));
    CHECK(state(plug.first, "standby_killer") == model::Value(false));
    CHECK(number(plug.first, "standby_power") == 0);
    CHECK(number(plug.first, "standby_time") == 300);
    CHECK(plug.bench.has("energy_last_hour"));
}

TEST_CASE("the recorded mss210 shows what it showed", "[meross][recordings]") {
    if (absent()) return;
    Replay plug("mss210.json.txt");
    CHECK(plug.core() == Keys{"led", "signal", "switch_0"});
    CHECK(state(plug.first, "switch_0") == model::Value(false));
    CHECK(number(plug.first, "signal") == 100);
}

TEST_CASE("the recorded mts200b shows what it showed", "[meross][recordings]") {
    if (absent()) return;
    Replay thermostat("mts200b.json.txt");
    const auto& first = thermostat.first;
    CHECK(thermostat.core().size() == 22);
    CHECK(state(first, "climate", "mode") == model::Value(std::string("heat")));
    CHECK(state(first, "climate", "preset_mode") == model::Value(std::string("auto")));
    CHECK(state(first, "climate", "action") == model::Value(std::string("heating")));
    CHECK(state(first, "climate", "current_temperature") == model::Value(20.0));
    CHECK(state(first, "climate", "temperature") == model::Value(21.0));
    CHECK(number(first, "temperature") == 20);
    CHECK(number(first, "preset_comfort") == 21);
    CHECK(number(first, "preset_sleep") == 20);
    CHECK(number(first, "preset_away") == 20);
    CHECK(number(first, "calibration") == -0.8);
    CHECK(number(first, "deadzone") == 0.5);
    CHECK(state(first, "frost_switch") == model::Value(true));
    CHECK(number(first, "frost") == 5);
    CHECK(state(first, "overheat_switch") == model::Value(true));
    CHECK(number(first, "overheat") == 25);
    CHECK(state(first, "overheat_warning") == model::Value(std::string("disconnected")));
    CHECK(state(first, "floor_temperature") == model::Value());
    CHECK(number(first, "screen_operation") == 100);
    CHECK(number(first, "screen_standby") == 12.5);
    CHECK(thermostat.bench.has("schedule_mon"));
}

TEST_CASE("the recorded mod100 shows what it showed", "[meross][recordings]") {
    if (absent()) return;
    Replay diffuser("mod100.csv");
    CHECK(diffuser.core() == Keys{"light_0", "signal", "spray_0"});  // its sensor is a placeholder
    CHECK(state(diffuser.first, "light_0") == model::Value(false));
    CHECK(state(diffuser.first, "light_0", "rgb") == model::Value(std::string("63,0,255")));
    CHECK(state(diffuser.first, "light_0", "effect") == model::Value(std::string("rainbow")));
    CHECK(state(diffuser.first, "spray_0") == model::Value(std::string("off")));
    // set in the app while it was recorded
    CHECK(state(diffuser.last, "spray_0") == model::Value(std::string("strong")));
    CHECK(number(diffuser.first, "signal") == 57);
}

TEST_CASE("the recorded mfc100 shows what it showed", "[meross][recordings]") {
    if (absent()) return;
    Replay fan("mfc100.json.txt");
    CHECK(fan.bench.has("switch_0"));
    CHECK_FALSE(fan.bench.has("switch_2"));
    CHECK(fan.bench.entity("fan_2").parts.at(1).range == model::NumberRange{0, 3, 1});
    CHECK(state(fan.last, "switch_0") == model::Value(false));
    CHECK(state(fan.last, "fan_2") == model::Value(false));
    CHECK(state(fan.last, "fan_2", "percentage") == model::Value(std::int64_t{0}));
}

TEST_CASE("no recorded lamp, door, shutter or hub gains a switch that it has not", "[meross][recordings]") {
    if (absent()) return;
    for (const char* name :
         {"msl320cpr-old.csv", "msl320cpr.json.txt", "msg100.csv", "msg200.json.txt", "mrs100-old.csv",
          "mrs100.json.txt", "mod100.csv", "msh300.csv", "ms600.json.txt", "mts300.json.txt"}) {
        INFO(name);
        CHECK_FALSE(Replay(name).bench.has("switch_0"));
    }
    Replay fan("mfc100.json.txt");
    CHECK_FALSE(fan.bench.has("over_temp"));  // it answers -1
    CHECK_FALSE(fan.bench.has("switch_1"));
    CHECK(fan.bench.entity("switch_0").name == "Power");
}

TEST_CASE("the recorded mts960 shows what it showed", "[meross][recordings]") {
    if (absent()) return;
    Replay socket("mts960.csv");
    CHECK(socket.core().size() == 28);
    const auto climate = [&](std::string_view part) { return state(socket.first, "climate", part); };
    CHECK(climate("mode") == model::Value(std::string("cool")));
    CHECK(climate("preset_mode") == model::Value(std::string("cooling")));
    CHECK(climate("action") == model::Value(std::string("idle")));
    CHECK(climate("temperature") == model::Value(26.0));
    CHECK(climate("current_temperature") == model::Value(19.45));
    CHECK(state(socket.first, "plug_state") == model::Value(false));
    CHECK(state(socket.first, "sensor_problem") == model::Value(false));
    CHECK(number(socket.first, "ctl_min") == 0);
    CHECK(number(socket.first, "ctl_max") == 50);
    CHECK(number(socket.first, "calibration") == -2.8);
    CHECK(number(socket.last, "calibration") == -2.7);  // pushed
    CHECK(number(socket.first, "deadzone") == 3);
    CHECK(state(socket.first, "frost_switch") == model::Value(false));
    CHECK(number(socket.first, "frost") == 7);
    CHECK(number(socket.first, "alarm_high") == 60);
    CHECK(number(socket.first, "alarm_low") == -35);
    CHECK(state(socket.first, "alarm_high_enable") == model::Value(true));
    CHECK(state(socket.first, "alarm_low_enable") == model::Value(true));
    CHECK(state(socket.first, "alarm") == model::Value(std::string("none")));
    CHECK(number(socket.last, "timer_down") == 1);
    CHECK(number(socket.last, "timer_cycle_on") == 15);
    CHECK(state(socket.last, "climate", "preset_mode") ==
          model::Value(std::string("schedule_cooling")));  // the last push
}

TEST_CASE("the recorded mts300 shows what it showed", "[meross][recordings]") {
    if (absent()) return;
    Replay hvac("mts300.json.txt");
    const auto pushes = json(text_of(recordings() / "mts300.json.txt"))["data"]["device"]["namespace_pushes"];
    for (const auto& [name, payload] : pushes.items())
        hvac.note(hvac.bench.give(name.substr(10), payload, 1748838006, 1));
    const auto climate = [&](std::string_view part) { return state(hvac.first, "climate", part); };
    CHECK(climate("mode") == model::Value(std::string("heat_cool")));
    CHECK(climate("temperature_low") == model::Value(21.0));
    CHECK(climate("temperature_high") == model::Value(24.0));
    CHECK(climate("temperature") == model::Value());
    CHECK(climate("current_temperature") == model::Value(22.0));
    CHECK(climate("current_humidity") == model::Value(49.5));
    CHECK(climate("action") == model::Value(std::string("idle")));
    CHECK(climate("preset_mode") == model::Value(std::string("auto")));
    CHECK(climate("fan_mode") == model::Value(std::string("auto")));
    CHECK(state(hvac.first, "hold_action") == model::Value(std::string("next_schedule")));
    CHECK(number(hvac.first, "screen_operation") == 100);
    CHECK(state(hvac.first, "fan_hold") == model::Value(false));
    for (const char* key : {"heating_status", "cooling_status", "auxiliary_status", "fan_status",
                            "humidifier_status", "calibration", "hold_time", "temp_unit", "lock", "signal"}) {
        INFO(key);
        CHECK(hvac.bench.has(key));
    }
}
