#include "meross/shutter_bench.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;

TEST_CASE("a shutter is a cover with stop and position", "[meross][shutter]") {
    Bench bench = shutter("7.6.10");
    CHECK(bench.keys() == Keys{"calibrate", "calibration_status", "cover_0", "signal_close", "signal_open"});
    const auto cover = bench.entity("cover_0");
    CHECK(cover.component == model::Component::cover);
    CHECK(cover.device_class == "shutter");
    CHECK(cover.naming == model::Naming::main);
    REQUIRE(cover.parts.size() == 2);
    CHECK(cover.parts[0].options == Keys{"OPEN", "CLOSE", "STOP"});
    CHECK(cover.parts[0].commandable);
    CHECK(cover.parts[1].name == "position");
    CHECK(cover.parts[1].range == model::NumberRange{0, 100, 1});
    CHECK(bench.entity("signal_open").parts[0].range == model::NumberRange{1, 120, 0.1});
    CHECK(bench.entity("signal_open").unit == "s");
    CHECK(bench.entity("signal_open").category == model::Category::config);
    CHECK(bench.entity("calibrate").category == model::Category::config);
    CHECK(bench.entity("calibration_status").category == model::Category::diagnostic);

    CHECK(bench.poll("RollerShutter.State").value().request.payload == json(R"({"state":[]})"));
    CHECK(bench.poll("RollerShutter.Position").value().request.payload == json(R"({"position":[]})"));
    CHECK(bench.poll("RollerShutter.Config").value().request.payload == json(R"({"config":[]})"));
    const auto adjust = bench.poll("RollerShutter.Adjust").value().request;
    CHECK(adjust.method == meross::Method::push);
    CHECK(adjust.payload == Json::object());
}

TEST_CASE("mrs100 2.1.2: no calibration, and nothing tells what stopped it", "[meross][shutter]") {
    Bench bench = shutter("2.1.2");
    settle(bench, 0);
    CHECK(bench.keys() == Keys{"cover_0", "signal_close", "signal_open"});
    CHECK_FALSE(bench.poll("RollerShutter.Adjust").has_value());
}

TEST_CASE("open, close, stop and each position are exactly one SET", "[meross][shutter]") {
    Bench bench = shutter("6.6.6");
    settle(bench, 50);
    struct Row {
        const char* part;
        Value wish;
        int sent;
    };
    for (const auto& row :
         {Row{"state", word("OPEN"), 100}, Row{"state", word("CLOSE"), 0}, Row{"state", word("STOP"), -1},
          Row{"position", number_value(0), 0}, Row{"position", number_value(37), 37},
          Row{"position", number_value(50), 50}, Row{"position", number_value(100), 100}}) {
        const auto action = bench.command("cover_0", row.part, row.wish);
        REQUIRE(action.has_value());
        CHECK(action->request.name_space == "Appliance.RollerShutter.Position");
        CHECK(action->request.method == meross::Method::set);
        CHECK(action->request.payload == set_to(row.sent));
        CHECK(action->then.empty());
        REQUIRE(action->read_back.size() == 1);
        CHECK(action->read_back[0].name_space == "Appliance.RollerShutter.State");
    }
    CHECK(bench.command("cover_0", word("TILT")).error().is(Errc::invalid_value));
}

TEST_CASE("states follow the device", "[meross][shutter]") {
    Bench bench = shutter("7.6.10");
    say_runs(bench);
    CHECK(state_of(say_state(bench, 0)) == Value());  // open or closed? the position tells
    auto seen = say_position(bench, 0);
    CHECK(state_of(seen) == word("closed"));
    CHECK(position_of(seen) == number_value(0));
    CHECK(state_of(say_state(bench, 1)) == word("opening"));
    bench.pass(30s);
    say_state(bench, 0);
    seen = say_position(bench, 100);
    CHECK(state_of(seen) == word("open"));
    CHECK(position_of(seen) == number_value(100));
    CHECK(state_of(say_state(bench, 2)) == word("closing"));
    bench.pass(5s);
    // objects as well as lists; what is no state, and other channels, are nothing
    CHECK(state_of(bench.feed("RollerShutter.State", R"({"state":{"channel":0,"state":2}})")) ==
          word("closing"));
    CHECK(state_of(bench.feed("RollerShutter.State", R"({"state":[{"channel":0,"state":9}]})")) ==
          word("closing"));
    CHECK(state_of(bench.feed("RollerShutter.State", R"({"state":[{"channel":1,"state":0}]})")) ==
          word("closing"));
    CHECK(state_of(bench.feed("RollerShutter.State", R"({"state":[]})")) == word("closing"));
    say_state(bench, 0);
    CHECK(position_of(bench.feed("RollerShutter.Position", R"({"position":{"channel":0,"position":82}})")) ==
          number_value(82));
    CHECK(position_of(bench.feed("RollerShutter.Position",
                                 R"({"position":[{"channel":0,"position":-1}]})")) == number_value(82));
}

TEST_CASE("mrs100 2.1.2: a position between the ends is a run with a stop on time", "[meross][shutter]") {
    Bench bench = shutter("2.1.2");
    settle(bench, 0);
    bench.features()[0]->restore(json(R"({"position":40,"reported":0})"), 0);
    settle(bench, 0);
    const auto action = bench.command("cover_0", "position", number_value(70));
    REQUIRE(action.has_value());
    CHECK(action->request.payload == set_to(100));
    bench.accept("cover_0", "position", number_value(70));
    say_state(bench, 1);
    CHECK(bench.wakes_in() == 500ms);
    bench.pass(500ms);
    CHECK(names(bench.tick().requests) == both);
    for (int second = 0; second < 14; ++second) {
        say_state(bench, 1);
        say_position(bench, 0);
        bench.pass(1s);
        bench.tick();
    }
    // 14.5 s by now: nothing may be in the stop's way
    CHECK(bench.wakes_in() == 500ms);
    bench.pass(500ms);
    const auto ticked = bench.tick();
    REQUIRE(ticked.requests.size() == 3);
    CHECK(ticked.requests[0].payload == set_to(-1));
    CHECK(ticked.requests[0].method == meross::Method::set);
    CHECK(names({ticked.requests[1], ticked.requests[2]}) == both);
    CHECK(position_of(ticked.observations) == number_value(70));
    CHECK(state_of(ticked.observations) == word("opening"));  // until the device says otherwise
    say_state(bench, 0);
    const auto seen = say_position(bench, 0);
    CHECK(state_of(seen) == word("open"));
    CHECK(position_of(seen) == number_value(70));
    CHECK_FALSE(bench.wakes_in().has_value());

    CHECK(bench.command("cover_0", "position", number_value(30)).value().request.payload == set_to(0));
    CHECK(bench.command("cover_0", "position", number_value(70)).value().request.payload == set_to(-1));
}

TEST_CASE("mrs100 2.1.2: what is not known yet cannot be a target", "[meross][shutter]") {
    Bench bench = shutter("2.1.2");
    auto refused = bench.command("cover_0", "position", number_value(30));
    REQUIRE(refused.has_error());
    CHECK(refused.error().is(Errc::unsupported));
    CHECK(refused.error().text().find("open or close it once") != std::string::npos);
    say_state(bench, 0);
    say_position(bench, 0);
    refused = bench.command("cover_0", "position", number_value(30));
    REQUIRE(refused.has_error());
    CHECK(refused.error().text().find("how long it runs") != std::string::npos);
    CHECK(bench.command("cover_0", "position", number_value(0)).value().request.payload == set_to(0));
    CHECK(bench.command("cover_0", "position", number_value(100)).value().request.payload == set_to(100));
}

TEST_CASE("mrs100 2.1.2: closed only at rest, though the estimate is at 0 long before", "[meross][shutter]") {
    Bench bench = shutter("2.1.2");
    bench.features()[0]->restore(json(R"({"position":22,"reported":0})"), 0);
    settle(bench, 0);
    bench.accept("cover_0", "state", word("CLOSE"));
    say_state(bench, 2);
    bench.pass(20s);
    auto seen = say_state(bench, 2);
    CHECK(position_of(seen) == number_value(0));
    CHECK(state_of(seen) == word("closing"));
    bench.pass(30s);
    seen = say_state(bench, 0);
    CHECK(state_of(seen) == word("closed"));
}

TEST_CASE("mrs100 2.1.2: the estimate survives a restart", "[meross][shutter]") {
    Bench before = shutter("2.1.2");
    settle(before, 0);
    before.accept("cover_0", "state", word("OPEN"));
    say_state(before, 1);
    before.pass(11s);
    say_state(before, 1);
    before.accept("cover_0", "state", word("STOP"));
    CHECK(position_of(say_state(before, 0)) == number_value(22));
    say_position(before, 0);
    const auto memory = before.features()[0]->memory();
    REQUIRE(memory.has_value());
    CHECK(before.features()[0]->memory_topic() == "shutter");

    Bench after = shutter("2.1.2");
    after.features()[0]->restore(json(*memory), 0);
    say_state(after, 0);
    const auto seen = say_position(after, 0);
    CHECK(position_of(seen) == number_value(22));
    CHECK(state_of(seen) == word("open"));
    CHECK(position_of(say_position(after, 100)) == number_value(100));
}

TEST_CASE("mrs100 2.1.2: one position between the ends is remembered", "[meross][shutter]") {
    Bench before = shutter("2.1.2");
    settle(before, 63);
    CHECK(before.command("cover_0", "position", number_value(30)).value().request.payload == set_to(30));
    Bench after = shutter("2.1.2");
    after.features()[0]->restore(json(before.features()[0]->memory().value()), 0);
    settle(after, 100);
    CHECK(after.command("cover_0", "position", number_value(30)).value().request.payload == set_to(30));
}

TEST_CASE("mrs100 7.6.10: the position lags behind the movement and counts at rest", "[meross][shutter]") {
    Bench bench = shutter("7.6.10");
    bench.feed("RollerShutter.Config",
               R"({"config":[{"channel":0,"signalOpen":28200,"signalClose":26100}]})");
    say_state(bench, 0);
    say_position(bench, 0);
    bench.accept("cover_0", "state", word("OPEN"));
    say_state(bench, 1);
    bench.pass(3s);
    CHECK(position_of(say_position(bench, 0)) == number_value(11));
    bench.pass(23s);
    say_state(bench, 0);
    CHECK(position_of(say_position(bench, 100)) == number_value(100));
}

TEST_CASE("a wall button's movement is watched as well", "[meross][shutter]") {
    Bench bench = shutter("2.1.2");
    settle(bench, 0);
    CHECK_FALSE(bench.wakes_in().has_value());
    CHECK(state_of(say_state(bench, 1)) == word("opening"));
    CHECK(bench.wakes_in() == 1000ms);
    bench.pass(1s);
    auto ticked = bench.tick();
    CHECK(names(ticked.requests) == both);
    CHECK(position_of(ticked.observations) == number_value(2));
    bench.pass(49s);
    say_state(bench, 0);
    CHECK(position_of(say_position(bench, 100)) == number_value(100));
    CHECK_FALSE(bench.wakes_in().has_value());
}

TEST_CASE("what MQTT pushes is not asked for, unless it does not come", "[meross][shutter]") {
    Bench bench = shutter("6.6.6");
    settle(bench, 0);
    bench.set_pushed(true);
    bench.accept("cover_0", "state", word("OPEN"));
    say_state(bench, 1);
    for (int second = 0; second < 50; ++second) {
        bench.pass(1s);
        const auto ticked = bench.tick();
        CHECK(ticked.requests.empty());
        CHECK(position_of(ticked.observations) != Value());  // counted all the same
    }
    bench.pass(4s);  // the run's end was not pushed
    CHECK(names(bench.tick().requests) == Keys{"GET RollerShutter.State"});
    say_state(bench, 0);
    bench.pass(1s);
    CHECK(names(bench.tick().requests) == Keys{"GET RollerShutter.Position"});
    say_position(bench, 100);
    CHECK_FALSE(bench.wakes_in().has_value());
}

TEST_CASE("a shutter that never answers is not asked for ever", "[meross][shutter]") {
    Bench bench = shutter("2.1.2");
    settle(bench, 0);
    bench.accept("cover_0", "state", word("OPEN"));
    int asked = 0;
    for (int second = 0; second < 1000 && bench.wakes_in(); ++second) {
        bench.pass(1s);
        asked += bench.tick().requests.empty() ? 0 : 1;
        if (second > 2) say_state(bench, 1);
    }
    CHECK_FALSE(bench.wakes_in().has_value());
    CHECK(asked < 200);
}
