#include "meross/features_appliances_support.hpp"
#include "support/catch.hpp"

// Air purifier and ceiling fan.

using namespace lanbridge;
using namespace lanbridge::test;
using Keys = std::vector<std::string>;

namespace {

Bench purifier() {
    return Bench(facts_of("map100", {"Control.Fan", "Control.ToggleX", "Control.FilterMaintenance"},
                          R"({"togglex":[{"channel":0,"onoff":0,"lmTime":1}]})"));
}

Bench ceiling_fan() {
    return Bench(facts_of("mfc100",
                          {"Control.Fan", "Control.ToggleX", "Control.PowerRetention", "Config.Calibration"},
                          R"({"fan":[{"channel":2,"speed":3,"maxSpeed":3}],
                "light":{"capacity":4,"channel":1,"luminance":100,"onoff":0},
                "togglex":[{"channel":0,"onoff":0},{"channel":1,"onoff":0},{"channel":2,"onoff":0}]})"));
}

}  // namespace

TEST_CASE("map100 7.2.27: its digest knows only the relay, which is the fan's", "[meross][fan]") {
    Bench device = purifier();
    CHECK(device.keys() == Keys{"fan_0", "filter_life"});
    const auto fan = device.entity("fan_0");
    CHECK(fan.component == model::Component::fan);
    CHECK(fan.naming == model::Naming::main);
    CHECK(part_of(fan, "percentage").range == model::NumberRange{0, 4, 1});
    CHECK(device.poll("Control.Fan").value().request.payload == json(R"({"fan":[{"channel":0}]})"));
    CHECK(device.poll("Control.ToggleX").value().request.payload == json(R"({"togglex":[]})"));

    auto seen = device.feed_digest();  // the fan itself has not answered
    CHECK(state(seen, "fan_0") == model::Value(false));
    CHECK(state(seen, "fan_0", "percentage") == whole(0));
    seen = device.feed("Control.ToggleX", R"({"togglex":[{"channel":0,"onoff":1}]})");
    CHECK(state(seen, "fan_0") == model::Value(true));
    CHECK(state(seen, "fan_0", "percentage") == model::Value());
    CHECK(device.feed("Control.Fan", R"({"fan":[]})").empty());
    seen = device.feed("Control.Fan", R"({"fan":[{"channel":0,"speed":2,"maxSpeed":4}]})");
    CHECK(state(seen, "fan_0", "percentage") == whole(2));
    CHECK(state(device.feed("Control.Fan", R"({"fan":[{"channel":0,"speed":4}]})"), "fan_0", "percentage") ==
          whole(4));
    CHECK(device.feed("Control.Fan", R"({"fan":[{"channel":0,"speed":9}]})").empty());
}

TEST_CASE("a fan with other limits is described anew before its speed is told", "[meross][fan]") {
    Bench device = purifier();
    device.feed("Control.ToggleX", R"({"togglex":[{"channel":0,"onoff":1}]})");
    const auto changed = [&] {
        return std::ranges::any_of(device.features(), [](auto& f) { return f->take_description_changed(); });
    };
    device.feed("Control.Fan", R"({"fan":[{"channel":0,"speed":2,"maxSpeed":4}]})");
    CHECK_FALSE(changed());
    const auto seen = device.feed("Control.Fan", R"({"fan":[{"channel":0,"speed":6,"maxSpeed":6}]})");
    CHECK(changed());
    CHECK(part_of(device.entity("fan_0"), "percentage").range == model::NumberRange{0, 6, 1});
    CHECK(state(seen, "fan_0", "percentage") == whole(6));
    device.feed("Control.Fan", R"({"fan":[{"channel":0,"speed":6,"maxSpeed":0}]})");
    device.feed("Control.Fan", R"({"fan":[{"channel":0,"speed":6,"maxSpeed":100000}]})");
    CHECK_FALSE(changed());
    device.feed("Control.Fan", R"({"fan":[{"channel":0,"speed":1,"maxSpeed":1}]})");
    CHECK(device.entity("fan_0").parts.size() == 1);  // one speed: there is only on and off
}

TEST_CASE("map100 7.2.27: power by the relay, speed by the fan", "[meross][fan]") {
    Bench device = purifier();
    const auto on = json(R"({"togglex":{"channel":0,"onoff":1}})");
    const auto off = json(R"({"togglex":{"channel":0,"onoff":0}})");
    const auto third = json(R"({"fan":[{"channel":0,"speed":3}]})");
    CHECK(sent(device, "fan_0", "percentage", whole(3)) == std::vector{third, on});  // not known to be on
    device.feed_digest();
    CHECK(sent(device, "fan_0", true) == std::vector{on});
    CHECK(sent(device, "fan_0", false) == std::vector{off});
    CHECK(sent(device, "fan_0", "percentage", whole(3)) == std::vector{third, on});
    CHECK(sent(device, "fan_0", "percentage", whole(0)) == std::vector{off});
    device.feed("Control.ToggleX", R"({"togglex":{"channel":0,"onoff":1}})");
    for (const int speed : {1, 2, 4}) {
        const Json fan{{"channel", 0}, {"speed", speed}};
        CHECK(sent(device, "fan_0", "percentage", whole(speed)) ==
              std::vector{Json{{"fan", Json::array({fan})}}});
    }
    CHECK(device.command("fan_0", "percentage", 2.5).has_error());
    CHECK(device.command("fan_0", text("ON")).has_error());
    const auto action = device.command("fan_0", "percentage", whole(2)).value();
    REQUIRE(action.read_back.size() == 2);
    CHECK(action.read_back.at(0).payload == json(R"({"fan":[{"channel":0}]})"));
    CHECK(action.read_back.at(1).payload == json(R"({"togglex":[]})"));
    CHECK_FALSE(action.read_back_always);
}

TEST_CASE("map100 7.2.27: the filter is asked for by a push", "[meross][filter]") {
    Bench device = purifier();
    const auto filter = device.entity("filter_life");
    CHECK(filter.unit == "%");
    CHECK(filter.device_class.empty());
    CHECK(filter.category == model::Category::diagnostic);
    const auto poll = device.poll("Control.FilterMaintenance").value();
    CHECK(poll.request.method == meross::Method::push);
    CHECK(poll.request.payload == Json::object());
    const auto life = [&](std::string_view payload) {
        return state(device.feed("Control.FilterMaintenance", payload), "filter_life");
    };
    CHECK(life(R"({"filter":[{"channel":0,"life":100,"lmTime":0}]})") == whole(100));
    CHECK(life(R"({"filter":{"channel":0,"life":7}})") == whole(7));
    CHECK(life(R"({"filter":[]})") == model::Value());
    CHECK(life(R"({"filter":[{"channel":0,"life":-1}]})") == model::Value());
    device.refuse("Control.FilterMaintenance");
    CHECK_FALSE(device.has("filter_life"));
}

TEST_CASE("mfc100 7.3.14: an idle fan keeps its speed, which the relay contradicts", "[meross][fan]") {
    Bench device = ceiling_fan();
    CHECK(device.has("fan_2"));
    CHECK(device.has("switch_0"));
    CHECK_FALSE(device.has("switch_2"));
    CHECK_FALSE(device.has("fan_0"));
    CHECK(part_of(device.entity("fan_2"), "percentage").range == model::NumberRange{0, 3, 1});
    CHECK(device.poll("Control.Fan").value().request.payload == json(R"({"fan":[{"channel":2}]})"));
    auto seen = device.feed_digest();
    CHECK(state(seen, "fan_2") == model::Value(false));
    CHECK(state(seen, "fan_2", "percentage") == whole(0));
    seen = device.feed("Control.ToggleX", R"({"togglex":[{"channel":2,"onoff":1}]})");
    CHECK(state(seen, "fan_2") == model::Value(true));
    CHECK(state(seen, "fan_2", "percentage") == whole(3));
}

TEST_CASE("mfc100 7.3.14: channel 0 of Control.Fan is a phantom", "[meross][fan]") {
    Bench device = ceiling_fan();
    device.feed_digest();
    device.feed("Control.ToggleX", R"({"togglex":[{"channel":0,"onoff":1},{"channel":2,"onoff":1}]})");
    CHECK(device.feed("Control.Fan", R"({"fan":[{"channel":0,"speed":1,"maxSpeed":1}]})").empty());
    CHECK(part_of(device.entity("fan_2"), "percentage").range == model::NumberRange{0, 3, 1});
    CHECK_FALSE(device.has("fan_0"));
}

TEST_CASE("mfc100 7.3.14: setting the fan may change the master, which is read again", "[meross][fan]") {
    Bench device = ceiling_fan();
    device.feed_digest();
    CHECK(sent(device, "fan_2", "percentage", whole(2)) ==
          std::vector{json(R"({"fan":[{"channel":2,"speed":2}]})"),
                      json(R"({"togglex":{"channel":2,"onoff":1}})")});
    CHECK(sent(device, "fan_2", false) == one(R"({"togglex":{"channel":2,"onoff":0}})"));
    CHECK(device.command("fan_2", true).value().read_back_always);
}

TEST_CASE("mfc100 7.3.14: settings appear once they have been told", "[meross][settings]") {
    Bench device = ceiling_fan();
    CHECK_FALSE(device.has("power_retention"));
    CHECK_FALSE(device.has("light_min"));
    CHECK(device.poll("Control.PowerRetention").value().request.payload ==
          json(R"({"powerRetention":[{"channel":0}]})"));
    CHECK(device.feed("Control.PowerRetention", R"({"powerRetention":[]})").empty());
    CHECK_FALSE(device.has("power_retention"));
    CHECK(state(device.feed("Control.PowerRetention", R"({"powerRetention":[{"channel":0,"state":1}]})"),
                "power_retention") == model::Value(true));
    CHECK_FALSE(device.entity("power_retention").enabled_by_default);
    CHECK(sent(device, "power_retention", false) == one(R"({"powerRetention":[{"channel":0,"state":0}]})"));
    CHECK(sent(device, "power_retention", true) == one(R"({"powerRetention":[{"channel":0,"state":1}]})"));

    const auto seen = device.feed("Config.Calibration",
                                  R"({"calibration":{"minimum":1,"maxmum":100,"channel":1,"lightUp":30}})");
    CHECK(number(seen, "light_min") == 1);
    CHECK(number(seen, "light_max") == 100);
    CHECK(number(seen, "light_up") == 30);
    CHECK_FALSE(device.entity("light_min").enabled_by_default);
    CHECK(device.entity("light_max").unit == "%");
    CHECK(sent(device, "light_min", whole(5)) ==
          one(R"({"calibration":{"minimum":5,"maxmum":100,"channel":1,"lightUp":30}})"));
    CHECK(sent(device, "light_max", whole(90)) ==
          one(R"({"calibration":{"minimum":1,"maxmum":90,"channel":1,"lightUp":30}})"));
}
