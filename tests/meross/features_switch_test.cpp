#include "meross/features/channels.hpp"
#include "meross/features_support.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using Keys = std::vector<std::string>;

namespace {

constexpr std::string_view one =
    R"({"togglex":[{"channel":0,"onoff":1,"lmTime":1}],"triggerx":[],"timerx":[]})";
constexpr std::string_view strip =
    R"({"togglex":[{"channel":2,"onoff":0},{"channel":0,"onoff":1},{"channel":1,"onoff":1},{"channel":3,"onoff":0}]})";

/// The keys of relays among the entities.
Keys switches(const Bench& bench) {
    Keys keys = bench.keys();
    std::erase_if(keys, [](const std::string& key) { return !key.starts_with("switch_"); });
    return keys;
}

}  // namespace

TEST_CASE("the relay of firmware 1.x knows no channels", "[meross][toggle]") {
    Bench plug(facts_of("mss210", {"Control.Toggle"}));
    CHECK(plug.keys() == Keys{"switch_0"});
    const auto relay = plug.entity("switch_0");
    CHECK(relay.naming == model::Naming::main);
    CHECK(relay.device_class == "outlet");
    CHECK(state(plug.feed("Control.Toggle", R"({"toggle":{"onoff":1,"lmTime":1714345202}})"), "switch_0") ==
          model::Value(true));
    CHECK(state(plug.feed("Control.Toggle", R"({"toggle":{"onoff":0}})"), "switch_0") == model::Value(false));
    CHECK(plug.feed("Control.Toggle", R"({"toggle":[]})").empty());

    const auto action = plug.command("switch_0", true).value();
    CHECK(action.request.name_space == "Appliance.Control.Toggle");
    CHECK(action.request.method == meross::Method::set);
    CHECK(action.request.payload == json(R"({"toggle":{"onoff":1}})"));
    REQUIRE(action.read_back.size() == 1);
    CHECK(action.read_back[0].payload == json(R"({"toggle":{}})"));
}

TEST_CASE("a plug's one relay carries the device's name", "[meross][togglex]") {
    Bench plug(facts_of("mss310", {"Control.ToggleX"}, one));
    CHECK(plug.keys() == Keys{"switch_0"});
    CHECK(plug.entity("switch_0").naming == model::Naming::main);
    CHECK(plug.entity("switch_0").device_class == "outlet");
    CHECK(plug.entity("switch_0").category == model::Category::none);
    CHECK(state(plug.feed_digest(), "switch_0") == model::Value(true));
    CHECK(plug.poll("Control.ToggleX").value().request.payload == json(R"({"togglex":[]})"));
    CHECK_FALSE(plug.command("switch_0", true).value().read_back_always);
}

TEST_CASE("objects and lists, stray envelopes and unknown channels are taken alike", "[meross][togglex]") {
    Bench plug(facts_of("mss110", {"Control.ToggleX"}, one));
    const auto with = [&](std::string_view payload) { return plug.feed("Control.ToggleX", payload); };
    CHECK(state(with(R"({"channel":0,"togglex":{"channel":0,"onoff":1,"lmTime":1}})"), "switch_0") ==
          model::Value(true));
    CHECK(state(with(R"({"channel":4294967295,"togglex":[{"channel":0,"onoff":0}]})"), "switch_0") ==
          model::Value(false));
    CHECK(state(with(R"({"togglex":[{"lmTime":7,"channel":0,"onoff":1}]})"), "switch_0") ==
          model::Value(true));
    CHECK(with(R"({"channel":0})").empty());
    CHECK(with(R"({"togglex":[]})").empty());
    CHECK(
        with(R"({"togglex":[{"channel":1,"onoff":1},{"channel":-1,"onoff":1},{"onoff":1},7,null]})").empty());
    CHECK(with(R"({"togglex":[{"channel":0,"onoff":"x"},{"channel":0}]})").empty());
    CHECK(plug.keys() == Keys{"switch_0"});
}

TEST_CASE("a strip has a master called All and numbered outlets", "[meross][togglex]") {
    Bench power_strip(facts_of("mss425f", {"Control.ToggleX"}, strip));
    CHECK(power_strip.keys() == Keys{"switch_0", "switch_1", "switch_2", "switch_3"});
    CHECK(power_strip.entity("switch_0").name == "All");
    CHECK(power_strip.entity("switch_0").naming == model::Naming::given);
    CHECK(power_strip.entity("switch_3").name == "Outlet 3");
    CHECK(power_strip.entity("switch_3").device_class == "outlet");
    const auto seen = power_strip.feed_digest();
    CHECK(state(seen, "switch_1") == model::Value(true));
    CHECK(state(seen, "switch_2") == model::Value(false));

    const auto action = power_strip.command("switch_2", true).value();
    CHECK(action.request.payload == json(R"({"togglex":{"channel":2,"onoff":1}})"));
    REQUIRE(action.read_back.size() == 1);
    CHECK(action.read_back[0].name_space == "Appliance.Control.ToggleX");
    CHECK(action.read_back[0].method == meross::Method::get);
    CHECK(action.read_back[0].payload == json(R"({"togglex":[]})"));
    CHECK(action.read_back_always);  // the master may have changed with it
    CHECK(power_strip.command("switch_4", true).error().is(Errc::not_found));
    CHECK(power_strip.command("switch_2", std::string("ON")).error().is(Errc::invalid_value));
}

TEST_CASE("wall switches are switches, not outlets", "[meross][togglex]") {
    CHECK(Bench(facts_of("mss510", {"Control.ToggleX"}, one)).entity("switch_0").device_class == "switch");
    CHECK(Bench(facts_of("mss710", {"Control.ToggleX"}, one)).entity("switch_0").device_class == "switch");
    CHECK(Bench(facts_of("mop320", {"Control.ToggleX"}, one)).entity("switch_0").device_class == "outlet");
    CHECK(Bench(facts_of("r10", {"Control.ToggleX"}, one)).entity("switch_0").device_class == "outlet");
}

TEST_CASE("channels of lights, fans, doors and shutters are no switches", "[meross][togglex]") {
    using meross::owned_toggle_channels;
    const auto lamp =
        facts_of("msl120", {"Control.ToggleX", "Control.Light"},
                 R"({"togglex":[{"channel":0,"onoff":1}],"light":{"channel":0,"luminance":5}})");
    CHECK(owned_toggle_channels(lamp) == std::vector<int>{0});
    CHECK(switches(Bench(lamp)).empty());

    const auto purifier = facts_of("map100", {"Control.ToggleX", "Control.Fan"}, one);
    CHECK(meross::channels_owned_by_fans(purifier) == std::vector<int>{0});
    CHECK(switches(Bench(purifier)).empty());

    const auto door =
        facts_of("msg100", {"Control.ToggleX", "GarageDoor.State"},
                 R"({"togglex":[{"channel":0,"onoff":0}],"garageDoor":[{"channel":0,"open":1}]})");
    CHECK(switches(Bench(door)).empty());

    const auto doors = facts_of(
        "msg200", {"Control.ToggleX", "GarageDoor.State"},
        R"({"togglex":[{"channel":0},{"channel":1},{"channel":2}],"garageDoor":[{"channel":1},{"channel":2}]})");
    CHECK(meross::channels_owned_by_garage_doors(doors) == std::vector<int>{0, 1, 2});
    CHECK(switches(Bench(doors)).empty());

    Bench shutter(facts_of("mrs100", {"Control.ToggleX", "RollerShutter.Position"}, R"({"togglex":[]})"));
    CHECK(switches(shutter).empty());
    CHECK_FALSE(shutter.poll("Control.ToggleX").has_value());
}

TEST_CASE("what is left over in a fan controller is its power switch", "[meross][togglex]") {
    Bench fan(facts_of("mfc100", {"Control.ToggleX", "Control.Light", "Control.Fan"},
                       R"({"light":{"channel":1},"fan":[{"channel":2,"speed":3,"maxSpeed":3}],
                           "togglex":[{"channel":0,"onoff":0},{"channel":1,"onoff":0},{"channel":2,"onoff":0}]})"));
    CHECK(switches(fan) == Keys{"switch_0"});
    CHECK(fan.entity("switch_0").name == "Power");
    CHECK(fan.entity("switch_0").naming == model::Naming::given);
    CHECK(fan.entity("switch_0").device_class == "switch");
}

TEST_CASE("without a digest the channels are learnt from the answers", "[meross][togglex]") {
    Bench plug(facts_of("mss315", {"Control.ToggleX"}));
    CHECK(plug.keys().empty());
    CHECK(plug.poll("Control.ToggleX").has_value());
    CHECK(state(plug.feed("Control.ToggleX", R"({"togglex":[{"channel":0,"onoff":1}]})"), "switch_0") ==
          model::Value(true));
    CHECK(plug.entity("switch_0").naming == model::Naming::main);
    plug.feed("Control.ToggleX", R"({"togglex":[{"channel":2,"onoff":1},{"channel":1,"onoff":1}]})");
    CHECK(plug.keys() == Keys{"switch_0", "switch_1", "switch_2"});
    CHECK(plug.entity("switch_0").name == "All");
    plug.feed("Control.ToggleX",
              R"({"togglex":[{"channel":64,"onoff":1},{"channel":4294967295,"onoff":1}]})");
    CHECK(plug.keys().size() == 3);
}
