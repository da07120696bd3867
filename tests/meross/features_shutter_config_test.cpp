#include "meross/shutter_bench.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;

TEST_CASE("run times are numbers in seconds, sent alone", "[meross][shutter]") {
    Bench bench = shutter("7.6.10");
    const auto seen = bench.feed(
        "RollerShutter.Config",
        R"({"config":[{"channel":0,"autoAdjust":1,"lmTime":1668771601,"signalOpen":28200,"signalClose":26100}]})");
    CHECK_THAT(number(seen, "signal_open"), WithinAbs(28.2, 1e-9));
    CHECK_THAT(number(seen, "signal_close"), WithinAbs(26.1, 1e-9));
    for (const auto& [value, sent] :
         {std::pair{1.0, "1000"}, {30.0, "30000"}, {26.1, "26100"}, {120.0, "120000"}}) {
        const auto open = bench.command("signal_open", value).value();
        CHECK(open.request.name_space == "Appliance.RollerShutter.Config");
        CHECK(open.request.payload ==
              json(std::string(R"({"config":{"channel":0,"signalOpen":)") + sent + "}}"));
        CHECK(bench.command("signal_close", value).value().request.payload ==
              json(std::string(R"({"config":{"channel":0,"signalClose":)") + sent + "}}"));
        REQUIRE(open.read_back.size() == 1);
        CHECK(open.read_back[0].payload == json(R"({"config":[]})"));
    }
}

TEST_CASE("mrs100 6.6.6: what stopped it is shown once the device has told it", "[meross][shutter]") {
    Bench bench = shutter("6.6.6");
    CHECK_FALSE(bench.has("stopped_by"));
    const auto told = [&](int code) {
        return state(bench.feed("RollerShutter.State", R"({"state":[{"channel":0,"state":0,"stoppedBy":)" +
                                                           std::to_string(code) + "}]}"),
                     "stopped_by");
    };
    for (const auto& [code, name] : {std::pair{0, "completed"},
                                     {1, "user"},
                                     {2, "overheated"},
                                     {3, "sensor"},
                                     {4, "sensor"},
                                     {5, "failure"},
                                     {17, "failure"}})
        CHECK(told(code) == word(name));
    CHECK(bench.has("stopped_by"));
    CHECK(state(say_state(bench, 1), "stopped_by") == Value());  // not told while it moves
    Bench after = shutter("6.6.6");
    after.features()[1]->restore(json(bench.features()[1]->memory().value()), 0);
    CHECK(after.has("stopped_by"));
}

TEST_CASE("calibration is a button, and how it went a sensor", "[meross][shutter]") {
    Bench bench = shutter("7.6.10");
    const auto action = bench.command("calibrate", Value()).value();
    CHECK(action.request.name_space == "Appliance.RollerShutter.Adjust");
    CHECK(action.request.payload == json(R"({"adjust":{"channel":0,"value":1}})"));
    const auto told = [&](int status) {
        return state(bench.feed("RollerShutter.Adjust",
                                R"({"adjust":[{"channel":0,"status":)" + std::to_string(status) + "}]}"),
                     "calibration_status");
    };
    for (const auto& [code, name] : {std::pair{0, "ok"},
                                     {1, "timeout"},
                                     {2, "stalled"},
                                     {5, "not_calibrated"},
                                     {7, "not_calibrated"},
                                     {9, "9"}})
        CHECK(told(code) == word(name));
    bench.refuse("RollerShutter.Adjust");
    CHECK_FALSE(bench.has("calibrate"));
    CHECK_FALSE(bench.has("calibration_status"));
}

TEST_CASE("mrs100 2.1.2: never a Multiple, and three tries where it hangs up", "[meross][shutter]") {
    auto facts = facts_of("mrs100", {"RollerShutter.Position"});
    facts.ability["Appliance.Control.Multiple"] = json(R"({"maxCmdNum":5})");
    facts.firmware_version = "2.1.2";
    CHECK(facts.max_cmd_num() == 0);
    CHECK(facts.tries() == 3);
    facts.firmware_version = "7.6.10";
    CHECK(facts.max_cmd_num() == 5);
    CHECK(facts.tries() == 3);
    CHECK(facts_of("mss310", {}).tries() == 1);
}
