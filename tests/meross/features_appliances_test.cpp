#include "meross/features_appliances_support.hpp"
#include "support/catch.hpp"

// Diffusers, humidifier, sound machine.

using namespace lanbridge;
using namespace lanbridge::test;
using Keys = std::vector<std::string>;

namespace {

Bench diffuser() {
    return Bench(facts_of("mod100",
                          {"Control.Diffuser.Light", "Control.Diffuser.Spray", "Control.Diffuser.Sensor"},
                          R"({"diffuser":{"type":"mod100",
                "light":[{"channel":0,"onoff":0,"lmTime":1,"mode":0,"luminance":100,"rgb":4129023}],
                "spray":[{"channel":0,"mode":2,"lmTime":2}]}})"));
}

Bench sound_machine() { return Bench(facts_of("hp110ahk", {"Control.Mp3", "Mcu.Hp110.Lock"})); }

}  // namespace

TEST_CASE("mod100 3.1.5: what the digest shows of a diffuser", "[meross][diffuser]") {
    Bench device = diffuser();
    CHECK(device.keys() == Keys{"light_0", "spray_0"});
    const auto light = device.entity("light_0");
    CHECK(light.component == model::Component::light);
    CHECK(light.naming == model::Naming::main);
    CHECK(part_of(light, "brightness").range == model::NumberRange{1, 100, 1});
    CHECK(part_of(light, "effect").options == Keys{"rainbow", "temperature"});
    CHECK(part_of(light, "color_mode").options == Keys{"rgb"});
    CHECK_FALSE(part_of(light, "color_mode").commandable);
    CHECK(part_of(device.entity("spray_0"), "state").options == Keys{"off", "eco", "strong"});
    CHECK(device.entity("spray_0").name == "Spray");
    CHECK(device.poll("Control.Diffuser.Spray").value().request.payload == json(R"({"spray":{}})"));
    CHECK(device.poll("Control.Diffuser.Sensor").value().request.payload == json(R"({"sensor":{}})"));

    const auto seen = device.feed_digest();
    CHECK(state(seen, "light_0") == model::Value(false));
    CHECK(state(seen, "light_0", "brightness") == whole(100));
    CHECK(state(seen, "light_0", "rgb") == text("63,0,255"));
    CHECK(state(seen, "light_0", "color_mode") == text("rgb"));
    CHECK(state(seen, "light_0", "effect") == text("rainbow"));
    CHECK(state(seen, "spray_0") == text("off"));
}

TEST_CASE("a diffuser's light follows what it pushes", "[meross][diffuser]") {
    Bench device = diffuser();
    device.feed_digest();
    const auto push = [&](std::string_view payload) {
        return device.feed("Control.Diffuser.Light", payload);
    };
    auto seen =
        push(R"({"light":[{"channel":0,"onoff":1,"mode":1,"luminance":60,"rgb":16711680,"lmTime":9}]})");
    CHECK(state(seen, "light_0") == model::Value(true));
    CHECK(state(seen, "light_0", "brightness") == whole(60));
    CHECK(state(seen, "light_0", "rgb") == text("255,0,0"));
    CHECK(std::ranges::count_if(seen, [](const auto& o) {
              return o.part == "effect" && o.value == model::Value();  // no effect runs, and that is said
          }) == 1);
    CHECK(state(push(R"({"light":[{"channel":0,"mode":2}]})"), "light_0", "effect") == text("temperature"));
    // partial, as one object, and what says nothing
    seen = push(R"({"type":"mod100","light":{"channel":0,"luminance":1}})");
    CHECK(seen.size() == 1);
    CHECK(state(seen, "light_0", "brightness") == whole(1));
    for (std::string_view nothing :
         {R"({"light":[]})", R"({"light":{}})", R"({"light":[{"channel":3,"onoff":1}]})", R"({"light":7})",
          R"({"light":[{"channel":0,"mode":7,"luminance":0,"rgb":-1}]})", "[]", "null"})
        CHECK(push(nothing).empty());
}

TEST_CASE("each wish for a diffuser's light is one SET", "[meross][diffuser]") {
    const Bench device = diffuser();
    CHECK(sent(device, "light_0", false) == one(R"({"light":[{"channel":0,"onoff":0}]})"));
    CHECK(sent(device, "light_0", true) == one(R"({"light":[{"channel":0,"onoff":1}]})"));
    CHECK(sent(device, "light_0", "state", true, {{"rgb", text("255,0,0")}, {"brightness", whole(60)}}) ==
          one(R"({"light":[{"channel":0,"onoff":1,"mode":1,"rgb":16711680,"luminance":60}]})"));
    CHECK(sent(device, "light_0", "rgb", text("0,0,255")) ==
          one(R"({"light":[{"channel":0,"onoff":1,"mode":1,"rgb":255}]})"));
    for (const int level : {1, 50, 100}) {  // whatever is shown goes on
        Json light{{"channel", 0}, {"onoff", 1}, {"luminance", level}};
        CHECK(sent(device, "light_0", "brightness", whole(level)).at(0) ==
              Json{{"light", Json::array({light})}});
    }
    CHECK(sent(device, "light_0", "effect", text("rainbow")) ==
          one(R"({"light":[{"channel":0,"onoff":1,"mode":0}]})"));
    CHECK(sent(device, "light_0", "effect", text("temperature"), {{"brightness", whole(5)}}) ==
          one(R"({"light":[{"channel":0,"onoff":1,"mode":2,"luminance":5}]})"));

    for (const auto& [part, value] :
         model::PartValues{{"rgb", text("red")}, {"rgb", whole(3)}, {"effect", text("party")}}) {
        const auto refused = device.command("light_0", part, value);
        REQUIRE(refused.has_error());
        CHECK(refused.error().is(Errc::invalid_value));
        CHECK(refused.error().text().find("light_0") != std::string::npos);
    }
    CHECK(device.command("light_0", "brightness", 1.5).has_error());
}

TEST_CASE("mod100 3.1.5: its light does not answer, so the digest confirms a command", "[meross][diffuser]") {
    const Bench device = diffuser();
    const auto action = device.command("light_0", true).value();
    CHECK(action.request.name_space == "Appliance.Control.Diffuser.Light");
    REQUIRE(action.read_back.size() == 1);
    CHECK(action.read_back.at(0).name_space == "Appliance.System.All");
    CHECK(action.read_back.at(0).payload == json(R"({"all":{}})"));
}

TEST_CASE("diffuser and humidifier number their ways of spraying differently", "[meross][spray]") {
    Bench device = diffuser();
    const auto seen = [&](std::string_view payload) {
        return state(device.feed("Control.Diffuser.Spray", payload), "spray_0");
    };
    CHECK(seen(R"({"type":"mod100","spray":[{"channel":0,"mode":2,"lmTime":1}]})") == text("off"));
    CHECK(seen(R"({"spray":[{"channel":0,"mode":0}]})") == text("eco"));
    CHECK(seen(R"({"spray":{"channel":0,"mode":1}})") == text("strong"));
    CHECK(seen(R"({"spray":[{"channel":0,"mode":3}]})") == model::Value());
    CHECK(seen(R"({"spray":[{"channel":1,"mode":1}]})") == model::Value());
    CHECK(seen(R"({"spray":[]})") == model::Value());
    CHECK(sent(device, "spray_0", text("off")) == one(R"({"spray":[{"channel":0,"mode":2}]})"));
    CHECK(sent(device, "spray_0", text("eco")) == one(R"({"spray":[{"channel":0,"mode":0}]})"));
    CHECK(sent(device, "spray_0", text("strong")) == one(R"({"spray":[{"channel":0,"mode":1}]})"));
    CHECK(device.command("spray_0", text("on")).has_error());

    Bench humidifier(facts_of("msxh0", {"Control.Spray"},
                              R"({"spray":[{"channel":0,"mode":2,"lmTime":1,"lastMode":1,"onoffTime":1}]})"));
    CHECK(humidifier.keys() == Keys{"spray_0"});
    CHECK(part_of(humidifier.entity("spray_0"), "state").options == Keys{"off", "on", "eco"});
    CHECK(humidifier.poll("Control.Spray").value().request.payload == json(R"({"spray":{}})"));
    CHECK(state(humidifier.feed_digest(), "spray_0") == text("eco"));
    const auto told = [&](std::string_view payload) {
        return state(humidifier.feed("Control.Spray", payload), "spray_0");
    };
    CHECK(told(R"({"channel":0,"spray":{"channel":0,"mode":0,"lmTime":1,"lastMode":1}})") == text("off"));
    CHECK(told(R"({"channel":0,"spray":{"channel":0,"mode":1}})") == text("on"));
    CHECK(sent(humidifier, "spray_0", text("off")) == one(R"({"spray":{"channel":0,"mode":0}})"));
    CHECK(sent(humidifier, "spray_0", text("on")) == one(R"({"spray":{"channel":0,"mode":1}})"));
    CHECK(sent(humidifier, "spray_0", text("eco")) == one(R"({"spray":{"channel":0,"mode":2}})"));
    CHECK(humidifier.command("spray_0", text("strong")).has_error());
    CHECK(humidifier.command("spray_0", whole(1)).has_error());
    const auto action = humidifier.command("spray_0", text("on")).value();
    CHECK(action.read_back.at(0).payload == json(R"({"spray":{}})"));
    CHECK(action.reply_is_reading);
}

TEST_CASE("mod100 3.1.5: zeros that were never measured are no sensor", "[meross][diffuser]") {
    Bench device = diffuser();
    CHECK(
        device
            .feed(
                "Control.Diffuser.Sensor",
                R"({"type":"mod100","humidity":{"value":0,"lmTime":0},"temperature":{"value":0,"lmTime":0}})")
            .empty());
    CHECK_FALSE(device.has("temperature"));
    const auto seen = device.feed(
        "Control.Diffuser.Sensor",
        R"({"type":"mod150","humidity":{"value":456,"lmTime":5},"temperature":{"value":215,"lmTime":0}})");
    CHECK(number(seen, "humidity") == 45.6);
    CHECK(device.keys() == Keys{"humidity", "light_0", "spray_0"});
    CHECK(device.entity("humidity").unit == "%");
    CHECK(number(device.feed("Control.Diffuser.Sensor", R"({"temperature":{"value":215,"lmTime":6}})"),
                 "temperature") == 21.5);
    CHECK(device.entity("temperature").unit == "°C");
    CHECK(device.entity("temperature").device_class == "temperature");
}

TEST_CASE("a diffuser's sensors are remembered over a restart", "[meross][diffuser]") {
    Bench before = diffuser();
    std::string memory;
    const auto remember = [&] {
        for (const auto& feature : before.features())
            if (feature->memory_topic() == "diffuser_sensor") memory = feature->memory().value_or("none");
    };
    remember();
    CHECK(memory == "none");
    before.feed("Control.Diffuser.Sensor", R"({"humidity":{"value":456,"lmTime":5}})");
    remember();
    Bench after = diffuser();
    for (const auto& feature : after.features())
        if (feature->memory_topic() == "diffuser_sensor") feature->restore(json(memory), 0);
    CHECK(after.has("humidity"));
    CHECK_FALSE(after.has("temperature"));
}

TEST_CASE("hp110ahk 4.1.12: songs, volume and lock", "[meross][mp3]") {
    Bench device = sound_machine();
    CHECK(device.keys() == Keys{"child_lock", "next", "play", "previous", "song", "volume"});
    CHECK(part_of(device.entity("song"), "state").options.size() == 11);
    CHECK(part_of(device.entity("volume"), "state").range == model::NumberRange{0, 16, 1});
    CHECK(device.entity("volume").category == model::Category::none);
    CHECK(device.entity("child_lock").category == model::Category::config);
    CHECK(device.entity("next").component == model::Component::button);
    CHECK(device.poll("Control.Mp3").value().request.payload == json(R"({"mp3":{}})"));
    CHECK(device.poll("Mcu.Hp110.Lock").value().request.payload == json(R"({"lock":{}})"));

    auto seen =
        device.feed("Control.Mp3", R"({"mp3":{"channel":0,"lmTime":1,"song":9,"mute":1,"volume":11}})");
    CHECK(state(seen, "song") == text("White Noise"));
    CHECK(state(seen, "play") == model::Value(false));
    CHECK(state(seen, "volume") == whole(11));
    CHECK(state(device.feed("Control.Mp3", R"({"mp3":[{"channel":0,"mute":0}]})"), "play") ==
          model::Value(true));
    CHECK(device.feed("Control.Mp3", R"({"mp3":{"channel":0,"song":12,"volume":17}})").empty());
    CHECK(state(device.feed("Mcu.Hp110.Lock", R"({"lock":{"enable":0,"lmTime":1}})"), "child_lock") ==
          model::Value(false));
    CHECK(sent(device, "child_lock", true) == one(R"({"lock":{"enable":1}})"));
    CHECK(sent(device, "child_lock", false) == one(R"({"lock":{"enable":0}})"));
    // the key `lock` of another namespace is not ours
    CHECK(device.feed("Control.PhysicalLock", R"({"lock":[{"channel":0,"onoff":1}]})").empty());

    device.refuse("Control.Mp3");
    CHECK(device.keys() == Keys{"child_lock"});
}

TEST_CASE("hp110ahk 4.1.12: one member goes out per command", "[meross][mp3]") {
    Bench device = sound_machine();
    device.feed("Control.Mp3", R"({"mp3":{"channel":0,"song":9,"mute":0,"volume":11}})");
    CHECK(sent(device, "song", text("Cicada Chirping")) == one(R"({"mp3":{"channel":0,"song":1}})"));
    CHECK(sent(device, "song", text("Ripple Sound")) == one(R"({"mp3":{"channel":0,"song":3}})"));
    CHECK(sent(device, "song", text("Ocean Wave")) == one(R"({"mp3":{"channel":0,"song":11}})"));
    for (const int level : {0, 8, 16})
        CHECK(sent(device, "volume", whole(level)).at(0) ==
              Json{{"mp3", {{"channel", 0}, {"volume", level}}}});
    CHECK(sent(device, "play", true) == one(R"({"mp3":{"channel":0,"mute":0}})"));
    CHECK(sent(device, "play", false) == one(R"({"mp3":{"channel":0,"mute":1}})"));
    CHECK(device.command("volume", 8.5).has_error());
    CHECK(device.command("song", text("Silence")).has_error());
}

TEST_CASE("choosing a song starts a stopped sound machine, skipping does not", "[meross][mp3]") {
    Bench device = sound_machine();
    const auto early = device.command("next", model::Value());
    REQUIRE(early.has_error());
    CHECK(early.error().is(Errc::unsupported));
    device.feed("Control.Mp3", R"({"mp3":{"channel":0,"song":11,"mute":1,"volume":11}})");
    CHECK(sent(device, "song", text("Thunder")) ==
          std::vector{json(R"({"mp3":{"channel":0,"song":10}})"), json(R"({"mp3":{"channel":0,"mute":0}})")});
    CHECK(device.command("song", text("Thunder")).value().read_back_always);
    CHECK(sent(device, "next", model::Value()) == one(R"({"mp3":{"channel":0,"song":1}})"));
    CHECK(sent(device, "previous", model::Value()) == one(R"({"mp3":{"channel":0,"song":10}})"));
    device.feed("Control.Mp3", R"({"mp3":{"song":1}})");
    CHECK(sent(device, "next", model::Value()) == one(R"({"mp3":{"channel":0,"song":2}})"));
    CHECK(sent(device, "previous", model::Value()) == one(R"({"mp3":{"channel":0,"song":11}})"));
}
