#include "meross/subdevices_support.hpp"
#include "meross/transport/repeat.hpp"
#include "support/catch.hpp"

// Subdevices alone: list items in, whole requests out. What a hub does with them is tested elsewhere.

using namespace lanbridge;
using namespace lanbridge::test;
using namespace std::chrono_literals;
using Keys = std::vector<std::string>;

TEST_CASE("every type key, whatever the firmware calls it, has its entities", "[meross][hub]") {
    const Keys valve{"adjust",         "battery",      "climate",     "preset_away",
                     "preset_comfort", "preset_sleep", "temperature", "window"};
    const Keys ms100{"adjust_humidity", "adjust_temperature", "battery", "humidity", "temperature"};
    const Keys ms130{"battery", "humidity", "illuminance", "temperature"};
    const Keys smoke{"alarm", "battery", "error", "interconn", "mute", "muted", "status", "test"};
    for (const char* type : {"mts100", "mts100v3", "mts150", "mts150p"})
        CHECK(Subdevice(type, "01000001").keys() == valve);
    for (const char* type : {"ms100", "tempHum"}) CHECK(Subdevice(type, "120000000001").keys() == ms100);
    for (const char* type : {"ms130", "tempHumi"}) CHECK(Subdevice(type, "1A0000000001").keys() == ms130);
    for (const char* type : {"doorWindow", "ms200"})
        CHECK(Subdevice(type, "160000000001").keys() == Keys{"battery", "door"});
    for (const char* type : {"waterLeak", "ms400", "ms405"})
        CHECK(Subdevice(type, "170000000001").keys() == Keys{"battery", "leak"});
    for (const char* type : {"smokeAlarm", "gs559", "gs559a"})
        CHECK(Subdevice(type, "280000000003").keys() == smoke);
    CHECK(meross::subdevice_model("tempHumi") == "ms130");
    CHECK(meross::subdevice_model("gs559a") == "gs559a");
    CHECK(meross::subdevice_model("motion") == "motion");
}

TEST_CASE("a battery tells percent", "[meross][hub][battery]") {
    Subdevice valve("mts100v3", "01000001");
    CHECK(valve.poll("Hub.Battery") == json(R"({"id":"01000001"})"));
    const auto battery = valve.entity("battery");
    CHECK((battery.device_class == "battery" && battery.unit == "%" && battery.state_class == "measurement"));
    CHECK(battery.category == model::Category::diagnostic);
    CHECK(number(valve.feed("Hub.Battery", R"({"id":"01000001","value":75})"), "battery") == 75);
    CHECK(number(valve.feed("Hub.Battery", R"({"id":"01000001","value":0})"), "battery") == 0);
    CHECK(valve.feed("Hub.Battery", R"({"id":"01000001","value":-1})").empty());
    CHECK(valve.feed("Hub.Battery", R"({"id":"01000001"})").empty());
}

TEST_CASE("an unknown type shows that it is there, and its switch", "[meross][hub][generic]") {
    Subdevice motion("motion", "190000000001");
    CHECK(motion.keys() == Keys{"online"});
    CHECK(motion.entity("online").device_class == "connectivity");
    CHECK(motion.poll("Hub.ToggleX").is_null());
    auto seen = motion.feed("Digest.Hub", R"({"id":"190000000001","status":1,"motion":{"lmTime":5}})");
    CHECK(state(seen, "online") == model::Value(true));
    CHECK(state(motion.feed("Hub.Online", R"({"id":"190000000001","status":2})"), "online") ==
          model::Value(false));
    CHECK(motion.feed("Hub.Online", R"({"id":"190000000001","status":-1})").empty());
    CHECK_FALSE(motion.take_described_anew());
    CHECK(number(motion.feed("Hub.Battery", R"({"id":"190000000001","value":50})"), "battery") == 50);
    CHECK(motion.take_described_anew());
    CHECK(motion.keys() == Keys{"battery", "online"});

    Subdevice sprinkler("mst100", "2A0000000001", true);
    CHECK(sprinkler.keys() == Keys{"online", "switch"});
    CHECK(sprinkler.entity("switch").category == model::Category::config);
    CHECK(sprinkler.poll("Hub.ToggleX") == json(R"({"id":"2A0000000001"})"));
    seen = sprinkler.feed("Hub.ToggleX", R"({"id":"2A0000000001","onoff":1})");
    CHECK(state(seen, "switch") == model::Value(true));
    CHECK(sent(sprinkler.command("switch", false)) ==
          Keys{R"(SET Hub.ToggleX {"togglex":[{"id":"2A0000000001","onoff":0}]})"});
    CHECK(sent(sprinkler.command("switch", true)) ==
          Keys{R"(SET Hub.ToggleX {"togglex":[{"id":"2A0000000001","onoff":1}]})"});
}

TEST_CASE("ms100: tenths of degrees and percent, from wherever they come", "[meross][hub][ms100]") {
    Subdevice sensor("ms100", "120000000001");
    CHECK(sensor.poll("Hub.Sensor.All") == json(R"({"id":"120000000001"})"));
    CHECK(sensor.poll("Hub.Sensor.Adjust") == json(R"({"id":"120000000001"})"));
    const auto check = [](const model::Observations& seen, double degrees, double percent) {
        CHECK(number(seen, "temperature") == degrees);
        CHECK(number(seen, "humidity") == percent);
        CHECK(seen.size() == 2);  // the voltage of the digest is nobody's
    };
    check(sensor.feed("Digest.Hub", R"({"id":"120000000001","status":1,"onoff":0,"lastActiveTime":1706081299,
        "ms100":{"latestTime":1706081299,"latestTemperature":91,"latestHumidity":720,"voltage":2624}})"),
          9.1, 72.0);
    check(sensor.feed("Digest.Hub", R"({"id":"120000000001","status":1,"lastActiveTime":1706081299,
        "tempHum":{"latestTime":1706081299,"latestTemperature":92,"latestHumidity":721}})"),
          9.2, 72.1);
    check(sensor.feed("Hub.Sensor.All", R"({"id":"120000000001","online":{"status":1},
        "temperature":{"latest":152,"latestSampleTime":1708671293,"max":500,"min":-100},
        "humidity":{"latest":710,"latestSampleTime":1708671293,"max":1000,"min":0}})"),
          15.2, 71.0);
    check(sensor.feed("Hub.Sensor.Latest", R"({"id":"120000000001","temperature":{"sample":-45,"time":1},
        "humidity":{"sample":705,"time":1}})"),
          -4.5, 70.5);
    check(sensor.feed("Hub.Sensor.TempHum",
                      R"({"id":"120000000001","latestTemperature":153,"latestHumidity":711,
        "latestTime":1708671293,"sample":[[226,760,1626150605,1626150902]]})"),
          15.3, 71.1);
    CHECK(sensor
              .feed("Digest.Hub", R"({"id":"120000000001","status":0,"lastActiveTime":0,
        "ms100":{"latestTime":0,"latestTemperature":0,"latestHumidity":0}})")
              .empty());
    CHECK(sensor.feed("Digest.Hub", R"({"id":"120000000001","status":2})").empty());
}

TEST_CASE("ms100: a correction is sent as the difference to what the hub has just said",
          "[meross][hub][ms100]") {
    Subdevice sensor("ms100", "120000000001");
    CHECK(sensor.entity("adjust_temperature").parts[0].range == model::NumberRange{-5, 5, 0.1});
    CHECK(sensor.entity("adjust_humidity").parts[0].range == model::NumberRange{-20, 20, 1});
    CHECK(refused(sensor.command("adjust_temperature", -0.2)));
    CHECK(refused(sensor.command("adjust_humidity", 3.0)));
    auto seen = sensor.feed("Hub.Sensor.Adjust", R"({"id":"120000000001","temperature":3,"humidity":-20})");
    CHECK(number(seen, "adjust_temperature") == 0.3);
    CHECK(number(seen, "adjust_humidity") == -2);

    const std::string ask = R"(GET Hub.Sensor.Adjust {"adjust":[]})";
    const auto action = sensor.command("adjust_temperature", -0.2);
    CHECK(sent(action) == Keys{ask});
    CHECK((action.value().reply_is_reading && action.value().read_back_always));
    CHECK(sensor.tick().empty());
    // the app has changed it meanwhile
    seen = sensor.accept("adjust_temperature", -0.2, R"({"adjust":[{"id":"129999999999","temperature":50},
        {"id":"120000000001","temperature":5,"humidity":-20}]})");
    CHECK(number(seen, "adjust_temperature") == 0.5);
    const auto set = sensor.tick();
    REQUIRE(set.size() == 2);
    CHECK(set[0].payload == json(R"({"adjust":[{"id":"120000000001","temperature":-7}]})"));
    CHECK(shown(set[1]) == ask);
    CHECK(sensor.tick().empty());
    CHECK_FALSE(meross::may_repeat(set[0]));

    const auto change = [&](double value) {
        sensor.accept("adjust_humidity", value,
                      R"({"adjust":[{"id":"120000000001","temperature":5,"humidity":-20}]})");
        return sensor.tick().at(0).payload["adjust"][0]["humidity"];
    };
    CHECK(change(-20) == -180);
    CHECK(change(-2) == 0);
    CHECK(change(20) == 220);
}

TEST_CASE("ms100: a correction that could not be sent in time is forgotten", "[meross][hub][ms100]") {
    Subdevice sensor("ms100", "120000000001");
    sensor.feed("Hub.Sensor.Adjust", R"({"id":"120000000001","temperature":0,"humidity":0})");
    sensor.accept("adjust_temperature", 1.0, R"({"adjust":[{"id":"120000000001","temperature":0}]})");
    sensor.pass(1min);
    CHECK(sensor.tick().empty());
    CHECK(sensor.tick().empty());
}

TEST_CASE("ms130: hundredths of degrees, although its limits are in tenths", "[meross][hub][ms130]") {
    Subdevice sensor("tempHumi", "1A0000000001");
    CHECK(sensor.poll("Control.Sensor.LatestX") ==
          json(R"({"subId":"1A0000000001","channel":0,"data":["light","temp","humi"]})"));
    CHECK(sensor.poll("Hub.Sensor.All") == json(R"({"id":"1A0000000001"})"));
    CHECK(sensor.entity("illuminance").unit == "lx");
    auto seen = sensor.feed("Digest.Hub", R"({"id":"1A0000000001","status":1,"onoff":0,
        "lastActiveTime":1722330316,"tempHumi":{"latestTime":1722330316,"temp":1987,"humi":677}})");
    CHECK(number(seen, "temperature") == 19.87);
    CHECK(number(seen, "humidity") == 67.7);
    seen = sensor.feed("Hub.Sensor.All", R"({"id":"1A0000000001","online":{"status":1},
        "temperature":{"latest":2134,"max":600,"min":-200},"humidity":{"latest":670,"max":1000,"min":0}})");
    CHECK(number(seen, "temperature") == 21.34);
    CHECK(number(seen, "humidity") == 67.0);
    seen = sensor.feed("Control.Sensor.LatestX", R"({"subId":"1A0000000001","channel":0,"data":{
        "light":[{"value":210,"timestamp":1722349000},{"value":220,"timestamp":1722349685}],
        "temp":[{"value":2135}],"humi":[{"value":671}]}})");
    CHECK(number(seen, "illuminance") == 220);
    CHECK(number(seen, "temperature") == 21.35);
    CHECK(number(seen, "humidity") == 67.1);
    seen = sensor.feed("Control.Sensor.LatestX",
                       R"({"subId":"1A0000000001","channel":0,"data":{"light":[{"value":0}]}})");
    CHECK(seen.size() == 1);
    CHECK(number(seen, "illuminance") == 0);
    CHECK(sensor.feed("Control.Sensor.LatestX", R"({"subId":"1A0000000001","channel":0,"data":[]})").empty());
}

TEST_CASE("ms130: corrections are there once it has told them", "[meross][hub][ms130]") {
    Subdevice sensor("ms130", "1A0000000001");
    CHECK(sensor.poll("Config.DeviceCfg").is_null());
    const auto seen = sensor.feed("Config.DeviceCfg", R"({"subId":"1A0000000001","channel":0,
        "calibrateCfg":{"temp":-50,"humi":15},"timeCfg":{"am":2},"unitCfg":{"tempUnit":1}})");
    CHECK(number(seen, "calibrate_temp") == -0.5);
    CHECK(number(seen, "calibrate_humi") == 1.5);
    CHECK(sensor.take_described_anew());
    CHECK_FALSE(sensor.entity("calibrate_temp").enabled_by_default);
    CHECK_FALSE(sensor.entity("calibrate_humi").enabled_by_default);
    CHECK(
        sent(sensor.command("calibrate_temp", 0.5)) ==
        Keys{
            R"(SET Config.DeviceCfg {"config":[{"calibrateCfg":{"temp":50},"channel":0,"subId":"1A0000000001"}]})"});
    CHECK(
        sent(sensor.command("calibrate_humi", -2.0)) ==
        Keys{
            R"(SET Config.DeviceCfg {"config":[{"calibrateCfg":{"humi":-20},"channel":0,"subId":"1A0000000001"}]})"});
    CHECK(number(sensor.accept("calibrate_temp", 0.5, "{}"), "calibrate_temp") == 0.5);
}

TEST_CASE("a door sensor tells open and closed", "[meross][hub][door]") {
    Subdevice door("doorWindow", "160000000001", true);
    CHECK(door.entity("door").device_class == "door");
    CHECK(door.poll("Hub.Sensor.All") == json(R"({"id":"160000000001"})"));
    const auto closed = model::Value(false);
    const auto open = model::Value(true);
    CHECK(state(door.feed("Digest.Hub",
                          R"({"id":"160000000001","status":1,"onoff":0,"lastActiveTime":1681996722,
        "doorWindow":{"status":0,"lmTime":1681983460}})"),
                "door") == closed);
    CHECK(state(door.feed("Hub.Sensor.All", R"({"id":"160000000001","online":{"status":1},
        "doorWindow":{"status":1,"lmTime":1681997892}})"),
                "door") == open);
    CHECK(state(door.feed("Hub.Sensor.DoorWindow", R"({"id":"160000000001","status":0,"lmTime":1681983460,
        "sample":[[1,1681831180],[1,1681831215]]})"),
                "door") == closed);
    CHECK(door.feed("Digest.Hub", R"({"id":"160000000001","status":2})").empty());  // that is not the door's
    CHECK(door.feed("Hub.ToggleX", R"({"id":"160000000001","onoff":1})").empty());
}

TEST_CASE("ms400: what does not mention water changes nothing", "[meross][hub][leak]") {
    Subdevice leak("ms400", "170000000001");
    CHECK(leak.entity("leak").device_class == "moisture");
    CHECK(state(leak.feed("Hub.Sensor.WaterLeak", R"({"id":"170000000001","latestWaterLeak":1,
        "latestSampleTime":1681983460,"sample":[[0,5]]})"),
                "leak") == model::Value(true));
    CHECK(
        leak.feed("Hub.Sensor.WaterLeak", R"({"id":"170000000001","latestSampleTime":1681983461})").empty());
    CHECK(leak.feed("Hub.Sensor.All", R"({"id":"170000000001","waterLeak":{"sample":[]}})").empty());
    CHECK(state(leak.feed("Hub.Sensor.All", R"({"id":"170000000001","waterLeak":{"latestWaterLeak":0}})"),
                "leak") == model::Value(false));
    CHECK(state(leak.feed("Digest.Hub", R"({"id":"170000000001","status":1,"lastActiveTime":5,
        "waterLeak":{"latestWaterLeak":1}})"),
                "leak") == model::Value(true));
}

TEST_CASE("each state of a smoke alarm, and what silences it", "[meross][hub][smoke]") {
    struct Row {
        int code;
        const char* name;
        bool alarm, error, muted;
        int mute;
    };
    constexpr Row rows[] = {
        {170, "ok", false, false, false, 0},
        {17, "temperature_sensor_fault", false, true, false, 20},
        {18, "smoke_sensor_fault", false, true, false, 21},
        {19, "battery_fault", false, true, false, 22},
        {20, "temperature_sensor_fault_muted", false, true, true, 0},
        {21, "smoke_sensor_fault_muted", false, true, true, 0},
        {22, "battery_fault_muted", false, true, true, 0},
        {23, "test", false, false, false, 0},  // a test is no alarm
        {24, "heat_alarm", true, false, false, 26},
        {25, "smoke_alarm", true, false, false, 27},
        {26, "heat_alarm_muted", true, false, true, 0},
        {27, "smoke_alarm_muted", true, false, true, 0},
    };
    Subdevice smoke("smokeAlarm", "280000000003");
    CHECK(refused(smoke.command("mute", model::Value())));  // it has said nothing yet
    const auto names = smoke.entity("status").parts[0].options;
    CHECK(names.size() == std::size(rows));
    for (const auto& row : rows) {
        INFO(row.name);
        CHECK(std::ranges::find(names, row.name) != names.end());
        const auto seen = smoke.feed("Hub.Sensor.Smoke", R"({"id":"280000000003","interConn":0,"status":)" +
                                                             std::to_string(row.code) + "}");
        CHECK(state(seen, "status") == word(row.name));
        CHECK(state(seen, "alarm") == model::Value(row.alarm));
        CHECK(state(seen, "error") == model::Value(row.error));
        CHECK(state(seen, "muted") == model::Value(row.muted));
        CHECK(number(seen, "interconn") == 0);
        const auto mute = smoke.command("mute", model::Value());
        if (row.mute == 0)
            CHECK(refused(mute));
        else
            CHECK(sent(mute) == Keys{R"(SET Hub.Sensor.Smoke {"smokeAlarm":[{"id":"280000000003","status":)" +
                                     std::to_string(row.mute) + "}]}"});
        const auto test = smoke.command("test", model::Value());
        CHECK(sent(test) ==
              Keys{R"(SET Hub.Sensor.Smoke {"smokeAlarm":[{"id":"280000000003","status":23}]})"});
        CHECK_FALSE(meross::may_repeat(test.value().request));
    }
    CHECK_FALSE(smoke.take_described_anew());
    CHECK(smoke.entity("alarm").device_class == "smoke");
    CHECK(smoke.entity("error").device_class == "problem");
    for (const char* key : {"error", "muted", "interconn"})
        CHECK(smoke.entity(key).category == model::Category::diagnostic);
}

TEST_CASE("msh300hk 4.5.23: lmtime in Sensor.All, lmTime in the digest", "[meross][hub][smoke]") {
    Subdevice smoke("smokeAlarm", "280000000003");
    CHECK(state(smoke.feed("Digest.Hub", R"({"id":"280000000003","status":1,"lastActiveTime":1681997644,
        "smokeAlarm":{"status":170,"lmTime":1681997644,"interConn":0}})"),
                "status") == word("ok"));
    CHECK(state(smoke.feed("Hub.Sensor.All", R"({"id":"280000000003","online":{"status":1},
        "smokeAlarm":{"status":25,"lmtime":1681997644,"interConn":1}})"),
                "alarm") == model::Value(true));
    CHECK(smoke
              .feed("Digest.Hub", R"({"id":"280000000003","status":1,"lastActiveTime":0,
        "smokeAlarm":{"status":0,"lmTime":0,"interConn":0}})")
              .empty());
}

TEST_CASE("an unknown state of a smoke alarm is a number and changes no alarm", "[meross][hub][smoke]") {
    Subdevice smoke("gs559a", "280000000003");
    smoke.feed("Hub.Sensor.Smoke", R"({"id":"280000000003","status":25})");
    const auto seen = smoke.feed("Hub.Sensor.Smoke", R"({"id":"280000000003","status":42})");
    CHECK(state(seen, "status") == word("42"));
    CHECK(state(seen, "alarm") == model::Value());
    CHECK(smoke.take_described_anew());
    const auto names = smoke.entity("status").parts[0].options;
    CHECK(std::ranges::find(names, "42") != names.end());
    CHECK(refused(smoke.command("mute", model::Value())));
}

TEST_CASE("nonsense from a hub changes nothing", "[meross][hub]") {
    constexpr std::string_view items[] = {
        "{}",
        "[]",
        "5",
        "null",
        R"({"id":7,"status":"x","onoff":"maybe","value":"full","state":[],"temperature":"warm"})",
        R"({"id":"1","all":{},"mode":[],"togglex":7,"temperature":[],"humidity":null,"data":{"temp":[5,null]}})",
        R"({"id":"1","lastActiveTime":5,"ms100":[],"tempHumi":{"temp":"x"},"mts150":{"mode":{}},"smokeAlarm":{}})",
        R"({"id":"1","mon":[[1440,"x"]],"tue":[],"wed":"all day","calibrateCfg":[],"doorWindow":{"status":null}})",
        R"({"subId":"1","channel":0,"data":[{"light":1}],"waterLeak":{"latestWaterLeak":"wet"}})",
    };
    for (const char* type : {"ms100", "ms130", "ms200", "ms400", "gs559", "mts100", "mts150", "motion"})
        for (const char* name :
             {"Digest.Hub", "Hub.ToggleX", "Hub.Battery", "Hub.Online", "Hub.Sensor.All", "Hub.Sensor.Adjust",
              "Hub.Sensor.Latest", "Hub.Sensor.TempHum", "Hub.Sensor.DoorWindow", "Hub.Sensor.Smoke",
              "Hub.Sensor.WaterLeak", "Hub.Mts100.All", "Hub.Mts100.Mode", "Hub.Mts100.Temperature",
              "Hub.Mts100.Adjust", "Hub.Mts100.ScheduleB", "Control.Sensor.LatestX", "Config.DeviceCfg"})
            for (const auto item : items) {
                INFO(type << " " << name << " " << item);
                Subdevice device(type, "1");
                const auto before = device.keys();
                CHECK(device.feed(name, item).empty());
                CHECK(device.keys() == before);
            }
}
