#include "sim/support.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using meross::Method;

namespace {

const std::string light_ns = "Appliance.Control.Light", effect_ns = "Appliance.Control.Light.Effect";

Json parse(std::string_view text) { return Json::parse(text); }
Json light(Bench& bench) { return bench.get(light_ns, parse(R"({"light":{}})")).at("light"); }
Json set(Bench& bench, std::string_view members) {
    return bench.set(light_ns, Json({{"light", Json::parse(members)}}));
}
void refused(Bench& bench, const std::string& name, std::string_view payload) {
    INFO(payload);
    CHECK(bench.answer(name, Method::set, parse(payload), Method::error).at("error").at("code") == 5000);
}

}  // namespace

TEST_CASE("a bulb shows what of it is in force, and a colour switches it on", "[sim][lamp]") {
    Bench bench(builtin("msl120"));
    bench.set("Appliance.Control.ToggleX", parse(R"({"togglex":{"channel":0,"onoff":0}})"));
    const auto echo = set(bench, R"({"channel":0,"capacity":5,"rgb":16711680,"luminance":80})").at("light");
    CHECK(echo.at("capacity") == 5);
    CHECK(echo.at("rgb") == 16711680);
    CHECK(echo.at("temperature") == 40);
    CHECK(bench.device.relay(0) == true);
    CHECK(bench.pushes.back().header.name_space == "Appliance.Control.ToggleX");
    CHECK(bench.device.state("Appliance.System.All").at("digest").at("light") == echo);
    refused(bench, light_ns, R"({"light":[{"channel":0,"luminance":50}]})");
    refused(bench, light_ns, R"({"light":{"channel":0,"luminance":0}})");
    refused(bench, light_ns, R"({"light":{"channel":1,"luminance":50}})");
    refused(bench, light_ns, R"({"light":{"channel":0,"rgb":-2}})");
}

TEST_CASE("a dimmer minds only the whole of a light", "[sim][lamp]") {
    Bench bench(builtin("mss560"));
    set(bench, R"({"channel":0,"capacity":4,"luminance":20})");
    CHECK(light(bench).at("luminance") == 70);
    set(bench, R"({"channel":0,"capacity":4,"rgb":-1,"temperature":-1,"luminance":20,"gradual":1})");
    CHECK(light(bench).at("luminance") == 70);
    set(bench, R"({"channel":0,"capacity":4,"rgb":-1,"temperature":-1,"luminance":20})");
    CHECK(light(bench).at("luminance") == 20);
    refused(bench, light_ns,
            R"({"light":{"channel":0,"capacity":5,"rgb":255,"temperature":-1,"luminance":20}})");
}

TEST_CASE("one effect runs, until a light ends it", "[sim][lamp]") {
    Bench bench(builtin("msl320cpr"));
    const auto effects = [&] { return bench.get(effect_ns, parse(R"({"effect":[]})")).at("effect"); };
    const auto start = [&](std::size_t index) {
        auto effect = effects()[index];
        effect["enable"] = 1;
        CHECK(bench.set(effect_ns, Json({{"effect", Json::array({effect})}})) == Json::object());
    };
    start(2);
    start(4);
    CHECK(light(bench).at("effect") == 4);
    CHECK(light(bench).at("capacity") == 13);
    const auto running = effects();
    CHECK(running[2].at("enable") == 0);
    CHECK(running[4].at("enable") == 1);
    const auto digest = bench.device.state("Appliance.System.All").at("digest");
    CHECK(digest.at("light").at("effect") == 4);
    set(bench, R"({"channel":0,"capacity":6,"temperature":50,"luminance":100})");
    CHECK_FALSE(light(bench).contains("effect"));
    CHECK(effects()[4].at("enable") == 0);
    refused(bench, effect_ns, R"({"effect":[{"Id":"0000000000000002","enable":1}]})");
    refused(bench, effect_ns, R"({"effect":[{"id":"0000000000000002","enable":1}]})");
}

TEST_CASE("lamps without a relay, and those that say little", "[sim][lamp]") {
    Bench humidifier(builtin("msxh0"));
    set(humidifier, R"({"channel":0,"onoff":0})");
    CHECK(light(humidifier).at("onoff") == 0);
    Bench sound(builtin("hp110ahk"));
    CHECK(set(sound, R"({"luminance":2,"capacity":4})") == Json::object());
    set(sound, R"({"channel":0,"capacity":14,"effect":3})");
    CHECK(light(sound).at("effect") == 3);
}

TEST_CASE("a diffuser and a humidifier", "[sim][appliances]") {
    Bench diffuser(builtin("mod100"));
    const std::string lamp = "Appliance.Control.Diffuser.Light", spray = "Appliance.Control.Diffuser.Spray";
    CHECK(diffuser.ask(lamp, Method::get, parse(R"({"light":{}})")).kind == sim::Reply::Kind::silent);
    diffuser.set(lamp, parse(R"({"light":[{"channel":0,"onoff":1,"mode":0,"luminance":60}]})"));
    diffuser.set(spray, parse(R"({"spray":[{"channel":0,"mode":1}]})"));
    const auto digest = diffuser.device.state("Appliance.System.All").at("digest").at("diffuser");
    CHECK(digest.at("light")[0].at("mode") == 0);
    CHECK(digest.at("light")[0].at("luminance") == 60);
    CHECK(digest.at("spray")[0].at("mode") == 1);
    CHECK(digest.at("spray")[0].at("lmTime") == 1'700'000'000);
    CHECK(diffuser.pushes.size() == 2);
    refused(diffuser, spray, R"({"spray":{"channel":0,"mode":1}})");
    refused(diffuser, lamp, R"({"light":[{"channel":0,"mode":3}]})");
    REQUIRE(diffuser.device.happen("weather", Json({{"humidity", 500}})));
    Bench humidifier(builtin("msxh0"));
    const std::string own = "Appliance.Control.Spray";
    humidifier.set(own, parse(R"({"spray":{"channel":0,"mode":2}})"));
    const auto now = humidifier.get(own, Json::object()).at("spray");
    CHECK(now.at("mode") == 2);
    CHECK(now.at("lastMode") == 1);
    refused(humidifier, own, R"({"spray":[{"channel":0,"mode":2}]})");
    REQUIRE(humidifier.device.happen("empty"));
    CHECK(humidifier.get(own, Json::object()).at("spray").at("mode") == 0);
}

TEST_CASE("fans have speeds, and filters wear", "[sim][appliances]") {
    Bench purifier(builtin("map100"));
    const std::string fan = "Appliance.Control.Fan";
    purifier.set(fan, parse(R"({"fan":[{"channel":0,"speed":4}]})"));
    CHECK(purifier.get(fan, parse(R"({"fan":[{"channel":0}]})")).at("fan")[0].at("speed") == 4);
    CHECK(purifier.get(fan, parse(R"({"fan":{}})")).at("fan").empty());
    refused(purifier, fan, R"({"fan":[{"channel":0,"speed":5}]})");
    refused(purifier, fan, R"({"fan":{"channel":0,"speed":1}})");
    const std::string filter = "Appliance.Control.FilterMaintenance";
    purifier.time.advance(10min);
    const auto worn = purifier.answer(filter, Method::push, Json::object(), Method::push);
    CHECK(worn.at("filter")[0].at("life") == 86);
    CHECK(purifier.ask(filter, Method::get, Json::object()).kind == sim::Reply::Kind::silent);
    Bench ceiling(builtin("mfc100"));
    ceiling.set(fan, parse(R"({"fan":[{"channel":2,"speed":3}]})"));
    CHECK(ceiling.device.state("Appliance.System.All").at("digest").at("fan")[0].at("speed") == 3);
    ceiling.set("Appliance.Control.ToggleX", parse(R"({"togglex":{"channel":0,"onoff":0}})"));
    CHECK(ceiling.device.relay(1) == false);
}

TEST_CASE("a sound machine takes one thing at a time", "[sim][appliances]") {
    Bench bench(builtin("hp110ahk"));
    const std::string mp3 = "Appliance.Control.Mp3";
    bench.set(mp3, parse(R"({"mp3":{"channel":0,"song":11}})"));
    bench.set(mp3, parse(R"({"mp3":{"channel":0,"volume":16}})"));
    bench.set(mp3, parse(R"({"mp3":{"channel":0,"mute":0}})"));
    CHECK(bench.pushes.size() == 3);
    const auto now = bench.get(mp3, Json::object()).at("mp3");
    CHECK(now.at("song") == 11);
    CHECK(now.at("volume") == 16);
    CHECK(now.at("mute") == 0);
    refused(bench, mp3, R"({"mp3":{"channel":0,"song":3,"mute":0}})");
    refused(bench, mp3, R"({"mp3":{"channel":0,"song":12}})");
    refused(bench, mp3, R"({"mp3":[{"channel":0,"song":3}]})");
    bench.set("Appliance.Mcu.Hp110.Lock", parse(R"({"lock":{"enable":1}})"));
    CHECK(bench.device.state("Appliance.Mcu.Hp110.Lock").at("lock").at("enable") == 1);
}

TEST_CASE("a presence sensor tells what has changed", "[sim][appliances]") {
    Bench bench(builtin("ms600"));
    const std::string latest = "Appliance.Control.Sensor.LatestX";
    REQUIRE(bench.device.happen("weather", Json({{"light", 300}})));
    REQUIRE(bench.pushes.size() == 1);
    CHECK(bench.pushes[0].payload.at("latest")[0].at("data").size() == 1);
    bench.time.advance(30s);
    bench.device.tick();  // somebody comes, as the description says
    REQUIRE(bench.pushes.size() == 2);
    CHECK(bench.pushes[1].payload.at("latest")[0].at("data").at("presence")[0].at("value") == 2);
    const auto asked =
        bench.get(latest, parse(R"({"latest":[{"channel":0,"data":["presence","light"]}]})")).at("latest")[0];
    CHECK(asked.at("data").at("light")[0].at("value") == 300);
    CHECK(asked.at("data").at("presence")[0].at("times") == 1);
    CHECK(bench.get(latest, parse(R"({"latest":[]})")).at("latest").empty());
    const std::string config = "Appliance.Control.Presence.Config";
    bench.set(config, parse(R"({"config":[{"channel":0,"distance":{"value":6000}}]})"));
    CHECK(bench.device.state(config).at("config")[0].at("distance").at("value") == 6000);
    CHECK(bench.device.state(config).at("config")[0].at("sensitivity").at("level") == 1);
    refused(bench, config, R"({"config":[{"channel":0,"distance":{"value":1},"sensitivity":{"level":2}}]})");
}

TEST_CASE("every description is one of a real device", "[sim][description]") {
    for (const auto& description : sim::builtin_descriptions()) {
        INFO(description.name);
        auto blueprint = sim::builtin_blueprint(description.name);
        if (!blueprint) FAIL(blueprint.error().text());
        Bench bench(*blueprint);
        CHECK(bench.get("Appliance.System.Ability", Json::object())
                  .at("ability")
                  .contains("Appliance.System.Time"));
        bench.time.advance(1h);
        bench.device.tick();
    }
}

TEST_CASE("a plug has no parts that act", "[sim][device]") {
    for (const auto name : {"mss310", "mss305", "mss425f", "mss110", "mss210", "em06"})
        CHECK_FALSE(Bench(builtin(name)).device.lives());
    CHECK(Bench(builtin("mrs100")).device.lives());
}
