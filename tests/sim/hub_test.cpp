#include "sim/support.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using meross::Method;

namespace {

const std::string old_sensor = "120000000101", old_valve = "01000101";
const std::string door = "160000000201", smoke = "280000000201", display = "1A0000000201",
                  leak = "2A0000000201";
const std::string valve = "03000201", cold_valve = "03000202";

Json parse(std::string_view text) { return Json::parse(text); }
Json with_id(const std::string& id, std::string_view rest) {
    auto item = Json::parse(rest);
    item["id"] = id;
    return item;
}
Json list(std::string_view key, const Json& item) {
    Json payload = Json::object();
    payload[std::string(key)].push_back(item);
    return payload;
}
Json item(Bench& bench, const std::string& name, const std::string& key, const std::string& id) {
    const auto payload = bench.get("Appliance.Hub." + name, list(key, Json({{"id", id}})));
    REQUIRE(payload.at(key).size() == 1);
    return payload.at(key)[0];
}
Json digest(Bench& bench, const std::string& id) {
    const auto all = bench.get("Appliance.System.All", Json::object());
    for (const auto& entry : all.at("all").at("digest").at("hub").at("subdevice")) {
        if (entry.at("id") == id) return entry;
    }
    return {};
}
Json warmth(Bench& bench, const std::string& id) {
    return item(bench, "Mts100.All", "all", id).at("temperature");
}
void refused(Bench& bench, const std::string& name, const Json& payload) {
    INFO(payload);
    CHECK(bench.answer(name, Method::set, payload, Method::error).at("error").at("code") == 5000);
}
const Json* last_push(const Bench& bench, std::string_view name) {
    for (auto push = bench.pushes.rbegin(); push != bench.pushes.rend(); ++push) {
        if (push->header.name_space == name) return &push->payload;
    }
    return nullptr;
}
void room(Bench& bench, const std::string& id, double celsius) {
    REQUIRE(bench.device.happen("weather", Json({{"id", id}, {"temperature", celsius}})));
}

}  // namespace

TEST_CASE("a valve shows the same everywhere", "[sim][hub]") {
    Bench bench(builtin("msh300hk"));
    room(bench, valve, 20.9);
    CHECK(warmth(bench, valve).at("room") == 209);
    CHECK(item(bench, "Mts100.Temperature", "temperature", valve).at("room") == 209);
    CHECK(digest(bench, valve).at("mts150").at("updateTemp") == 209);
    const auto set = bench.set("Appliance.Hub.Mts100.Temperature",
                               list("temperature", with_id(valve, R"({"custom":205})")));
    REQUIRE(set.at("temperature").size() == 1);
    CHECK(set.at("temperature")[0].at("custom") == 205);
    CHECK(set.at("temperature")[0].at("currentSet") == 205);
    CHECK(set.at("temperature")[0].at("away") == 120);
    CHECK(digest(bench, valve).at("mts150").at("currentSet") == 205);
    CHECK(*last_push(bench, "Appliance.Hub.Mts100.Temperature") ==
          list("temperature", with_id(valve, R"({"currentSet":205})")));
}

TEST_CASE("a valve's mode picks its set point, and the hub tells a second later", "[sim][hub]") {
    Bench bench(builtin("msh300hk"));
    CHECK(bench.set("Appliance.Hub.Mts100.Mode", list("mode", with_id(valve, R"({"state":4})"))) ==
          Json::object());
    bench.device.tick();
    CHECK(last_push(bench, "Appliance.Hub.Mts100.Mode") == nullptr);
    bench.time.advance(1s);
    bench.device.tick();
    REQUIRE(bench.pushes.size() >= 2);
    CHECK(*last_push(bench, "Appliance.Hub.Mts100.Mode") == list("mode", with_id(valve, R"({"state":4})")));
    CHECK(*last_push(bench, "Appliance.Hub.Mts100.Temperature") ==
          list("temperature", with_id(valve, R"({"currentSet":120})")));
    CHECK(item(bench, "Mts100.All", "all", valve).at("mode").at("state") == 4);
    CHECK(digest(bench, valve).at("mts150").at("mode") == 4);
    // custom is stored, but it is not what counts now
    bench.set("Appliance.Hub.Mts100.Temperature", list("temperature", with_id(valve, R"({"custom":250})")));
    CHECK(warmth(bench, valve).at("custom") == 250);
    CHECK(warmth(bench, valve).at("currentSet") == 120);
    bench.set("Appliance.Hub.Mts100.Mode", list("mode", with_id(valve, R"({"state":3})")));
    CHECK(warmth(bench, valve).at("currentSet") == 170);  // 23:13 on a Tuesday in Rome
}

TEST_CASE("a valve heats its room, and only while it is on", "[sim][hub]") {
    Bench bench(builtin("msh300hk"));
    room(bench, valve, 19.0);
    CHECK(warmth(bench, valve).at("heating") == 1);
    bench.time.advance(60s);
    CHECK(warmth(bench, valve).at("room") == 196);
    bench.set("Appliance.Hub.ToggleX", list("togglex", with_id(valve, R"({"onoff":0})")));
    CHECK(warmth(bench, valve).at("heating") == 0);
    CHECK(digest(bench, valve).at("onoff") == 0);
    CHECK(item(bench, "Mts100.All", "all", valve).at("togglex").at("onoff") == 0);
    bench.time.advance(100s);
    CHECK(warmth(bench, valve).at("room") == 194);
    CHECK(warmth(bench, cold_valve).at("heating") == 0);
    REQUIRE(bench.device.happen("window", Json({{"id", valve}, {"open", 1}})));
    CHECK(warmth(bench, valve).at("openWindow") == 1);
}

TEST_CASE("a hub wants lists with ids, and values that mean something", "[sim][hub]") {
    Bench bench(builtin("msh300hk"));
    const std::string temperature = "Appliance.Hub.Mts100.Temperature";
    refused(bench, temperature, parse(R"({"temperature":{"id":"03000201","custom":200}})"));
    refused(bench, temperature, parse(R"({"temperature":[{"custom":200}]})"));
    refused(bench, temperature, list("temperature", with_id("03009999", R"({"custom":200})")));
    refused(bench, temperature, list("temperature", with_id(valve, R"({"custom":20.5})")));
    refused(bench, temperature, list("temperature", with_id(valve, R"({"custom":400})")));
    refused(bench, "Appliance.Hub.Mts100.Mode", list("mode", with_id(valve, R"({"state":5})")));
    refused(bench, "Appliance.Hub.Mts100.ScheduleB", list("scheduleB", with_id(valve, "{}")));
    CHECK(bench.device.log().sets() == 0);
    bench.set("Appliance.Hub.Mts100.Adjust", list("adjust", with_id(valve, R"({"temperature":-150})")));
    CHECK(item(bench, "Mts100.Adjust", "adjust", valve).at("temperature") == -150);
}

TEST_CASE("a correction of an ms100 is added to the one before", "[sim][hub]") {
    Bench bench(builtin("msh300"));
    const auto name = "Appliance.Hub.Sensor.Adjust";
    bench.set(name, list("adjust", with_id(old_sensor, R"({"temperature":5})")));
    bench.set(name, list("adjust", with_id(old_sensor, R"({"temperature":-7})")));
    bench.set(name, list("adjust", with_id(old_sensor, R"({"humidity":30})")));
    CHECK(item(bench, "Sensor.Adjust", "adjust", old_sensor) ==
          with_id(old_sensor, R"({"temperature":-2,"humidity":30})"));
    CHECK(item(bench, "Sensor.All", "all", old_sensor).at("temperature").at("latest") == 212);
    CHECK(item(bench, "Sensor.All", "all", old_sensor).at("humidity").at("latest") == 493);
    CHECK(digest(bench, old_sensor).at("ms100").at("latestTemperature") == 212);
}

TEST_CASE("sensors tell by themselves, an ms130 only what has changed", "[sim][hub]") {
    Bench bench(builtin("msh300hk"));
    REQUIRE(bench.device.happen("weather", Json({{"id", display}, {"light", 900}})));
    const auto pushed = *last_push(bench, "Appliance.Control.Sensor.LatestX");
    CHECK(pushed.at("latest")[0].at("subId") == display);
    CHECK(pushed.at("latest")[0].at("data").size() == 1);
    CHECK(pushed.at("latest")[0].at("data").at("light")[0].at("value") == 900);
    bench.time.advance(61s);
    bench.device.tick();
    const auto drifted = *last_push(bench, "Appliance.Control.Sensor.LatestX");
    CHECK(drifted.at("latest")[0].at("data").at("temp")[0].at("value") == 2125);
    CHECK(digest(bench, display).at("tempHumi").at("temp") == 2125);
    const auto name = "Appliance.Control.Sensor.LatestX";
    const auto asked = bench.get(
        name, parse(R"({"latest":[{"subId":"1A0000000201","channel":0,"data":["light","temp"]}]})"));
    CHECK(asked.at("latest")[0].at("data").size() == 2);
    bench.answer(name, Method::get, parse(R"({"latest":[{"channel":0}]})"), Method::error);
}

TEST_CASE("doors open and pipes leak", "[sim][hub]") {
    Bench bench(builtin("msh300hk"));
    REQUIRE(bench.device.happen("door", Json({{"id", door}, {"open", 1}})));
    CHECK(digest(bench, door).at("doorWindow").at("status") == 1);
    CHECK(item(bench, "Sensor.DoorWindow", "doorWindow", door).at("status") == 1);
    CHECK(item(bench, "Sensor.All", "all", door).at("doorWindow").at("status") == 1);
    CHECK(last_push(bench, "Appliance.Hub.Sensor.DoorWindow")->at("doorWindow")[0].at("id") == door);
    REQUIRE(bench.device.happen("leak", Json({{"id", leak}})));
    CHECK(item(bench, "Sensor.WaterLeak", "waterLeak", leak).at("latestWaterLeak") == 1);
    CHECK_FALSE(bench.device.happen("leak", Json({{"id", door}})));
}

TEST_CASE("a smoke alarm is tested and muted", "[sim][hub]") {
    Bench bench(builtin("msh300hk"));
    const std::string name = "Appliance.Hub.Sensor.Smoke";
    const auto status = [&] {
        return item(bench, "Sensor.Smoke", "smokeAlarm", smoke).at("status").get<int>();
    };
    const auto command = [&](int value) {
        return list("smokeAlarm", Json({{"id", smoke}, {"status", value}}));
    };
    bench.set(name, command(23));
    CHECK(status() == 23);
    bench.time.advance(5s);
    CHECK(status() == 170);
    refused(bench, name, command(27));  // nothing to mute
    for (const auto& [alarm, muted] : std::map<int, int>{{17, 20}, {18, 21}, {19, 22}, {24, 26}, {25, 27}}) {
        REQUIRE(bench.device.happen("smoke", Json({{"id", smoke}, {"status", alarm}})));
        CHECK(digest(bench, smoke).at("smokeAlarm").at("status") == alarm);
        refused(bench, name, command(muted == 27 ? 26 : 27));
        bench.set(name, command(muted));
        CHECK(status() == muted);
    }
    const auto wrong = bench.answer(name, Method::get, parse(R"({"smoke":[]})"), Method::error);
    CHECK(wrong.at("error").at("code") == 5000);
}

TEST_CASE("a hub pairs a subdevice by itself, loses contact and forgets", "[sim][hub]") {
    Bench bench(builtin("msh300hk"));
    const std::string arrival = "160000000202";
    CHECK(digest(bench, arrival).is_null());
    bench.time.advance(300s);
    bench.device.tick();
    const auto* told = last_push(bench, "Appliance.Hub.SubdeviceList");
    REQUIRE(told != nullptr);
    CHECK(told->at("subdeviceList").at("subdevice")[0].at("id") == arrival);
    CHECK(digest(bench, arrival).at("doorWindow").at("status") == 1);
    CHECK(item(bench, "Battery", "battery", arrival).at("value") == 100);
    REQUIRE(bench.device.happen("offline", Json({{"id", arrival}})));
    CHECK(digest(bench, arrival).at("status") == 2);
    CHECK(item(bench, "Sensor.All", "all", arrival).at("online").at("status") == 2);
    CHECK(last_push(bench, "Appliance.Hub.Online")->at("online")[0].at("status") == 2);
    REQUIRE(bench.device.happen("online", Json({{"id", arrival}})));
    CHECK(digest(bench, arrival).at("status") == 1);
    REQUIRE(bench.device.happen("remove", Json({{"id", arrival}})));
    CHECK(digest(bench, arrival).is_null());
    CHECK(bench.get("Appliance.Hub.Battery", parse(R"({"battery":[{"id":"160000000202"}]})"))
              .at("battery")
              .empty());
    CHECK_FALSE(bench.device.happen("remove", Json({{"id", arrival}})));
    CHECK_FALSE(bench.device.happen("pair", Json({{"id", door}, {"type", "ms200"}})));
    CHECK_FALSE(bench.device.happen("pair", Json({{"id", "99"}, {"type", "toaster"}})));
}

TEST_CASE("a hub has room for sixteen", "[sim][hub]") {
    Bench bench(builtin("msh300"));
    int paired = 0;
    for (int i = 0; i < 20; ++i) {
        if (bench.device.happen("pair",
                                Json({{"id", "0300" + std::to_string(1000 + i)}, {"type", "mts150"}})))
            ++paired;
    }
    CHECK(paired == 13);
}
