#include "meross/device/unknowns.hpp"
#include "meross/features_support.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using meross::Unknown;
using meross::Unknowns;
using List = std::vector<Unknown>;

TEST_CASE("a device without surprises has an empty list", "[meross][unknown]") {
    Unknowns unknowns(facts_of("mss310", {"System.All", "Control.ToggleX", "Hub.Online"},
                               R"({"togglex":[{"channel":0,"onoff":1}],"timerx":[]})"));
    CHECK(unknowns.list().empty());
    CHECK_FALSE(unknowns.note("Appliance.Control.ToggleX", json(R"({"togglex":{"channel":0}})")));
    CHECK(unknowns.list().empty());
}

TEST_CASE("unknown namespaces and digest keys are listed with what was last said", "[meross][unknown]") {
    Unknowns unknowns(
        facts_of("mst100", {"System.All", "Control.Water"}, R"({"sprinkler":[{"channel":1}]})"));
    CHECK(unknowns.list() ==
          List{{"Appliance.Control.Water", ""}, {"digest.sprinkler", R"([{"channel":1}])"}});
    CHECK(unknowns.note("Appliance.Control.Water", json(R"({"control":[{"channel":0,"onoff":1}]})")));
    CHECK_FALSE(unknowns.note("Appliance.Control.Water", json(R"({"control":[{"channel":0,"onoff":1}]})")));
    CHECK_FALSE(unknowns.note("Appliance.Control.Water", json("{}")));
    CHECK(unknowns.list()[0].payload == R"({"control":[{"channel":0,"onoff":1}]})");
}

TEST_CASE("nothing secret is listed", "[meross][unknown]") {
    Unknowns unknowns;
    CHECK(unknowns.note(
        "Appliance.Config.Cloud",
        json(
            R"({"cloud":{"ssid":"attic","mail":"me@example.org","uuid":"2012000000000000000048e1e9a1b2c3"}})")));
    const auto text = unknowns.list().at(0).payload;
    for (const char* secret : {"attic", "me@example.org", "48e1e9a1b2c3"})
        CHECK(text.find(secret) == std::string::npos);
}

TEST_CASE("a device that invents names cannot fill the memory", "[meross][unknown]") {
    Unknowns unknowns;
    for (int i = 0; i < 100; ++i) unknowns.note("Appliance.Made.Up" + std::to_string(i), json("{}"));
    CHECK(unknowns.list().size() == 32);
    Json long_one = json("{}");
    long_one["text"] = std::string(5000, 'x');
    unknowns.note("Appliance.Made.Up1", long_one);
    unknowns.note("Appliance." + std::string(500, 'y'), long_one);
    for (const auto& one : unknowns.list()) {
        CHECK(one.payload.size() <= 1024);
        CHECK(one.name.size() <= 64);
    }
}
