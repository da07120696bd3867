#include "sim/support.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using meross::Method;

namespace {

const std::string position = "Appliance.RollerShutter.Position";
const std::string doors = "Appliance.GarageDoor.State";

std::int64_t place(Bench& bench) {
    return bench.get(position, Json::parse(R"({"position":[]})"))
        .at("position")[0]
        .at("position")
        .get<std::int64_t>();
}
Json motor(Bench& bench) {
    return bench.get("Appliance.RollerShutter.State", Json::parse(R"({"state":[]})")).at("state")[0];
}
void drive(Bench& bench, int target) {
    const Json content({{"channel", 0}, {"position", target}});
    CHECK(bench.set(position, Json({{"position", content}})) == Json::object());
}
Json door(Bench& bench, int channel) {
    const auto doors_now = bench.get(doors, Json::object()).at("state");
    for (const auto& item : doors_now) {
        if (item.at("channel") == channel) return item;
    }
    return {};
}
Json one_door(Bench& bench) { return bench.get(doors, Json::object()).at("state"); }
Json command(Bench& bench, int channel, int open) {
    const Json content({{"channel", channel}, {"open", open}});
    return bench.set(doors, Json({{"state", content}})).at("state");
}
void refused(Bench& bench, const std::string& name, std::string_view payload) {
    INFO(payload);
    const auto error = bench.answer(name, Method::set, Json::parse(payload), Method::error);
    CHECK(error.at("error").at("code") == 5000);
}

}  // namespace

TEST_CASE("a shutter moves, and lags in what it says", "[sim][covers]") {
    Bench bench(builtin("mrs100"));
    CHECK(place(bench) == 60);
    drive(bench, 100);  // 40 % of 22 s
    CHECK(motor(bench).at("state") == 1);
    REQUIRE(bench.pushes.size() == 1);
    CHECK(bench.pushes[0].header.name_space == "Appliance.RollerShutter.State");
    bench.time.advance(2s);
    CHECK(place(bench) == 60);
    bench.time.advance(3s);
    CHECK(place(bench) == 69);
    bench.time.advance(4s);
    CHECK(place(bench) == 100);
    CHECK(motor(bench) == Json::parse(R"({"channel":0,"state":0,"stoppedBy":0})"));
    CHECK(bench.pushes.back().header.name_space == "Appliance.RollerShutter.State");
    CHECK(bench.pushes.at(1).payload == Json::parse(R"({"position":[{"channel":0,"position":100}]})"));
}

TEST_CASE("a shutter stops where it is told to and when", "[sim][covers]") {
    Bench bench(builtin("mrs100"));
    drive(bench, 35);
    CHECK(motor(bench).at("state") == 2);
    bench.time.advance(5s);
    CHECK(place(bench) == 35);
    CHECK(motor(bench).at("state") == 0);
    drive(bench, 0);
    bench.time.advance(2s);
    drive(bench, -1);
    CHECK(place(bench) == 25);
    CHECK(motor(bench).at("stoppedBy") == 1);
    REQUIRE(bench.device.happen("move", Json({{"position", 100}})));
    CHECK(motor(bench).at("state") == 1);
}

TEST_CASE("an old shutter knows only its ends, and those late", "[sim][covers]") {
    Bench bench(builtin("mrs100-old"));
    drive(bench, 100);
    bench.time.advance(39s);
    CHECK(place(bench) == 0);
    CHECK(motor(bench) == Json::parse(R"({"channel":0,"state":1})"));
    bench.time.advance(1s);
    CHECK(place(bench) == 100);
    drive(bench, 0);
    bench.time.advance(19s);
    drive(bench, -1);
    CHECK(motor(bench).at("state") == 0);
    CHECK(place(bench) == 100);
    drive(bench, 0);  // the signal lasts as long as ever
    bench.time.advance(37s);
    CHECK(motor(bench).at("state") == 2);
    bench.time.advance(1s);
    CHECK(place(bench) == 0);
    refused(bench, position, R"({"position":{"channel":0,"position":40}})");
}

TEST_CASE("a shutter wants an object with a channel", "[sim][covers]") {
    Bench bench(builtin("mrs100"));
    refused(bench, position, R"({"position":[{"channel":0,"position":40}]})");
    refused(bench, position, R"({"position":{"position":40}})");
    refused(bench, position, R"({"position":{"channel":0,"position":101}})");
    refused(bench, position, R"({"state":{"channel":0,"position":10}})");
    CHECK(bench.device.log().sets() == 0);
    const auto config = "Appliance.RollerShutter.Config";
    bench.set(config, Json::parse(R"({"config":{"channel":0,"signalOpen":30000}})"));
    CHECK(bench.device.state(config).at("config")[0].at("signalOpen") == 30000);
    CHECK(bench.device.state(config).at("config")[0].at("signalClose") == 20000);
}

TEST_CASE("a shutter finds its ends by itself", "[sim][covers]") {
    Bench bench(builtin("mrs100"));
    const auto adjust = "Appliance.RollerShutter.Adjust";
    bench.set(adjust, Json::parse(R"({"adjust":{"channel":0,"value":1}})"));
    const auto status = [&] {
        return bench.answer(adjust, Method::push, Json::object(), Method::push).at("adjust")[0].at("status");
    };
    CHECK(status() == 5);
    bench.time.advance(13s);  // closed, and opening
    CHECK(motor(bench).at("state") == 1);
    bench.time.advance(60s);
    CHECK(status() == 0);
    CHECK(place(bench) == 0);
    CHECK(bench.pushes.back().header.name_space == adjust);
}

TEST_CASE("a garage door takes its time, its contact is at the closed end", "[sim][covers]") {
    Bench bench(builtin("msg100"));
    const auto opened = command(bench, 0, 1);
    CHECK(opened.at("open") == 0);  // as it was
    CHECK(opened.at("execute") == 1);
    CHECK(one_door(bench).at("open") == 1);
    REQUIRE(bench.pushes.size() == 1);
    CHECK(bench.pushes[0].payload.at("state")[0].at("open") == 1);
    bench.time.advance(30s);
    CHECK(command(bench, 0, 1).at("execute") == 1);  // old firmware says so although there is nothing to do
    CHECK(command(bench, 0, 0).at("open") == 1);
    bench.time.advance(19s);
    CHECK(one_door(bench).at("open") == 1);
    bench.time.advance(1s);
    CHECK(one_door(bench).at("open") == 0);
    CHECK(bench.pushes.size() == 2);
    const auto all = bench.get("Appliance.System.All", Json::object()).at("all").at("digest");
    CHECK(all.at("garageDoor")[0].at("open") == 0);
}

TEST_CASE("three doors by their channels", "[sim][covers]") {
    Bench bench(builtin("msg200"));
    CHECK(command(bench, 1, 0)[0].at("execute") == 0);
    CHECK(command(bench, 2, 0)[0].at("execute") == 1);
    CHECK(command(bench, 3, 0)[0].at("execute") == 0);  // not in use
    bench.time.advance(15s);
    CHECK(door(bench, 2).at("open") == 0);
    CHECK(door(bench, 3).at("open") == 1);
    const auto config = "Appliance.GarageDoor.MultipleConfig";
    bench.set(config, Json::parse(R"({"config":[{"channel":3,"doorEnable":1}]})"));
    CHECK(door(bench, 3).at("doorEnable") == 1);
    refused(bench, config, R"({"config":{"channel":3,"doorEnable":1}})");
    refused(bench, doors, R"({"state":[{"channel":1,"open":1}]})");
    refused(bench, doors, R"({"state":{"channel":5,"open":1}})");
}

TEST_CASE("a garage door may be in the way of itself", "[sim][covers]") {
    Bench bench(builtin("msg100"));
    REQUIRE(bench.device.happen("door", Json({{"open", 1}})));
    CHECK(one_door(bench).at("open") == 1);
    bench.time.advance(30s);
    REQUIRE(bench.device.happen("obstruct"));
    command(bench, 0, 0);
    bench.time.advance(60s);
    CHECK(one_door(bench).at("open") == 1);
    command(bench, 0, 0);
    bench.time.advance(60s);
    CHECK(one_door(bench).at("open") == 0);
    CHECK_FALSE(bench.device.happen("presence"));
}
