#include "app/commands/watch.hpp"
#include "app/cli/daemon_link.hpp"
#include "app/commands/doctor_report.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::app;
using namespace lanbridge::test;

namespace {

KnownDevices devices() {
    KnownDevices known;
    REQUIRE(known.take(R"([{"id":"meross_48e1e9a1b2c3","name":"Kettle","availability":"online"},
        {"id":null,"name":"Stranger","reason":"wrong_key"},{"id":"meross_x","name":"Lamp"}, 5])"));
    return known;
}

}  // namespace

TEST_CASE("watch shows states and availabilities, and nothing else", "[app][watch]") {
    const auto known = devices();
    WatchFilter filter("site/lanbridge");
    const auto take = [&](std::string_view topic, std::string_view payload) {
        return filter.take(topic, payload, false, known);
    };
    const auto state = take("site/lanbridge/meross_48e1e9a1b2c3/switch_0/state", "ON");
    REQUIRE(state);
    CHECK(state->name == "Kettle");
    CHECK(state->entity == "switch_0");
    CHECK(state->part == "state");
    CHECK(state->value == "ON");
    const auto there = take("site/lanbridge/meross_48e1e9a1b2c3/availability", "offline");
    REQUIRE(there);
    CHECK(there->entity.empty());
    CHECK(there->part == "availability");
    const auto part = take("site/lanbridge/new/climate/temperature", "21.5");
    REQUIRE(part);
    CHECK(part->name == "new");
    for (const auto* other :
         {"site/lanbridge/bridge/state", "site/lanbridge/bridge/devices", "site/lanbridge/bridge/restart/set",
          "site/lanbridge/meross_x/switch_0/set", "site/lanbridge/meross_x/climate/mode/set",
          "site/lanbridge", "site/lanbridgex/meross_x/switch_0/state", "elsewhere/meross_x/switch_0/state",
          "site/lanbridge/bridge/connection/state", "site/lanbridge/meross_x"})
        CHECK_FALSE(take(other, "x"));
}

TEST_CASE("watch shows a value once, and events every time", "[app][watch]") {
    const auto known = devices();
    WatchFilter filter("b");
    CHECK(filter.take("b/d/s/state", "1", true, known));
    CHECK_FALSE(filter.take("b/d/s/state", "1", false, known));
    CHECK(filter.take("b/d/s/state", "2", false, known));
    CHECK(filter.take("b/d/s/state", "", false, known)->value == "(removed)");
    CHECK_FALSE(filter.take("b/d/other/state", "", false, known));
    for (int i = 0; i < 2; ++i)
        CHECK(filter.take("b/d/button/state", R"({"event_type":"press"})", false, known));
    filter.only({"e"});
    CHECK_FALSE(filter.take("b/d/s/state", "3", false, known));
    CHECK(filter.take("b/e/s/state", "3", false, known));
}

TEST_CASE("a change as JSON", "[app][watch]") {
    WatchedChange change;
    change.device = "d";
    change.name = "Lamp";
    change.part = "availability";
    change.value = "offline";
    CHECK(change.json(1'700'000'000'005).at("entity").is_null());
    CHECK_THAT(change.json(1'700'000'000'005).at("time").get<std::string>(), ContainsSubstring(".005"));
    CHECK_THAT(change.line(1'700'000'000'005), ContainsSubstring("Lamp"));
    change.entity = "light";
    change.value = R"({"state":"ON"})";
    CHECK(change.json(0).at("value").at("state") == "ON");
    change.value = "{not json";
    CHECK(change.json(0).at("value") == "{not json");
}

TEST_CASE("devices are known by id, uuid and name", "[app][watch]") {
    auto known = devices();
    for (const auto* name : {"Kettle", "meross_48e1e9a1b2c3", "2109270102030405060748e1e9a1b2c3"}) {
        INFO(name);
        const auto* found = known.find(name);
        REQUIRE(found);
        CHECK(found->id == "meross_48e1e9a1b2c3");
    }
    CHECK_FALSE(known.find("Stranger"));
    CHECK_FALSE(known.find(""));
    CHECK(known.names() == "Kettle, Lamp");
    CHECK_FALSE(known.take("{}"));
    CHECK_FALSE(known.take("["));
    CHECK(known.all().size() == 4);
}

TEST_CASE("a refusal keeps its code on the way over MQTT", "[app][daemon_link]") {
    for (int code = 1; code <= static_cast<int>(Errc::busy); ++code) {
        const Error error(static_cast<Errc>(code), "somewhere: something");
        CHECK(error_from_text(error.text()) == error);
        CHECK(error_from_text(Error(static_cast<Errc>(code)).text()) == Error(static_cast<Errc>(code)));
    }
    CHECK(error_from_text("who knows").is(Errc::device_error));
}

TEST_CASE("a report counts what failed", "[app][doctor]") {
    DoctorReport report;
    report.fine("broker", "there");
    CHECK_THAT(report.table(), ContainsSubstring("All is well"));
    report.doubt("clock", "alone", "ask");
    CHECK(report.well());
    CHECK_THAT(report.table(), ContainsSubstring("see the warnings"));
    report.broken("device", "gone", "look");
    CHECK_FALSE(report.well());
    CHECK_THAT(report.table(), ContainsSubstring("1 of 3 checks failed"));
    CHECK_THAT(report.table(), ContainsSubstring("-> look"));
    CHECK(report.json().at("findings").at(2).at("state") == "failed");
    CHECK(report.json().at("findings").at(0).at("advice").is_null());
}
