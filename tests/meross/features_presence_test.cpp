#include "meross/features_support.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;

namespace {

Bench sensor() {
    return Bench(
        facts_of("ms600", {"Control.Presence.Config", "Control.Presence.Study", "Control.Sensor.LatestX"}));
}

constexpr std::string_view config =
    R"({"config":[{"channel":0,"mode":{"workMode":1,"testMode":2},"noBodyTime":{"time":15},
        "distance":{"value":8100},"sensitivity":{"level":2},"mthx":{"mth1":120,"mth2":72,"mth3":73}}]})";

Json set_by(const Bench& bench, std::string_view entity, model::Value value) {
    const auto action = bench.command(entity, std::move(value));
    REQUIRE(action);
    CHECK(action->request.method == meross::Method::set);
    CHECK(action->request.name_space == full("Control.Presence.Config"));
    REQUIRE(action->read_back.size() == 1);
    CHECK(action->read_back[0].payload == json(R"({"config":[{"channel":0}]})"));
    return action->request.payload;
}

}  // namespace

TEST_CASE("ms600: its entities, before it has said anything", "[meross][presence]") {
    const auto bench = sensor();
    CHECK(bench.keys() == std::vector<std::string>{"distance", "illuminance", "max_distance", "mth1", "mth2",
                                                   "mth3", "no_body_time", "presence", "sensitivity",
                                                   "test_mode", "times", "work_mode"});
    CHECK(bench.entity("presence").device_class == "occupancy");
    CHECK(bench.entity("max_distance").parts[0].range == model::NumberRange{0.1, 12, 0.1});
    CHECK(bench.entity("mth1").enabled_by_default == false);
    CHECK(bench.entity("work_mode").parts[0].options == std::vector<std::string>{"0", "1", "2"});
    CHECK(bench.poll("Control.Sensor.LatestX")->request.payload ==
          json(R"({"latest":[{"channel":0,"data":["presence","light"]}]})"));
    CHECK(bench.poll("Control.Presence.Config")->request.payload == json(R"({"config":[{"channel":0}]})"));
    CHECK_FALSE(bench.poll("Control.Presence.Study"));
}

TEST_CASE("ms600: a push carries only what has changed", "[meross][presence]") {
    auto bench = sensor();
    const auto presence = bench.feed("Control.Sensor.LatestX", R"({"latest":[{"channel":0,"data":{"presence":
        [{"distance":5760,"value":1,"timestamp":1726031367,"times":3}]}}]})");
    CHECK(state(presence, "presence") == model::Value(false));
    CHECK(number(presence, "distance") == 5.76);
    CHECK(number(presence, "times") == 3);
    CHECK(presence.size() == 3);
    const auto light =
        bench.feed("Control.Sensor.LatestX",
                   R"({"latest":[{"channel":0,"data":{"light":[{"value":110,"timestamp":1}]}}]})");
    CHECK(number(light, "illuminance") == 110);
    CHECK(light.size() == 1);
    CHECK(bench.feed("Control.Sensor.LatestX", R"({"latest":[]})").empty());
    CHECK(
        bench.feed("Control.Sensor.LatestX", R"({"latest":[{"channel":0,"data":{"presence":[]}}]})").empty());
}

TEST_CASE("ms600: present is 2, and so is whatever else is not 1", "[meross][presence]") {
    auto bench = sensor();
    const auto told = [&](int value) {
        Json payload = json(R"({"latest":[{"channel":0,"data":{"presence":[{"value":0}]}}]})");
        payload["latest"][0]["data"]["presence"][0]["value"] = value;
        return state(bench.give("Control.Sensor.LatestX", payload), "presence");
    };
    CHECK(told(1) == model::Value(false));
    CHECK(told(2) == model::Value(true));
    CHECK(told(3) == model::Value(true));
    CHECK(told(0) == model::Value());
}

TEST_CASE("ms600: its settings", "[meross][presence]") {
    auto bench = sensor();
    const auto seen = bench.feed("Control.Presence.Config", config);
    CHECK(state(seen, "work_mode") == model::Value("1"));
    CHECK(state(seen, "test_mode") == model::Value("2"));
    CHECK(number(seen, "no_body_time") == 15);
    CHECK(number(seen, "max_distance") == 8.1);
    CHECK(state(seen, "sensitivity") == model::Value("2"));
    CHECK(number(seen, "mth3") == 73);

    CHECK(set_by(bench, "max_distance", std::int64_t{6}) ==
          json(R"({"config":[{"channel":0,"distance":{"value":6000}}]})"));
    CHECK(set_by(bench, "max_distance", 0.1) ==
          json(R"({"config":[{"channel":0,"distance":{"value":100}}]})"));
    CHECK(set_by(bench, "max_distance", 12.0) ==
          json(R"({"config":[{"channel":0,"distance":{"value":12000}}]})"));
    CHECK(set_by(bench, "no_body_time", std::int64_t{1}) ==
          json(R"({"config":[{"channel":0,"noBodyTime":{"time":1}}]})"));
    CHECK(set_by(bench, "no_body_time", std::int64_t{3600}) ==
          json(R"({"config":[{"channel":0,"noBodyTime":{"time":3600}}]})"));
    CHECK(set_by(bench, "sensitivity", std::string("0")) ==
          json(R"({"config":[{"channel":0,"sensitivity":{"level":0}}]})"));
    CHECK(set_by(bench, "work_mode", std::string("2")) ==
          json(R"({"config":[{"channel":0,"mode":{"workMode":2,"testMode":2}}]})"));
    CHECK(set_by(bench, "test_mode", std::string("0")) ==
          json(R"({"config":[{"channel":0,"mode":{"workMode":1,"testMode":0}}]})"));
    CHECK(set_by(bench, "mth2", std::int64_t{1000}) ==
          json(R"({"config":[{"channel":0,"mthx":{"mth1":120,"mth2":1000,"mth3":73}}]})"));
}

TEST_CASE("ms600: a part of the settings leaves the others alone", "[meross][presence]") {
    auto bench = sensor();
    bench.feed("Control.Presence.Config", config);
    const auto seen =
        bench.feed("Control.Presence.Config", R"({"config":[{"channel":0,"mode":{"workMode":0}}]})");
    CHECK(state(seen, "work_mode") == model::Value("0"));
    CHECK(seen.size() == 1);
    CHECK(bench.feed("Control.Presence.Config", R"({"config":[]})").empty());
    CHECK(bench.feed("Control.Presence.Config", R"({"config":[{"channel":0,"sensitivity":{"level":9}}]})")
              .empty());
    CHECK(set_by(bench, "test_mode", std::string("1")) ==
          json(R"({"config":[{"channel":0,"mode":{"workMode":0,"testMode":1}}]})"));
}

TEST_CASE("a hub's LatestX is not a presence sensor's", "[meross][presence]") {
    CHECK(Bench(facts_of("msh300hk", {"Hub.Sensor.All", "Control.Sensor.LatestX"})).keys().empty());
}
