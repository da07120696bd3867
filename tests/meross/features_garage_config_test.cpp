#include "meross/garage_bench.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;

TEST_CASE("msg100 4.2.1: one door with the settings of the device", "[meross][garage]") {
    Bench bench = msg100();
    CHECK(bench.keys() == Keys{"buzzer_0", "close_duration_0", "cover_0", "door_0", "open_duration_0",
                               "signal_duration", "timeout_0"});
    const auto door = bench.entity("cover_0");
    CHECK(door.component == model::Component::cover);
    CHECK(door.device_class == "garage");
    CHECK(door.naming == model::Naming::main);
    REQUIRE(door.parts.size() == 1);
    CHECK(door.parts[0].options == Keys{"OPEN", "CLOSE"});
    CHECK_FALSE(door.own_availability);
    CHECK(bench.entity("door_0").device_class == "garage_door");
    CHECK(bench.entity("timeout_0").device_class == "problem");
    CHECK(bench.entity("timeout_0").category == model::Category::diagnostic);
    CHECK(bench.entity("buzzer_0").category == model::Category::config);
    CHECK(bench.entity("buzzer_0").name == "Buzzer");
    CHECK(bench.entity("open_duration_0").parts[0].range == model::NumberRange{1, 60, 1});
    CHECK(bench.entity("close_duration_0").unit == "s");
    CHECK(bench.entity("signal_duration").parts[0].range == model::NumberRange{0.1, 60, 0.1});
    CHECK(bench.poll("GarageDoor.State").value().request.payload == json(R"({"state":{}})"));
    CHECK(bench.poll("GarageDoor.Config").value().request.payload == json(R"({"config":{}})"));

    const auto seen = bench.feed("GarageDoor.Config", config_of_421);
    CHECK(state(seen, "buzzer_0") == off);
    CHECK(number(seen, "open_duration_0") == 30);
    CHECK(number(seen, "close_duration_0") == 30);
    CHECK(number(seen, "signal_duration") == 1);
}

TEST_CASE("msg200 4.2.8: three doors, each with nine entities", "[meross][garage]") {
    Bench bench = msg200();
    CHECK(bench.keys().size() == 27);
    for (const int channel : {1, 2, 3})
        for (const char* name : {"cover_", "door_", "timeout_", "buzzer_", "open_duration_",
                                 "close_duration_", "signal_open_", "signal_close_", "enable_"})
            CHECK(bench.has(name + std::to_string(channel)));
    CHECK(bench.entity("cover_2").name == "Door 2");
    CHECK(bench.entity("buzzer_2").name == "Door 2 buzzer");
    CHECK(bench.entity("cover_2").own_availability);
    CHECK(bench.entity("signal_open_2").own_availability);
    CHECK_FALSE(bench.entity("enable_2").own_availability);
    CHECK(bench.entity("signal_open_1").parts[0].range == model::NumberRange{0.1, 60, 0.1});
    CHECK(bench.poll("GarageDoor.State").value().request.payload == json(R"({"state":{}})"));
    CHECK(bench.poll("GarageDoor.MultipleConfig").value().request.payload ==
          json(R"({"config":[{"channel":1},{"channel":2},{"channel":3}]})"));
    const auto seen = bench.feed("GarageDoor.MultipleConfig", R"({"config":[
        {"channel":1,"doorEnable":1,"timestamp":0,"timestampMs":0,"doorCloseDuration":15000,
         "doorOpenDuration":16000,"signalClose":3000,"signalOpen":2500,"buzzerEnable":1},
        {"channel":3,"doorEnable":0,"buzzerEnable":0},{"channel":7,"buzzerEnable":0}]})");
    CHECK(number(seen, "close_duration_1") == 15);
    CHECK(number(seen, "open_duration_1") == 16);
    CHECK(number(seen, "signal_close_1") == 3);
    CHECK(number(seen, "signal_open_1") == 2.5);
    CHECK(state(seen, "buzzer_1") == on);
    CHECK(state(seen, "enable_1") == on);
    CHECK(state(seen, "enable_3") == off);
    CHECK(state(seen, "buzzer_7") == Value());
}

TEST_CASE("msg200 4.2.1: both configurations, durations kept by the bridge", "[meross][garage]") {
    Bench bench = msg200("4.2.1");
    CHECK(bench.keys().size() == 28);
    CHECK(bench.has("signal_duration"));
    // firmware before 4.2.8 answers for one door only unless asked for each
    std::vector<meross::Poll> polls;
    for (const auto& feature : bench.features()) feature->polls(polls);
    std::vector<Json> asked;
    for (const auto& poll : polls)
        if (poll.request.name_space == "Appliance.GarageDoor.State") asked.push_back(poll.request.payload);
    CHECK(asked == std::vector<Json>{json(R"({"state":{"channel":1}})"), json(R"({"state":{"channel":2}})"),
                                     json(R"({"state":{"channel":3}})")});

    auto seen = bench.feed("GarageDoor.Config", config_of_327);
    CHECK(state(seen, "buzzer_1") == off);
    CHECK(state(seen, "open_duration_1") == Value());  // the other one may tell it
    seen = bench.feed("GarageDoor.MultipleConfig",
                      R"({"config":[{"channel":1,"doorEnable":1,"signalClose":10000,"signalOpen":10000}]})");
    CHECK(number(seen, "open_duration_1") == 30);
    CHECK(number(seen, "signal_open_1") == 10);
    CHECK(sent(bench, "buzzer_2", on) == json(R"({"config":{"buzzerEnable":1}})"));
    CHECK(sent(bench, "signal_open_2", 0.5) == json(R"({"config":[{"channel":2,"signalOpen":500}]})"));
}

TEST_CASE("each setting is one SET in its namespace's shape", "[meross][garage]") {
    Bench one = msg100();
    one.feed("GarageDoor.Config", config_of_421);
    CHECK(sent(one, "buzzer_0", on) == json(R"({"config":{"buzzerEnable":1}})"));
    CHECK(sent(one, "buzzer_0", off) == json(R"({"config":{"buzzerEnable":0}})"));
    CHECK(sent(one, "signal_duration", 0.1) == json(R"({"config":{"signalDuration":100}})"));
    CHECK(sent(one, "signal_duration", 60.0) == json(R"({"config":{"signalDuration":60000}})"));
    CHECK(sent(one, "open_duration_0", std::int64_t{1}) == json(R"({"config":{"doorOpenDuration":1000}})"));
    CHECK(sent(one, "close_duration_0", std::int64_t{60}) ==
          json(R"({"config":{"doorCloseDuration":60000}})"));
    const auto action = one.command("open_duration_0", std::int64_t{20}).value();
    CHECK(action.request.name_space == "Appliance.GarageDoor.Config");
    REQUIRE(action.read_back.size() == 1);
    CHECK(action.read_back[0].payload == json(R"({"config":{}})"));

    Bench three = msg200();
    three.feed("GarageDoor.MultipleConfig",
               R"({"config":[{"channel":2,"doorEnable":1,"doorCloseDuration":15000,"doorOpenDuration":15000,
                              "signalClose":2000,"signalOpen":2000,"buzzerEnable":0}]})");
    CHECK(sent(three, "buzzer_2", on) == json(R"({"config":[{"channel":2,"buzzerEnable":1}]})"));
    CHECK(sent(three, "enable_2", off) == json(R"({"config":[{"channel":2,"doorEnable":0}]})"));
    CHECK(sent(three, "enable_3", on) == json(R"({"config":[{"channel":3,"doorEnable":1}]})"));
    CHECK(sent(three, "signal_close_2", 0.1) == json(R"({"config":[{"channel":2,"signalClose":100}]})"));
    CHECK(sent(three, "signal_open_2", 30.5) == json(R"({"config":[{"channel":2,"signalOpen":30500}]})"));
    CHECK(sent(three, "open_duration_2", std::int64_t{45}) ==
          json(R"({"config":[{"channel":2,"doorOpenDuration":45000}]})"));
    const auto switched = three.command("enable_2", off).value();
    CHECK(switched.request.name_space == "Appliance.GarageDoor.MultipleConfig");
    CHECK(switched.read_back.at(0).payload ==
          json(R"({"config":[{"channel":1},{"channel":2},{"channel":3}]})"));
}

TEST_CASE("msg200: a disabled door is not available, and is commanded all the same", "[meross][garage]") {
    Bench bench = msg200();
    bench.feed_digest();
    const auto gate = [&](std::string_view entity) {
        std::vector<meross::EntityGate> gates;
        for (const auto& feature : bench.features()) feature->gates(gates);
        const auto it = std::ranges::find(gates, entity, &meross::EntityGate::first);
        return it == gates.end() ? std::optional<bool>() : it->second;
    };
    for (const char* name : {"cover", "door", "timeout", "buzzer", "open_duration", "signal_close"}) {
        CHECK(gate(std::string(name) + "_1") == true);
        CHECK(gate(std::string(name) + "_3") == false);
    }
    CHECK_FALSE(gate("enable_3").has_value());
    CHECK(sent(bench, "cover_3", word("CLOSE")) == json(R"({"state":{"channel":3,"open":0}})"));
    bench.feed("GarageDoor.MultipleConfig", R"({"config":[{"channel":3,"doorEnable":1}]})");
    CHECK(gate("cover_3") == true);
    Bench one = msg100();
    std::vector<meross::EntityGate> gates;
    for (const auto& feature : one.features()) feature->gates(gates);
    CHECK(gates.empty());
}

TEST_CASE("msg100 3.2.7: durations are kept by the bridge, and closing is learnt", "[meross][garage]") {
    Bench bench = msg100("3.2.7");
    auto early = bench.command("open_duration_0", std::int64_t{20});
    REQUIRE(early.has_error());
    CHECK(early.error().is(Errc::unsupported));
    auto seen = bench.feed("GarageDoor.Config", config_of_327);
    CHECK(number(seen, "open_duration_0") == 30);
    CHECK(number(seen, "close_duration_0") == 30);
    CHECK(bench.command("open_duration_0", std::int64_t{20}).value().local);  // nothing is sent
    seen = bench.accept("open_duration_0", "state", std::int64_t{20});
    CHECK(number(seen, "open_duration_0") == 20);
    CHECK(number(bench.feed("GarageDoor.Config", config_of_327), "open_duration_0") == 20);

    contact(bench, 0, 1);
    bench.accept("cover_0", "state", word("CLOSE"), ack(0, 1, 1));
    bench.pass(32s);
    seen = contact(bench, 0, 0);
    CHECK_THAT(number(seen, "close_duration_0"), WithinAbs(30.4, 1e-9));
    for (int i = 0; i < 30; ++i) {
        contact(bench, 0, 1);
        bench.accept("cover_0", "state", word("CLOSE"), ack(0, 1, 1));
        bench.pass(2s);
        seen = contact(bench, 0, 0);
    }
    CHECK(number(seen, "close_duration_0") == 10);  // no door is quicker

    Bench after = msg100("3.2.7");
    REQUIRE(bench.features()[0]->memory().has_value());
    CHECK(bench.features()[0]->memory_topic() == "garage");
    after.features()[0]->restore(json(*bench.features()[0]->memory()), 0);
    seen = after.feed("GarageDoor.Config", config_of_327);
    CHECK(number(seen, "open_duration_0") == 20);
    CHECK(number(seen, "close_duration_0") == 10);
    contact(after, 0, 0);
    after.accept("cover_0", "state", word("OPEN"), ack(0, 0, 1));
    contact(after, 0, 1);
    after.pass(20s);
    CHECK(cover(after.tick().observations) == word("open"));
}

TEST_CASE("a refused configuration takes its settings away", "[meross][garage]") {
    Bench bench = msg100();
    bench.refuse("GarageDoor.Config");
    CHECK(bench.keys() == Keys{"close_duration_0", "cover_0", "door_0", "open_duration_0", "timeout_0"});
    CHECK(bench.command("open_duration_0", std::int64_t{20}).value().local);
}
