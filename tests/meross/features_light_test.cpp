#include "meross/features_light_support.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using namespace std::chrono_literals;
using Keys = std::vector<std::string>;

namespace {

constexpr std::string_view bulb_digest = R"({"togglex":[{"channel":0,"onoff":1,"lmTime":1}],
    "light":{"capacity":6,"channel":0,"rgb":255,"temperature":55,"luminance":100,"transform":0}})";
constexpr std::string_view dark_digest = R"({"togglex":[{"channel":0,"onoff":0,"lmTime":1}],
    "light":{"capacity":6,"channel":0,"rgb":255,"temperature":55,"luminance":100,"transform":0}})";

Bench bulb(std::string_view digest = bulb_digest, std::string_view firmware = "6.2.3",
           std::string_view type = "msl120") {
    Bench bench(lamp_facts(type, firmware, 7, digest));
    bench.feed_digest();
    return bench;
}

Keys parts_of(const model::EntityDescription& entity) {
    Keys names;
    for (const auto& part : entity.parts) names.push_back(part.name);
    return names;
}

Keys modes_of(const model::EntityDescription& entity) {
    for (const auto& part : entity.parts)
        if (part.name == "color_mode") return part.options;
    return {};
}

const model::PartDescription& part_of(const model::EntityDescription& entity, std::string_view name) {
    return *std::ranges::find(entity.parts, name, &model::PartDescription::name);
}

}  // namespace

TEST_CASE("a bulb is one light with its relay, and no switch", "[meross][light]") {
    auto bench = bulb();
    CHECK(bench.keys() == Keys{"light_0"});
    const auto light = bench.entity("light_0");
    CHECK(light.component == model::Component::light);
    CHECK(light.naming == model::Naming::main);
    CHECK(parts_of(light) == Keys{"state", "brightness", "color_temp", "rgb", "color_mode"});
    CHECK(modes_of(light) == Keys{"color_temp", "rgb"});
    CHECK(part_of(light, "brightness").range == model::NumberRange{1, 100, 1});
    CHECK(part_of(light, "color_temp").range == model::NumberRange{2700, 6500, 1});
    CHECK_FALSE(part_of(light, "color_mode").commandable);
    CHECK(bench.poll("Control.Light").value().request.payload == json(R"({"light":{}})"));
    CHECK(bench.poll("Control.ToggleX").value().request.payload == json(R"({"togglex":[]})"));
    CHECK_FALSE(bench.poll("Control.Light.Effect"));
}

TEST_CASE("colour modes follow the capacity that the ability names", "[meross][light]") {
    const auto modes = [](int capacity) {
        return modes_of(Bench(lamp_facts("msl100", "6.2.3", capacity, bulb_digest)).entity("light_0"));
    };
    CHECK(modes(7) == Keys{"color_temp", "rgb"});
    CHECK(modes(15) == Keys{"color_temp", "rgb"});
    CHECK(modes(6) == Keys{"color_temp"});
    CHECK(modes(5) == Keys{"rgb"});
    CHECK(modes(4) == Keys{"brightness"});
    CHECK(modes(0) == Keys{"onoff"});
    CHECK(parts_of(Bench(lamp_facts("msl100", "6.2.3", 4, bulb_digest)).entity("light_0")) ==
          Keys{"state", "brightness", "color_mode"});
    CHECK(parts_of(Bench(lamp_facts("msl100", "6.2.3", 0, bulb_digest)).entity("light_0")) ==
          Keys{"state", "color_mode"});
}

TEST_CASE("a lamp whose ability names no capacity shows it by its object", "[meross][light]") {
    Bench bench(lamp_facts("msl100", "6.2.3", -1, R"({"togglex":[{"channel":0,"onoff":1}]})"));
    CHECK(modes_of(bench.entity("light_0")) == Keys{"onoff"});
    bench.feed("Control.Light", R"({"light":{"channel":0,"capacity":6,"temperature":1,"luminance":50}})");
    const bool anew =
        std::ranges::any_of(bench.features(), [](auto& f) { return f->take_description_changed(); });
    CHECK(anew);
    CHECK(modes_of(bench.entity("light_0")) == Keys{"color_temp"});
}

TEST_CASE("what a lamp shows: white, colour, brightness", "[meross][light]") {
    Bench bench(lamp_facts("msl120", "6.2.3", 7, bulb_digest));
    auto seen = bench.feed_digest();
    CHECK(state(seen, "light_0") == model::Value(true));
    CHECK(state(seen, "light_0", "brightness") == whole(100));
    CHECK(state(seen, "light_0", "color_mode") == word("color_temp"));
    CHECK(state(seen, "light_0", "color_temp") == whole(4773));
    CHECK(state(seen, "light_0", "rgb") == word("0,0,255"));  // known, though the mode is another

    seen =
        bench.feed("Control.Light", R"({"light":{"channel":0,"capacity":5,"rgb":16744192,"luminance":30}})");
    CHECK(state(seen, "light_0", "color_mode") == word("rgb"));
    CHECK(state(seen, "light_0", "rgb") == word("255,127,0"));
    CHECK(seen.back().part == "color_mode");  // after the value that it speaks of
    CHECK(state(seen, "light_0", "brightness") == whole(30));

    seen = bench.feed("Control.Light", R"({"light":{"channel":0,"luminance":31}})");  // a part of it
    CHECK(state(seen, "light_0", "rgb") == word("255,127,0"));
    CHECK(state(seen, "light_0", "brightness") == whole(31));
    seen = bench.feed("Control.Light", R"({"light":{"channel":0,"capacity":4,"luminance":32}})");
    CHECK(state(seen, "light_0", "color_mode") == word("rgb"));  // only brightness was set
}

TEST_CASE("on and off come from the relay of the lamp's channel", "[meross][light]") {
    auto bench = bulb();
    auto seen = bench.feed("Control.ToggleX", R"({"togglex":[{"channel":0,"onoff":0,"lmTime":2}]})");
    CHECK(state(seen, "light_0") == model::Value(false));
    seen = bench.feed("Control.ToggleX", R"({"channel":4294967295,"togglex":{"channel":0,"onoff":1}})");
    CHECK(state(seen, "light_0") == model::Value(true));
    CHECK(bench.feed("Control.ToggleX", R"({"togglex":[{"channel":1,"onoff":0}]})").empty());
    CHECK(bench.feed("Control.ToggleX", R"({"channel":0})").empty());
    CHECK(bench.feed("Control.Light", R"({"light":{"channel":3,"luminance":1}})").empty());
    CHECK(bench.feed("Control.Light", R"({"light":[]})").empty());
}

TEST_CASE("a bulb is switched by ToggleX", "[meross][light]") {
    auto bench = bulb();
    CHECK(sent(bench.command("light_0", true)) == Seq{toggle_set(0, 1)});
    CHECK(sent(bench.command("light_0", false)) == Seq{toggle_set(0, 0)});
    CHECK(sent(bench.command("light_0", "state", false, {{"transition", whole(2)}})) ==
          Seq{toggle_set(0, 0)});
    const auto action = bench.command("light_0", false).value();
    REQUIRE(action.read_back.size() == 1);
    CHECK(action.read_back[0].name_space == full("Control.ToggleX"));
    CHECK_FALSE(action.read_back_always);
}

TEST_CASE("brightness, temperature and colour of a lamp that is on are one SET each", "[meross][light]") {
    auto bench = bulb();
    for (const int level : {1, 50, 100})
        CHECK(sent(bench.command("light_0", "brightness", whole(level))) ==
              Seq{light_set(R"({"channel":0,"capacity":4,"luminance":)" + std::to_string(level) + "}")});
    const auto white = [&](std::int64_t kelvin) {
        return sent(bench.command("light_0", "color_temp", whole(kelvin)));
    };
    CHECK(white(2700) == Seq{light_set(R"({"channel":0,"capacity":6,"temperature":1,"luminance":100})")});
    CHECK(white(4000) == Seq{light_set(R"({"channel":0,"capacity":6,"temperature":35,"luminance":100})")});
    CHECK(white(6500) == Seq{light_set(R"({"channel":0,"capacity":6,"temperature":100,"luminance":100})")});
    CHECK(sent(bench.command("light_0", "rgb", word("255,0,0"))) ==
          Seq{light_set(R"({"channel":0,"capacity":5,"rgb":16711680,"luminance":100})")});
    CHECK(sent(bench.command("light_0", "rgb", word("63.4, 0,254.6"))) ==
          Seq{light_set(R"({"channel":0,"capacity":5,"rgb":4129023,"luminance":100})")});
    const auto action = bench.command("light_0", "rgb", word("255,0,0")).value();
    CHECK(action.reply_is_reading);
    REQUIRE(action.read_back.size() == 1);
    CHECK(action.read_back[0].payload == json(R"({"light":{}})"));
}

TEST_CASE("several things wished at once are one SET", "[meross][light]") {
    auto bench = bulb();
    CHECK(sent(bench.command("light_0", "rgb", word("255,0,0"), {{"brightness", whole(80)}})) ==
          Seq{light_set(R"({"channel":0,"capacity":5,"rgb":16711680,"luminance":80})")});
    CHECK(sent(bench.command("light_0", "color_temp", whole(3890), {{"brightness", whole(80)}})) ==
          Seq{light_set(R"({"channel":0,"capacity":6,"temperature":32,"luminance":80})")});
    CHECK(sent(bench.command("light_0", "state", true,
                             {{"brightness", whole(80)}, {"rgb", word("0,0,255")}})) ==
          Seq{light_set(R"({"channel":0,"capacity":5,"rgb":255,"luminance":80})")});
    CHECK(sent(bench.command("light_0", "state", false, {{"brightness", whole(80)}})) ==
          Seq{toggle_set(0, 0)});
}

TEST_CASE("what is no colour, or two things at once, is refused", "[meross][light]") {
    auto bench = bulb();
    for (const char* text : {"red", "1,2", "1,2,3,4", "256,0,0", "-1,0,0", "", "nan,0,0", "1,,2"}) {
        const auto refused = bench.command("light_0", "rgb", word(text));
        INFO(text);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().is(Errc::invalid_value));
    }
    CHECK_FALSE(bench.command("light_0", "rgb", word("1,2,3"), {{"color_temp", whole(3000)}}));
    CHECK(bench.command("light_0", "transition", whole(1)).error().is(Errc::unsupported));
}

TEST_CASE("a lamp that stays off is looked at after a second, switched on, and remembered as such",
          "[meross][light]") {
    auto bench = bulb(dark_digest);
    const auto colour = [&] { return sent(bench.command("light_0", "rgb", word("255,0,0"))); };
    const auto red = light_set(R"({"channel":0,"capacity":5,"rgb":16711680,"luminance":100})");
    CHECK(colour() == Seq{red});
    bench.accept("light_0", "rgb", word("255,0,0"));
    CHECK(bench.wakes_in() == 1000ms);
    bench.feed("Control.ToggleX", R"({"togglex":[{"channel":0,"onoff":0}]})");  // too early to mean anything
    CHECK(bench.wakes_in() == 1000ms);
    bench.pass(1s);
    CHECK(sent(bench.tick().requests) == Seq{toggle_ask()});
    bench.feed("Control.ToggleX", R"({"togglex":[{"channel":0,"onoff":0}]})");
    CHECK(bench.wakes_in() == 0ms);
    CHECK(sent(bench.tick().requests) == Seq{toggle_set(0, 1), toggle_ask()});
    CHECK_FALSE(bench.wakes_in());
    bench.feed("Control.ToggleX", R"({"togglex":[{"channel":0,"onoff":0}]})");
    CHECK_FALSE(bench.wakes_in());  // it is not switched twice

    CHECK(colour() == Seq{red, toggle_set(0, 1)});
    bench.accept("light_0", "rgb", word("255,0,0"));
    CHECK_FALSE(bench.wakes_in());
    bench.feed("Control.ToggleX", R"({"togglex":[{"channel":0,"onoff":1}]})");
    CHECK(colour() == Seq{red});  // it is on

    const auto memory = bench.features().front()->memory();
    REQUIRE(memory);
    auto later = bulb(dark_digest);
    later.features().front()->restore(json(*memory), 0);
    CHECK(sent(later.command("light_0", "brightness", whole(5))).size() == 2);
    auto updated = bulb(dark_digest, "6.2.4");  // may have other habits
    updated.features().front()->restore(json(*memory), 0);
    CHECK(sent(updated.command("light_0", "brightness", whole(5))).size() == 1);
}

TEST_CASE("msl120j 3.1.4: a lamp that switches itself on is left alone", "[meross][light]") {
    auto bench = bulb(dark_digest, "3.1.4", "msl120j");
    bench.accept("light_0", "brightness", whole(50));
    bench.pass(300ms);
    bench.feed("Control.ToggleX", R"({"togglex":[{"channel":0,"onoff":1}]})");
    CHECK_FALSE(bench.wakes_in());
    CHECK_FALSE(bench.features().front()->memory());

    auto silent = bulb(dark_digest, "3.1.4", "msl120j");  // nobody pushes over HTTP
    silent.accept("light_0", "brightness", whole(50));
    silent.pass(1s);
    CHECK(sent(silent.tick().requests) == Seq{toggle_ask()});
    silent.feed("Control.ToggleX", R"({"togglex":[{"channel":0,"onoff":1}]})");
    CHECK_FALSE(silent.wakes_in());
    CHECK(sent(silent.command("light_0", "brightness", whole(50))).size() == 1);
}

TEST_CASE("a look that was overtaken does not switch", "[meross][light]") {
    auto off = bulb(dark_digest);
    off.accept("light_0", "brightness", whole(50));
    off.accept("light_0", "state", false);
    CHECK_FALSE(off.wakes_in());

    auto away = bulb(dark_digest);
    away.accept("light_0", "brightness", whole(50));
    away.pass(10min);  // off line meanwhile
    CHECK(away.tick().requests.empty());
    CHECK_FALSE(away.wakes_in());

    auto mute = bulb(dark_digest);
    mute.accept("light_0", "brightness", whole(50));
    mute.pass(1s);
    CHECK(mute.tick().requests.size() == 1);
    mute.pass(1min);
    CHECK(mute.tick().requests.empty());
    mute.feed("Control.ToggleX", R"({"togglex":[{"channel":0,"onoff":0}]})");
    CHECK_FALSE(mute.wakes_in());

    auto pushed = bulb(dark_digest);
    pushed.set_pushed(true);
    pushed.accept("light_0", "brightness", whole(50));
    pushed.pass(1s);
    pushed.tick();
    pushed.feed("Control.ToggleX", R"({"togglex":[{"channel":0,"onoff":0}]})");
    CHECK(sent(pushed.tick().requests) == Seq{toggle_set(0, 1)});  // the push tells the rest
}

TEST_CASE("firmware 2.1.2: bulbs ignore the first temperature", "[meross][light]") {
    auto bench = bulb(bulb_digest, "2.1.2");
    const auto white = light_set(R"({"channel":0,"capacity":6,"temperature":1,"luminance":100})");
    CHECK(sent(bench.command("light_0", "color_temp", whole(2700))) == Seq{white, white});
    CHECK(sent(bench.command("light_0", "rgb", word("255,0,0"))).size() == 1);
    auto newer = bulb(bulb_digest, "2.1.7");
    CHECK(sent(newer.command("light_0", "color_temp", whole(2700))) == Seq{white});
}

TEST_CASE("firmware 1 and 2: brightness goes with the present colour", "[meross][light]") {
    auto bench = bulb(bulb_digest, "2.1.7");
    CHECK(sent(bench.command("light_0", "brightness", whole(40))) ==
          Seq{light_set(R"({"channel":0,"capacity":4,"luminance":40,"rgb":255,"temperature":55})")});
}

TEST_CASE("mss560: a dimmer gets its whole object, without what does not apply", "[meross][light]") {
    Bench bench(
        lamp_facts("mss560", "4.2.2", 4,
                   R"({"togglex":[{"channel":0,"onoff":1}],"light":{"capacity":4,"channel":0,"rgb":16711680,
                               "temperature":20,"luminance":60,"transform":-1,"gradual":1,"onoff":1}})"));
    bench.feed_digest();
    CHECK(bench.keys() == Keys{"light_0"});
    CHECK(parts_of(bench.entity("light_0")) == Keys{"state", "brightness", "color_mode"});
    CHECK(sent(bench.command("light_0", "brightness", whole(40))) ==
          Seq{light_set(
              R"({"channel":0,"capacity":4,"luminance":40,"rgb":-1,"temperature":-1,"transform":-1})")});
    CHECK(sent(bench.command("light_0", false)) == Seq{toggle_set(0, 0)});
}

TEST_CASE("a lamp with a fade takes a transition", "[meross][light]") {
    Bench bench(lamp_facts("msl120", "6.2.3", 7, R"({"togglex":[{"channel":0,"onoff":1}],
        "light":{"capacity":6,"channel":0,"temperature":55,"luminance":100,"gradual":0}})"));
    bench.feed_digest();
    const auto transition = part_of(bench.entity("light_0"), "transition");
    CHECK_FALSE(transition.readable);
    const auto with = [&](model::Value seconds) {
        return sent(bench.command("light_0", "brightness", whole(40), {{"transition", seconds}}));
    };
    CHECK(with(0.5) == Seq{light_set(R"({"channel":0,"capacity":4,"luminance":40,"gradual":1})")});
    CHECK(with(whole(0)) == Seq{light_set(R"({"channel":0,"capacity":4,"luminance":40,"gradual":0})")});
    CHECK(sent(bench.command("light_0", "brightness", whole(40))) ==
          Seq{light_set(R"({"channel":0,"capacity":4,"luminance":40})")});
    auto plain = bulb();
    CHECK(sent(plain.command("light_0", "brightness", whole(40), {{"transition", whole(2)}})) ==
          Seq{light_set(R"({"channel":0,"capacity":4,"luminance":40})")});
}

TEST_CASE("msxh0 3.1.5: its light is switched by its own object", "[meross][light]") {
    Bench bench(lamp_facts("msxh0", "3.1.5", 5, R"({"light":{"onoff":1,"capacity":5,"channel":0,"rgb":4783990,
        "luminance":100,"transform":0}})",
                           {"Control.Spray"}));
    auto seen = bench.feed_digest();
    CHECK(state(seen, "light_0") == model::Value(true));
    CHECK(state(seen, "light_0", "rgb") == word("72,255,118"));
    CHECK(bench.entity("light_0").name == "Light");
    CHECK_FALSE(bench.poll("Control.ToggleX"));
    CHECK(sent(bench.command("light_0", false)) == Seq{light_set(R"({"channel":0,"onoff":0})")});
    CHECK(sent(bench.command("light_0", true)) == Seq{light_set(R"({"channel":0,"onoff":1})")});
    CHECK(sent(bench.command("light_0", "brightness", whole(10))) ==
          Seq{light_set(R"({"channel":0,"capacity":4,"luminance":10})")});
    bench.feed("Control.Light", R"({"light":{"channel":0,"onoff":0}})");  // its SETACK says so, too
    CHECK(sent(bench.command("light_0", "state", true, {{"rgb", word("0,0,255")}})) ==
          Seq{light_set(R"({"channel":0,"capacity":5,"rgb":255,"luminance":100,"onoff":1})")});
    bench.accept("light_0", "rgb", word("0,0,255"));
    CHECK_FALSE(bench.wakes_in());
}

TEST_CASE("mfc100 7.3.14: the lamp of a fan is channel 1 and has a master", "[meross][light]") {
    Bench bench(lamp_facts("mfc100", "7.3.14", 4,
                           R"({"togglex":[{"channel":0,"onoff":0},{"channel":1,"onoff":0},
        {"channel":2,"onoff":0}],"fan":[{"channel":2,"speed":3,"maxSpeed":3}],
        "light":{"capacity":4,"channel":1,"luminance":100,"onoff":0}})",
                           {"Control.ToggleX", "Control.Fan"}));
    auto seen = bench.feed_digest();
    CHECK(state(seen, "light_1") == model::Value(false));
    CHECK(state(seen, "light_1", "brightness") == whole(100));
    CHECK(state(seen, "light_1", "color_mode") == word("brightness"));
    CHECK(bench.entity("light_1").name == "Light");
    CHECK(modes_of(bench.entity("light_1")) == Keys{"brightness"});
    CHECK(sent(bench.command("light_1", true)) == Seq{toggle_set(1, 1)});
    CHECK(bench.command("light_1", true).value().read_back_always);  // the master changes with it
    bench.feed("Control.ToggleX", R"({"togglex":[{"channel":1,"onoff":1}]})");
    CHECK(sent(bench.command("light_1", "brightness", whole(50))) ==
          Seq{light_set(R"({"channel":1,"capacity":4,"luminance":50})")});
    CHECK(state(bench.feed("Control.Light", R"({"light":{"channel":1,"onoff":0}})"), "light_1") ==
          model::Value());
}
