#include "meross/transport/repeat.hpp"

#include "meross/transport/frame_log.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;

namespace {

Json json(std::string_view text) { return parse_json(text).value(); }

Request set(std::string_view name_space, std::string_view payload = "{}") {
    return Request(name_space, Method::set, json(payload));
}

}  // namespace

TEST_CASE("what would happen twice is never sent twice", "[meross][repeat]") {
    for (const auto* name :
         {"Appliance.GarageDoor.State", "Appliance.Hub.Sensor.Adjust", "Appliance.Hub.Sensor.Smoke",
          "Appliance.RollerShutter.Adjust", "Appliance.Config.Key", "Appliance.Some.Unknown"}) {
        INFO(name);
        CHECK_FALSE(may_repeat(set(name)));
    }
    CHECK_FALSE(may_repeat(Request("Appliance.Control.Unbind", Method::push, Json::object())));
    CHECK(may_repeat(set("Appliance.Control.ToggleX")));
    CHECK(may_repeat(set("Appliance.Control.Thermostat.Mode")));
    CHECK(may_repeat(Request("Appliance.System.All", Method::get, Json::object())));
}

TEST_CASE("a Multiple of reads may be repeated, one that sets anything may not", "[meross][repeat]") {
    CHECK(may_repeat(set(multiple_namespace, R"({"multiple":[{"header":{"method":"GET"},"payload":{}}]})")));
    CHECK_FALSE(may_repeat(set(multiple_namespace,
                               R"({"multiple":[{"header":{"method":"GET"}},{"header":{"method":"SET"}}]})")));
    CHECK_FALSE(may_repeat(set(multiple_namespace)));
}

TEST_CASE("whether a SET has taken effect shows in what the device says", "[meross][repeat]") {
    struct Row {
        const char* wanted;
        const char* actual;
        bool so;
    };
    const auto row = GENERATE(values<Row>({
        {R"({"togglex":{"channel":1,"onoff":1}})",
         R"({"togglex":[{"channel":0,"onoff":0},{"channel":1,"onoff":1,"lmTime":5}]})", true},
        {R"({"togglex":{"channel":1,"onoff":1}})",
         R"({"togglex":[{"channel":0,"onoff":1},{"channel":1,"onoff":0}]})", false},
        {R"({"togglex":{"channel":0,"onoff":1}})", R"({"channel":0,"togglex":{"channel":0,"onoff":1}})",
         true},
        {R"({"channel":0,"toggle":{"onoff":0}})", R"({"toggle":{"onoff":0,"lmTime":9}})", true},
        {R"({"channel":0,"toggle":{"onoff":0}})", R"({"toggle":{"onoff":1}})", false},
        {R"({"mode":[{"channel":0,"targetTemp":215}]})",
         R"({"mode":[{"channel":0,"mode":4,"targetTemp":215}]})", true},
        {R"({"mode":[{"channel":0,"targetTemp":215}]})",
         R"({"mode":[{"channel":0,"mode":4,"targetTemp":210}]})", false},
        {R"({"mode":[{"id":"0a","state":1}]})", R"({"mode":[{"id":"0b","state":1}]})", false},
        {R"({"DNDMode":{"mode":1}})", R"({"DNDMode":7})", false},
        {R"({"DNDMode":{"mode":1}})", R"([])", false},
        {R"({"list":[1,2]})", R"({"list":[1,2]})", true},
    }));
    INFO(row.wanted << " in " << row.actual);
    CHECK(already_so(json(row.wanted), json(row.actual)) == row.so);
}

TEST_CASE("the question before a repetition asks for the channel that was set", "[meross][repeat]") {
    const auto question = read_before_repeating(
        set("Appliance.Control.Thermostat.Mode", R"({"mode":[{"channel":2,"onoff":1}]})"));
    CHECK(question.method == Method::get);
    CHECK(question.payload == json(R"({"mode":[{"channel":2}]})"));
}

TEST_CASE("frames are logged without keys and Wi-Fi passwords", "[meross][log]") {
    const auto key = json(R"({"key":{"key":"s3cret","userId":"0"}})");
    CHECK(shown_payload("Appliance.Config.Key", key).find("s3cret") == std::string::npos);
    const auto wrapped = json(
        R"({"multiple":[{"header":{"namespace":"Appliance.Config.Wifi"},"payload":{"wifi":{"password":"s3cret"}}}]})");
    CHECK(shown_payload(multiple_namespace, wrapped).find("s3cret") == std::string::npos);
    CHECK(shown_payload("Appliance.Control.ToggleX", json(R"({"togglex":{"onoff":1}})")) ==
          R"({"togglex":{"onoff":1}})");
}
