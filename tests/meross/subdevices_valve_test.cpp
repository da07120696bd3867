#include "meross/subdevices_support.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using Keys = std::vector<std::string>;

namespace {

constexpr std::string_view valve_all = R"({"id":"01000001","scheduleBMode":6,
    "online":{"status":1,"lastActiveTime":1708671452},"togglex":{"onoff":1},"timeSync":{"state":1},
    "mode":{"state":1},"temperature":{"room":155,"currentSet":270,"custom":260,"comfort":270,"economy":200,
    "away":120,"max":350,"min":50,"heating":1,"openWindow":0}})";

}  // namespace

TEST_CASE("a valve is a climate with its presets", "[meross][hub][valve]") {
    Subdevice valve("mts100v3", "01000001");
    const auto climate = valve.entity("climate");
    CHECK(climate.component == model::Component::climate);
    CHECK(climate.naming == model::Naming::main);
    CHECK(part(climate, "mode").options == Keys{"off", "heat"});
    CHECK(part(climate, "preset_mode").options == Keys{"custom", "comfort", "sleep", "auto", "away"});
    CHECK(part(climate, "action").options == Keys{"off", "heating", "idle"});
    CHECK_FALSE(part(climate, "action").commandable);
    CHECK_FALSE(part(climate, "current_temperature").commandable);
    CHECK(part(climate, "temperature").range == model::NumberRange{5, 35, 0.5});
    CHECK(valve.entity("adjust").parts[0].range == model::NumberRange{-5, 5, 0.5});
    CHECK(valve.entity("adjust").category == model::Category::config);
    for (const char* key : {"preset_comfort", "preset_sleep", "preset_away"}) {
        CHECK(valve.entity(key).parts[0].range == model::NumberRange{5, 35, 0.5});
        CHECK(valve.entity(key).unit == "°C");
    }
    CHECK(valve.entity("window").device_class == "window");
    for (const char* name : {"Hub.Mts100.All", "Hub.Mts100.Adjust", "Hub.Mts100.ScheduleB"})
        CHECK(valve.poll(name) == json(R"({"id":"01000001"})"));

    const auto seen = valve.feed("Hub.Mts100.All", valve_all);
    CHECK(state(seen, "climate", "mode") == word("heat"));
    CHECK(state(seen, "climate", "preset_mode") == word("comfort"));
    CHECK(state(seen, "climate", "action") == word("heating"));
    CHECK(part(seen, "climate", "current_temperature") == 15.5);
    CHECK(part(seen, "climate", "temperature") == 27.0);
    CHECK(number(seen, "temperature") == 15.5);
    CHECK(number(seen, "preset_comfort") == 27.0);
    CHECK(number(seen, "preset_sleep") == 20.0);
    CHECK(number(seen, "preset_away") == 12.0);
    CHECK(state(seen, "window") == model::Value(false));
    CHECK_FALSE(valve.take_described_anew());  // the limits are the usual ones
}

TEST_CASE("partial pushes of a valve merge", "[meross][hub][valve]") {
    Subdevice valve("mts150", "03000002");
    valve.feed("Hub.Mts100.All", valve_all);
    auto seen = valve.feed("Hub.Mts100.Temperature", R"({"id":"03000002","currentSet":205})");
    CHECK(part(seen, "climate", "temperature") == 20.5);
    CHECK(part(seen, "climate", "current_temperature") == 15.5);
    seen = valve.feed("Hub.Mts100.Temperature", R"({"room":190,"id":"03000002"})");
    CHECK(part(seen, "climate", "temperature") == 20.5);
    CHECK(part(seen, "climate", "current_temperature") == 19.0);
    seen = valve.feed("Hub.Mts100.Mode", R"({"state":3,"id":"03000002"})");
    CHECK(state(seen, "climate", "preset_mode") == word("auto"));
    CHECK(state(seen, "climate", "mode") == word("heat"));
    seen = valve.feed("Hub.Mts100.Mode", R"({"state":9,"id":"03000002"})");  // a mode of later firmware
    CHECK(state(seen, "climate", "preset_mode") == word("auto"));
    seen = valve.feed("Hub.Mts100.Temperature", R"({"id":"03000002","openWindow":1,"heating":0})");
    CHECK(state(seen, "window") == model::Value(true));
    CHECK(state(seen, "climate", "action") == word("idle"));
    seen = valve.feed("Hub.ToggleX", R"({"id":"03000002","onoff":0})");
    CHECK(state(seen, "climate", "mode") == word("off"));
    CHECK(state(seen, "climate", "action") == word("off"));
    CHECK(state(seen, "climate", "preset_mode") == word("auto"));
}

TEST_CASE("before a valve has told something, it is unknown", "[meross][hub][valve]") {
    Subdevice valve("mts100", "01000001");
    auto seen = valve.feed("Digest.Hub", R"({"id":"01000001","status":2,"scheduleBMode":6})");
    CHECK(seen.empty());
    // mts100v3: the digest has the mode alone
    seen = valve.feed("Digest.Hub", R"({"id":"01000001","status":1,"scheduleBMode":6,"onoff":1,
        "lastActiveTime":1706081477,"mts100v3":{"mode":0}})");
    CHECK(state(seen, "climate", "mode") == word("heat"));
    CHECK(state(seen, "climate", "preset_mode") == word("custom"));
    CHECK(state(seen, "climate", "action") == model::Value());
    CHECK(state(seen, "climate", "temperature") == model::Value());
}

TEST_CASE("a valve's limits are those it tells", "[meross][hub][valve]") {
    Subdevice valve("mts100", "01000001");
    valve.feed("Hub.Mts100.Temperature", R"({"id":"01000001","min":50,"max":300,"room":200})");
    CHECK(valve.take_described_anew());
    CHECK(part(valve.entity("climate"), "temperature").range == model::NumberRange{5, 30, 0.5});
    CHECK(valve.entity("preset_away").parts[0].range == model::NumberRange{5, 30, 0.5});
    valve.feed("Hub.Mts100.Temperature", R"({"id":"01000001","min":50,"max":300,"room":200})");
    CHECK_FALSE(valve.take_described_anew());
    valve.feed("Hub.Mts100.Temperature", R"({"id":"01000001","min":300,"max":50})");  // nonsense
    CHECK_FALSE(valve.take_described_anew());
}

TEST_CASE("msh300hk 4.5.32: the zero-filled copy of a subdevice says nothing", "[meross][hub][valve]") {
    Subdevice valve("mts150", "03000009");
    CHECK(
        valve
            .feed("Digest.Hub", R"({"id":"03000009","status":0,"scheduleBMode":6,"onoff":0,"lastActiveTime":0,
        "mts150":{"mode":0,"currentSet":0,"updateMode":0,"updateTemp":0,"motorCurLocation":0,"motorStartCtr":0,
        "motorTotalPath":0}})")
            .empty());
    CHECK(valve.keys().size() == 8);  // no motor
    const char* zero =
        R"({"room":0,"currentSet":0,"custom":0,"comfort":0,"economy":0,"away":0,"max":0,"min":0,
        "heating":0,"openWindow":0,"id":"03000009"})";
    CHECK(valve.feed("Hub.Mts100.Temperature", zero).empty());
    Json all = json(R"({"id":"03000009","online":{"status":0,"lastActiveTime":0},"togglex":{"onoff":0},
        "mode":{"state":0}})");
    all["temperature"] = json(zero);
    CHECK(valve.give("Hub.Mts100.All", all).empty());
    CHECK_FALSE(valve.take_described_anew());
}

TEST_CASE("commands to a valve", "[meross][hub][valve]") {
    Subdevice valve("mts150", "03000002");
    const auto mode = [&](std::string_view name) {
        return sent(valve.command("climate", "mode", word(name)));
    };
    CHECK(mode("off") == Keys{R"(SET Hub.ToggleX {"togglex":[{"id":"03000002","onoff":0}]})"});
    CHECK(mode("heat") == Keys{R"(SET Hub.ToggleX {"togglex":[{"id":"03000002","onoff":1}]})"});

    valve.feed("Hub.ToggleX", R"({"id":"03000002","onoff":1})");
    const std::pair<const char*, int> presets[] = {
        {"custom", 0}, {"comfort", 1}, {"sleep", 2}, {"auto", 3}, {"away", 4}};
    for (const auto& [preset, number] : presets) {
        const std::string line =
            R"(SET Hub.Mts100.Mode {"mode":[{"id":"03000002","state":)" + std::to_string(number) + "}]}";
        CHECK(sent(valve.command("climate", "preset_mode", word(preset))) == Keys{line});
    }
    CHECK(valve.command("climate", "preset_mode", word("boost")).has_error());

    for (const auto& [value, native] :
         {std::pair{-5.0, -500}, {0.0, 0}, {0.1, 10}, {-1.5, -150}, {5.0, 500}}) {
        const auto action = valve.command("adjust", value);
        CHECK(sent(action) == Keys{R"(SET Hub.Mts100.Adjust {"adjust":[{"id":"03000002","temperature":)" +
                                   std::to_string(native) + "}]}"});
        CHECK(read_back(action) == Keys{R"(GET Hub.Mts100.Adjust {"adjust":[{"id":"03000002"}]})"});
        CHECK(action.value().read_back_always);
    }
    for (const auto& [entity, member] :
         {std::pair{"preset_comfort", "comfort"}, {"preset_sleep", "economy"}, {"preset_away", "away"}})
        for (const auto& [value, native] : {std::pair{5.0, 50}, {20.5, 205}, {35.0, 350}}) {
            const auto action = valve.command(entity, value);
            CHECK(sent(action) ==
                  Keys{R"(SET Hub.Mts100.Temperature {"temperature":[{")" + std::string(member) + R"(":)" +
                       std::to_string(native) + R"(,"id":"03000002"}]})"});
            CHECK(action.value().reply_is_reading);
        }
    CHECK(number(valve.feed("Hub.Mts100.Adjust", R"({"id":"03000002","temperature":-20})"), "adjust") ==
          -0.2);
    CHECK(number(valve.feed("Hub.Mts100.Adjust", R"({"id":"03000002","temperature":10})"), "adjust") == 0.1);
    CHECK(number(valve.feed("Hub.Mts100.Adjust", R"({"id":"03000002","temperature":-350})"), "adjust") ==
          -3.5);
    CHECK(valve.command("window", true).error().is(Errc::not_found));
}

TEST_CASE("a preset switches a valve on that is off", "[meross][hub][valve]") {
    Subdevice valve("mts150", "03000002");
    valve.feed("Hub.ToggleX", R"({"id":"03000002","onoff":0})");
    const auto action = valve.command("climate", "preset_mode", word("sleep"));
    CHECK(sent(action) == Keys{R"(SET Hub.Mts100.Mode {"mode":[{"id":"03000002","state":2}]})",
                               R"(SET Hub.ToggleX {"togglex":[{"id":"03000002","onoff":1}]})"});
}

TEST_CASE("msh300hk 4.5.32: in other modes than manual a valve does not follow `custom`",
          "[meross][hub][valve]") {
    Subdevice valve("mts150", "0300000F");
    const std::string manual = R"(SET Hub.Mts100.Mode {"mode":[{"id":"0300000F","state":0}]})";
    const auto warm = [&](double degrees) { return valve.command("climate", "temperature", degrees); };
    const auto custom = [](int native) {
        return R"(SET Hub.Mts100.Temperature {"temperature":[{"custom":)" + std::to_string(native) +
               R"(,"id":"0300000F"}]})";
    };
    CHECK(sent(warm(14.5)) == Keys{manual, custom(145)});  // nothing is known of it yet
    valve.feed("Hub.Mts100.Mode", R"({"id":"0300000F","state":3})");
    CHECK(sent(warm(5)) == Keys{manual, custom(50)});
    CHECK(sent(warm(35)) == Keys{manual, custom(350)});
    CHECK(warm(20).value().reply_is_reading);
    const auto seen = valve.feed("Hub.Mts100.Temperature",
                                 R"({"room":215,"currentSet":205,"custom":145,"comfort":220,"economy":200,
        "away":165,"max":350,"min":50,"heating":0,"openWindow":0,"id":"0300000F"})");
    CHECK(part(seen, "climate", "temperature") == 20.5);
    valve.feed("Hub.Mts100.Mode", R"({"id":"0300000F","state":0})");
    CHECK(sent(warm(20.5)) == Keys{custom(205)});
    valve.feed("Hub.ToggleX", R"({"id":"0300000F","onoff":0})");
    CHECK(sent(warm(20.5)) == Keys{custom(205)});  // it stays off
}

TEST_CASE("mts150: `heating` that is stuck at 0 can be replaced by a comparison", "[meross][hub][valve]") {
    const char* cold = R"({"id":"03000002","room":180,"currentSet":210,"heating":0})";
    Subdevice plain("mts150", "03000002");
    plain.feed("Hub.ToggleX", R"({"id":"03000002","onoff":1})");
    CHECK(state(plain.feed("Hub.Mts100.Temperature", cold), "climate", "action") == word("idle"));
    meross::DeviceOptions wanted;
    wanted.heating_rule = true;
    Subdevice ruled("mts150", "03000002", true, wanted);
    ruled.feed("Hub.ToggleX", R"({"id":"03000002","onoff":1})");
    CHECK(state(ruled.feed("Hub.Mts100.Temperature", cold), "climate", "action") == word("heating"));
    const auto seen = ruled.feed("Hub.Mts100.Temperature", R"({"id":"03000002","room":210})");
    CHECK(state(seen, "climate", "action") == word("idle"));
    CHECK(state(ruled.feed("Hub.ToggleX", R"({"id":"03000002","onoff":0})"), "climate", "action") ==
          word("off"));
}

TEST_CASE("mts150: room, target and motor are in the digest", "[meross][hub][valve]") {
    Subdevice valve("mts150", "03000002");
    CHECK(valve.keys().size() == 8);
    const auto seen = valve.feed("Digest.Hub", R"({"id":"03000002","status":1,"scheduleBMode":6,"onoff":1,
        "lastActiveTime":1681997688,"mts150":{"mode":1,"currentSet":150,"updateMode":1,"updateTemp":225,
        "motorCurLocation":168,"motorStartCtr":229,"motorTotalPath":27864}})");
    CHECK(part(seen, "climate", "temperature") == 15.0);
    CHECK(part(seen, "climate", "current_temperature") == 22.5);
    CHECK(state(seen, "climate", "preset_mode") == word("comfort"));
    CHECK(number(seen, "motor") == 168);
    CHECK(
        state(seen, "motor", "attributes") ==
        model::Value(model::Attributes{{"starts", std::int64_t{229}}, {"total_path", std::int64_t{27864}}}));
    CHECK(valve.take_described_anew());
    CHECK_FALSE(valve.entity("motor").enabled_by_default);
    CHECK(valve.entity("motor").category == model::Category::diagnostic);
}

TEST_CASE("msh300hk 4.5.32: what All never says is read back in pieces", "[meross][hub][valve]") {
    Subdevice valve("mts150", "03000002");
    CHECK(read_back(valve.command("climate", "mode", word("heat"))) ==
          Keys{R"(GET Hub.ToggleX {"togglex":[]})", R"(GET Hub.Mts100.Mode {"mode":[{"id":"03000002"}]})",
               R"(GET Hub.Mts100.Temperature {"temperature":[{"id":"03000002"}]})"});
    valve.feed("Hub.Mts100.All", valve_all);
    CHECK(read_back(valve.command("climate", "mode", word("heat"))) ==
          Keys{R"(GET Hub.Mts100.All {"all":[{"id":"03000002"}]})"});
}

TEST_CASE("a valve's week is seven texts, padded to six entries a day", "[meross][hub][valve]") {
    Subdevice valve("mts150", "03000002");
    CHECK(valve.keys().size() == 8);
    valve.feed("Digest.Hub", R"({"id":"03000002","status":1,"lastActiveTime":5,"scheduleBMode":6})");
    Json week = json(R"({"id":"03000002"})");
    const auto usual = json("[[360,160],[120,165],[300,160],[300,160],[240,200],[120,160]]");
    for (const char* day : {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}) week[day] = usual;
    week["thu"] = json("[[390,150],[90,180],[960,210],[0,210],[0,210],[0,210]]");
    valve.at(18 * 60);  // the epoch is a Thursday
    const auto seen = valve.give("Hub.Mts100.ScheduleB", week);
    CHECK(valve.take_described_anew());
    CHECK(valve.keys().size() == 16);
    for (const char* key : {"schedule", "schedule_mon", "schedule_sun"})
        CHECK_FALSE(valve.entity(key).enabled_by_default);
    CHECK(state(seen, "schedule_thu") == word("00:00 15.0, 06:30 18.0, 08:00 21.0"));
    CHECK(state(seen, "schedule_mon") ==
          word("00:00 16.0, 06:00 16.5, 08:00 16.0, 13:00 16.0, 18:00 20.0, 22:00 16.0"));
    CHECK(number(seen, "schedule") == 21.0);
    CHECK(std::get<model::Attributes>(state(seen, "schedule", "attributes")).size() == 7);

    valve.pass(std::chrono::hours(6));  // midnight: Friday's first entry
    model::Observations later;
    valve.tick(&later);
    CHECK(number(later, "schedule") == 16.0);

    const auto action = valve.command("schedule_sun", word("00:00 17.0, 07:00 21.5"));
    REQUIRE(action.has_value());
    week["sun"] = json("[[420,170],[1020,215],[0,215],[0,215],[0,215],[0,215]]");
    CHECK(action->request.name_space == "Appliance.Hub.Mts100.ScheduleB");
    CHECK(action->request.payload["schedule"] == Json::array({week}));
    CHECK(valve.command("schedule_sun", word("00:00 17.0, 07:10 21.5")).has_error());
    CHECK(valve
              .command("schedule_sun",
                       word("00:00 17, 01:00 17, 02:00 17, 03:00 17, 04:00 17, 05:00 17, 06:00 17"))
              .has_error());
    CHECK(valve.command("schedule_sun", word("nonsense")).has_error());
}
