#include "meross/features/light_color.hpp"
#include "meross/features/light_effects.hpp"
#include "meross/features_light_support.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using namespace std::chrono_literals;
using meross::Rgb;
using Keys = std::vector<std::string>;

namespace {

constexpr std::string_view night =
    R"({"Id":"0000000000000000","effectName":"Night","iconName":"icon_night","enable":0,"mode":0,"speed":10,
        "member":[{"rgb":16744192,"luminance":30}]})";
constexpr std::string_view relaxing =
    R"({"Id":"0000000000000003","effectName":"Relaxing","iconName":"icon_relax","enable":0,"mode":2,"speed":50,
        "member":[{"rgb":16711680,"luminance":90},{"temperature":65,"luminance":100}]})";
constexpr std::string_view party =
    R"({"Id":"iyyvbxdlygkpindn","effectName":"Party","iconName":"icon_party","enable":0,"mode":1,"speed":90,
        "member":[{"rgb":255,"luminance":100}]})";
constexpr std::string_view party_again =
    R"({"Id":"aaaabbbbccccdddd","effectName":" party ","enable":0,"mode":1,"speed":90,"member":[]})";

std::string list_of(std::initializer_list<std::string_view> effects) {
    std::string text;
    for (const auto effect : effects) text.append(text.empty() ? "" : ",").append(effect);
    return R"({"effect":[)" + text + "]}";
}

std::string digest_of(std::string_view light) {
    return R"({"togglex":[{"channel":0,"onoff":1}],"light":)" + std::string(light) + "}";
}
constexpr std::string_view white =
    R"({"capacity":6,"channel":0,"rgb":65494,"temperature":22,"luminance":100,"transform":0})";

/// A strip that is on, white, and has told four effects.
Bench strip(std::string_view light = white) {
    Bench bench(
        lamp_facts("msl320cpr", "4.3.1", 7, digest_of(light), {"Control.ToggleX", "Control.Light.Effect"}));
    bench.feed_digest();
    bench.feed("Control.Light.Effect", list_of({night, relaxing, party, party_again}));
    return bench;
}

Sent effect_set(Json effect) {
    return {full("Control.Light.Effect"), Json::object({{"effect", Json::array({std::move(effect)})}})};
}

Keys effects_of(const Bench& bench) {
    for (const auto& part : bench.entity("light_0").parts)
        if (part.name == "effect") return part.options;
    return {};
}

bool described_anew(Bench& bench) {
    return std::ranges::any_of(bench.features(), [](auto& f) { return f->take_description_changed(); });
}

}  // namespace

TEST_CASE("white temperatures and kelvin", "[meross][light]") {
    CHECK(meross::kelvin_of_native(1) == 2700);
    CHECK(meross::kelvin_of_native(22) == 3506);
    CHECK(meross::kelvin_of_native(55) == 4773);
    CHECK(meross::kelvin_of_native(100) == 6500);
    CHECK(meross::native_of_kelvin(4000) == 35);
    CHECK(meross::native_of_kelvin(2500) == 1);
    CHECK(meross::native_of_kelvin(9000) == 100);
    for (int native = 1; native <= 100; ++native)
        CHECK(meross::native_of_kelvin(meross::kelvin_of_native(native)) == native);
}

TEST_CASE("colours as numbers, as text, and as a strip mixes them", "[meross][light]") {
    CHECK(meross::rgb_of_native(16744192) == Rgb{255, 127, 0});
    CHECK(meross::rgb_of_native(4129023) == Rgb{63, 0, 255});
    CHECK_FALSE(meross::rgb_of_native(-1));
    CHECK_FALSE(meross::rgb_of_native(0x1000000));
    CHECK(meross::native_of_rgb({72, 255, 118}) == 4783990);
    CHECK(meross::rgb_text({1, 20, 255}) == "1,20,255");

    CHECK(meross::strip_colour_sent({255, 200, 150}) == Rgb{178, 85, 0});
    CHECK(meross::native_of_rgb(meross::strip_colour_sent({255, 200, 150})) == 11687168);
    CHECK(meross::strip_colour_shown({178, 85, 0}) == Rgb{255, 184, 118});
    CHECK(meross::strip_colour_sent({255, 0, 0}) == Rgb{255, 0, 0});
    CHECK(meross::strip_colour_shown({255, 0, 0}) == Rgb{255, 0, 0});
    CHECK(meross::strip_colour_sent({0, 0, 0}) == Rgb{0, 0, 0});
    CHECK(meross::strip_colour_shown({0, 0, 0}) == Rgb{255, 255, 255});
}

TEST_CASE("effects have each a name of its own, and off is the last", "[meross][light]") {
    auto bench = strip();
    CHECK(effects_of(bench) == Keys{"Night", "Relaxing", "Party", "party (2)", "off"});
    CHECK(bench.poll("Control.Light.Effect").value().request.payload == json(R"({"effect":[]})"));
    CHECK(described_anew(bench));
    bench.feed("Control.Light.Effect", list_of({night, relaxing, party, party_again}));
    CHECK_FALSE(described_anew(bench));
    bench.feed("Control.Light.Effect", R"({"effect":[]})");
    CHECK(effects_of(bench).size() == 5);
    // edited in the vendor's app
    bench.feed("Control.Light.Effect", list_of({night, relaxing, R"({"Id":"x","effectName":"Off"})",
                                                R"({"effectName":"Polícia"})", R"({})"}));
    CHECK(described_anew(bench));
    CHECK(effects_of(bench) == Keys{"Night", "Relaxing", "Off (2)", "Polícia", "Effect 5", "off"});
}

TEST_CASE("one effect told alone changes that effect", "[meross][light]") {
    meross::LightEffects effects({});
    effects.take(json(list_of({night, relaxing})));
    CHECK_FALSE(effects.take(json(R"({"effect":[{"Id":"0000000000000003","speed":77,"enable":1}]})")));
    CHECK(effects.speed(1) == 77);
    CHECK(effects.enabled() == 1);
    CHECK(effects.names() == Keys{"Night", "Relaxing", "off"});
    CHECK(effects.luminance(1) == 90);
    CHECK_FALSE(effects.luminance(2));
}

TEST_CASE("each effect is activated by its whole object", "[meross][light]") {
    auto bench = strip();
    const std::vector<std::string_view> objects{night, relaxing, party, party_again};
    const auto names = effects_of(bench);
    for (std::size_t i = 0; i < objects.size(); ++i) {
        Json expected = json(objects[i]);
        expected["enable"] = 1;
        INFO(names[i]);
        CHECK(sent(bench.command("light_0", "effect", word(names[i]))) == Seq{effect_set(expected)});
    }
    Json bright = json(relaxing);
    bright["enable"] = 1;
    bright["member"][0]["luminance"] = bright["member"][1]["luminance"] = 40;
    CHECK(sent(bench.command("light_0", "effect", word("Relaxing"), {{"brightness", whole(40)}})) ==
          Seq{effect_set(bright)});
    const auto action = bench.command("light_0", "effect", word("Night")).value();
    REQUIRE(action.read_back.size() == 2);
    CHECK(action.read_back[0].name_space == full("Control.Light"));
    CHECK(action.read_back[1].payload == json(R"({"effect":[]})"));
    CHECK_FALSE(bench.command("light_0", "effect", word("Disco")));
}

TEST_CASE("msl320cpr 4.3.1: a running effect, its brightness, its speed, its end", "[meross][light]") {
    auto bench = strip();
    auto seen = bench.feed("Control.Light", R"({"light":{"effect":1,"capacity":13,"channel":0,"rgb":65494,
        "temperature":11,"luminance":100,"transform":0}})");
    CHECK(state(seen, "light_0", "effect") == word("Relaxing"));
    CHECK(state(seen, "light_0", "color_mode") == word("brightness"));
    CHECK(state(seen, "light_0", "brightness") == whole(90));  // of the first member
    CHECK(state(seen, "effect_speed") == whole(50));

    Json expected = json(relaxing);
    expected["enable"] = 1;
    for (const int level : {1, 50, 100}) {
        for (auto& member : expected["member"]) member["luminance"] = level;
        CHECK(sent(bench.command("light_0", "brightness", whole(level))) == Seq{effect_set(expected)});
    }
    expected = json(relaxing);
    expected["enable"] = 1;
    for (const int speed : {1, 50, 100}) {
        expected["speed"] = speed;
        CHECK(sent(bench.command("effect_speed", whole(speed))) == Seq{effect_set(expected)});
    }
    CHECK(sent(bench.command("light_0", "effect", word("off"))) ==
          Seq{light_set(
              R"({"capacity":5,"channel":0,"rgb":65494,"temperature":11,"luminance":100,"transform":0})")});
    CHECK(sent(bench.command("light_0", "effect", word("off"), {{"color_temp", whole(2700)}})) ==
          Seq{light_set(
              R"({"capacity":6,"channel":0,"rgb":65494,"temperature":1,"luminance":90,"transform":0})")});
    CHECK(sent(bench.command("light_0", "rgb", word("255,0,0"))) ==
          Seq{light_set(R"({"channel":0,"capacity":5,"rgb":16711680,"luminance":90})")});

    seen = bench.feed("Control.Light", R"({"light":{"capacity":5,"channel":0,"rgb":65280,"luminance":70}})");
    CHECK(state(seen, "light_0", "effect") == word("off"));
    CHECK(state(seen, "light_0", "color_mode") == word("rgb"));
    CHECK(state(seen, "effect_speed") == model::Value());
    CHECK(bench.command("effect_speed", whole(50)).error().is(Errc::unsupported));
}

TEST_CASE("msl450 7.3.9: without an index, the enabled effect is the running one", "[meross][light]") {
    auto bench =
        strip(R"({"capacity":13,"channel":0,"rgb":62719,"temperature":44,"luminance":1,"transform":0})");
    Json enabled = json(party);
    enabled["enable"] = 1;
    auto seen = bench.feed("Control.Light.Effect", list_of({night, relaxing, enabled.dump()}));
    CHECK(state(seen, "light_0", "effect") == word("Party"));
    CHECK(state(seen, "light_0", "brightness") == whole(100));
    seen = bench.feed("Control.Light", R"({"light":{"effect":9,"capacity":13,"channel":0}})");
    CHECK(state(seen, "light_0", "effect") == model::Value());  // nothing that it has listed
    CHECK(sent(bench.command("light_0", "brightness", whole(20))) ==
          Seq{light_set(R"({"channel":0,"capacity":12,"effect":9,"luminance":20})")});
}

TEST_CASE("a running effect is read as often as the rest where nobody pushes", "[meross][light]") {
    auto bench = strip();
    CHECK_FALSE(bench.wakes_in());
    bench.feed("Control.Light", R"({"light":{"effect":1,"capacity":13,"channel":0}})");
    CHECK(bench.wakes_in() == 30s);
    bench.pass(30s);
    CHECK(sent(bench.tick().requests) == Seq{{full("Control.Light.Effect"), json(R"({"effect":[]})")}});
    bench.set_pushed(true);
    bench.pass(30s);
    CHECK(bench.tick().requests.empty());
    bench.feed("Control.Light", R"({"light":{"capacity":5,"channel":0}})");
    CHECK_FALSE(bench.wakes_in());
}

TEST_CASE("an effect's speed is offered once effects are known", "[meross][light]") {
    Bench bench(
        lamp_facts("msl320cpr", "4.3.1", 7, digest_of(white), {"Control.ToggleX", "Control.Light.Effect"}));
    CHECK(bench.keys() == Keys{"light_0"});
    bench.feed("Control.Light.Effect", list_of({night}));
    CHECK(bench.keys() == Keys{"effect_speed", "light_0"});
    CHECK_FALSE(bench.entity("effect_speed").enabled_by_default);
    CHECK(bench.entity("effect_speed").parts.front().range == model::NumberRange{1, 100, 1});
    CHECK(state(bench.feed("Control.Light", R"({"light":{"channel":0,"capacity":5,"rgb":1}})"), "light_0",
                "effect") == word("off"));
}

TEST_CASE("msl320cpr 4.3.8: the digest lists the effects", "[meross][light]") {
    const auto digest = R"({"togglex":[{"channel":0,"onoff":1}],"light":)" + std::string(white) +
                        R"(,"light.effect":[)" + std::string(night) + "," + std::string(party) + "]}";
    Bench bench(lamp_facts("msl320cpr", "4.3.8", 15, digest, {"Control.ToggleX", "Control.Light.Effect"}));
    CHECK(effects_of(bench) == Keys{"Night", "Party", "off"});  // before anything was read
    const auto seen = bench.feed_digest();
    CHECK(state(seen, "light_0", "color_temp") == whole(3506));
    CHECK(state(seen, "light_0", "effect") == word("off"));
}

TEST_CASE("msl320cp: what was commanded is shown while the strip reports what it was sent",
          "[meross][light]") {
    auto bench = strip();
    CHECK(sent(bench.command("light_0", "rgb", word("255,200,150"))) ==
          Seq{light_set(R"({"channel":0,"capacity":5,"rgb":11687168,"luminance":100})")});
    const auto report = [](Bench& at, int rgb) {
        const auto text = R"({"light":{"channel":0,"capacity":5,"rgb":)" + std::to_string(rgb) + "}}";
        return state(at.feed("Control.Light", text), "light_0", "rgb");
    };
    CHECK(report(bench, 11687168) == word("255,200,150"));
    CHECK(report(bench, 16711680) == word("255,0,0"));
    const auto memory = bench.features().front()->memory();
    REQUIRE(memory);
    auto later = strip();
    CHECK(report(later, 11687168) == word("255,184,118"));
    later.features().front()->restore(json(*memory), 0);
    CHECK(report(later, 11687168) == word("255,200,150"));
}

TEST_CASE("msl320cp: pure white is sent as a temperature", "[meross][light]") {
    auto bench = strip();
    CHECK(sent(bench.command("light_0", "rgb", word("255,255,255"))) ==
          Seq{light_set(R"({"channel":0,"capacity":6,"temperature":100,"luminance":100})")});
    Bench other(lamp_facts("msl450", "7.3.9", 15, digest_of(white)));
    other.feed_digest();
    CHECK(sent(other.command("light_0", "rgb", word("255,255,255"))) ==
          Seq{light_set(R"({"channel":0,"capacity":5,"rgb":16777215,"luminance":100})")});
}

TEST_CASE("hp110ahk 4.1.12: effects are known by number", "[meross][light]") {
    Bench bench(lamp_facts("hp110ahk", "4.1.12", 15,
                           R"({"togglex":[{"channel":0,"onoff":1}],"light":{"channel":0,
        "capacity":6,"luminance":2,"temperature":1,"rgb":328192,"effect":0}})",
                           {"Control.ToggleX", "Control.Mp3"}));
    auto seen = bench.feed_digest();
    CHECK(effects_of(bench) == Keys{"Color", "Scene 1", "Scene 2", "Scene 3", "Scene 4", "off"});
    CHECK(state(seen, "light_0", "effect") == word("off"));
    CHECK(state(seen, "light_0", "color_temp") == whole(2700));
    CHECK_FALSE(bench.has("effect_speed"));
    CHECK_FALSE(bench.has("switch_0"));
    for (int i = 0; i < 5; ++i) {
        const auto name = effects_of(bench)[static_cast<std::size_t>(i)];
        CHECK(sent(bench.command("light_0", "effect", word(name))) ==
              Seq{light_set(
                  R"({"channel":0,"capacity":14,"luminance":2,"temperature":1,"rgb":328192,"effect":)" +
                  std::to_string(i) + "}")});
    }
    seen = bench.feed("Control.Light", R"({"light":{"channel":0,"capacity":14,"effect":3}})");
    CHECK(state(seen, "light_0", "effect") == word("Scene 3"));
    CHECK(state(seen, "light_0", "color_mode") == word("brightness"));
    CHECK(state(seen, "light_0", "brightness") == whole(2));
    CHECK(sent(bench.command("light_0", "brightness", whole(9))) ==
          Seq{light_set(R"({"channel":0,"capacity":12,"effect":3,"luminance":9})")});
    CHECK(sent(bench.command("light_0", "effect", word("off"))) ==
          Seq{light_set(R"({"channel":0,"capacity":6,"luminance":2,"temperature":1,"rgb":328192})")});
}

TEST_CASE("an effect for a strip that is off looks after its relay", "[meross][light]") {
    auto bench = strip();
    bench.feed("Control.ToggleX", R"({"togglex":[{"channel":0,"onoff":0}]})");
    bench.accept("light_0", "effect", word("Night"));
    bench.pass(1s);
    CHECK(sent(bench.tick().requests) == Seq{toggle_ask()});
    bench.feed("Control.ToggleX", R"({"togglex":[{"channel":0,"onoff":0}]})");
    CHECK(sent(bench.tick().requests).front() == toggle_set(0, 1));
    const auto both = sent(bench.command("light_0", "effect", word("Night")));
    REQUIRE(both.size() == 2);
    CHECK(both[1] == toggle_set(0, 1));
}

TEST_CASE("a device that has no light after all shows none", "[meross][light]") {
    Bench bench(lamp_facts("msl120", "6.2.3", 7, "{}"));
    CHECK(bench.keys() == Keys{"light_0"});
    bench.refuse("Control.Light");
    CHECK(bench.keys().empty());
    CHECK(Bench(lamp_facts("mod100", "3.1.5", 7, "{}", {"Control.Diffuser.Light"})).has("light_0") ==
          Bench(facts_of("mod100", {"Control.Diffuser.Light"})).has("light_0"));
}
