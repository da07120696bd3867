#include "meross/garage_bench.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;

TEST_CASE("a door is opened and closed by exactly one SET", "[meross][garage]") {
    Bench one = msg100();
    const auto open = one.command("cover_0", word("OPEN")).value();
    CHECK(open.request.name_space == "Appliance.GarageDoor.State");
    CHECK(open.request.payload == json(R"({"state":{"channel":0,"open":1}})"));
    CHECK_FALSE(open.reply_is_reading);  // it tells of the door before the movement
    CHECK(sent(one, "cover_0", word("CLOSE")) == json(R"({"state":{"channel":0,"open":0}})"));
    CHECK(one.command("cover_0", word("STOP")).error().is(Errc::invalid_value));
    CHECK(sent(msg200(), "cover_3", word("OPEN")) == json(R"({"state":{"channel":3,"open":1}})"));
}

TEST_CASE("a door opens: contact at once, open when its time is over", "[meross][garage]") {
    Bench bench = msg100();
    bench.feed("GarageDoor.Config", config_of_421);
    auto seen = bench.feed_digest();
    CHECK(cover(seen) == word("closed"));
    CHECK(state(seen, "door_0") == off);
    CHECK(state(seen, "timeout_0") == off);
    seen = bench.accept("cover_0", "state", word("OPEN"), ack(0, 0, 1));
    CHECK(cover(seen) == word("opening"));
    CHECK(state(seen, "door_0") == off);  // its word of the door is from before
    bench.pass(1s);
    auto ticked = bench.tick();
    CHECK(payloads(ticked.requests) == std::vector<Json>{json(R"({"state":{}})")});
    seen = contact(bench, 0, 1);
    CHECK(cover(seen) == word("opening"));
    CHECK(state(seen, "door_0") == on);
    bench.pass(29s);
    ticked = bench.tick();
    CHECK(cover(ticked.observations) == word("open"));
    CHECK_FALSE(bench.wakes_in().has_value());
}

TEST_CASE("a door closes: 32 s by the contact, and a timeout without it", "[meross][garage]") {
    Bench bench = msg100();
    bench.feed("GarageDoor.Config", config_of_421);
    contact(bench, 0, 1);
    CHECK(cover(bench.accept("cover_0", "state", word("CLOSE"), ack(0, 1, 1))) == word("closing"));
    int polls = 0;
    for (int second = 1; second < 32; ++second) {
        bench.pass(1s);
        polls += static_cast<int>(bench.tick().requests.size());
        CHECK(cover(contact(bench, 0, 1)) == word("closing"));
    }
    CHECK(polls == 31);
    bench.pass(1s);
    auto seen = contact(bench, 0, 0);
    CHECK(cover(seen) == word("closed"));
    CHECK(state(seen, "timeout_0") == off);
    CHECK(state(seen, "close_duration_0") == Value());  // the device knows it: nothing is learnt

    contact(bench, 0, 1);
    bench.accept("cover_0", "state", word("CLOSE"), ack(0, 1, 1));
    bench.pass(35s);
    seen = bench.tick().observations;
    CHECK(cover(seen) == word("open"));
    CHECK(state(seen, "timeout_0") == on);
    CHECK(state(contact(bench, 0, 0), "timeout_0") == off);
}

TEST_CASE("a door that is there already does not move", "[meross][garage]") {
    Bench bench = msg100();
    contact(bench, 0, 1);
    // refused by newer firmware; older firmware claims to have done it
    CHECK(cover(bench.accept("cover_0", "state", word("OPEN"), ack(0, 1, 0))) == word("open"));
    CHECK(cover(bench.accept("cover_0", "state", word("OPEN"), ack(0, 1, 1))) == word("open"));
    CHECK(cover(bench.accept("cover_0", "state", word("CLOSE"), ack(0, 1, 0))) == word("open"));
    CHECK_FALSE(bench.wakes_in().has_value());
    // what the acknowledgement says of the door counts more than an older reading
    CHECK(cover(bench.accept("cover_0", "state", word("OPEN"), ack(0, 0, 1))) == word("opening"));
}

TEST_CASE("an acknowledgement may be a list of one", "[meross][garage]") {
    Bench bench = msg100();
    contact(bench, 0, 0);
    CHECK(cover(bench.accept("cover_0", "state", word("OPEN"), ack(0, 0, 0, true))) == word("closed"));
    CHECK(cover(bench.accept("cover_0", "state", word("OPEN"), ack(0, 0, 1, true))) == word("opening"));
}

TEST_CASE("what MQTT pushes is not asked for, but before a failure", "[meross][garage]") {
    Bench bench = msg100();
    bench.feed("GarageDoor.Config", config_of_421);
    contact(bench, 0, 0);
    bench.set_pushed(true);
    REQUIRE(bench.command("cover_0", word("OPEN")).has_value());
    CHECK(cover(contact(bench, 0, 1)) == word("opening"));  // the push is ahead of the acknowledgement
    CHECK(cover(bench.accept("cover_0", "state", word("OPEN"), ack(0, 0, 1))) == word("opening"));
    for (int second = 1; second < 30; ++second) {
        bench.pass(1s);
        CHECK(bench.tick().requests.empty());
    }
    bench.pass(1s);
    CHECK(cover(bench.tick().observations) == word("open"));

    bench.accept("cover_0", "state", word("CLOSE"), ack(0, 1, 1));
    for (int second = 1; second < 30; ++second) {
        bench.pass(1s);
        CHECK(bench.tick().requests.empty());
    }
    bench.pass(1s);
    CHECK(bench.tick().requests.size() == 1);
}

TEST_CASE("msg200: a push of channel 0, and what else comes with a push, are ignored", "[meross][garage]") {
    Bench bench = msg200();
    auto seen = bench.feed("GarageDoor.State", R"({"state":[{"channel":0,"open":1,"lmTime":0}]})");
    CHECK(seen.empty());
    seen = bench.feed("GarageDoor.State",
                      R"({"state":[{"channel":2,"doorEnable":1,"open":1,"lmTime":0,
                           "reason":{"online":{"timestamp":1}},"source":{"x":1}}]})");
    CHECK(cover(seen, 2) == word("open"));
    CHECK(cover(seen, 1) == Value());
    CHECK(bench.feed("GarageDoor.State", R"({"state":[]})").empty());
}

TEST_CASE("msg200 4.2.1: only the moving door is asked for", "[meross][garage]") {
    Bench bench = msg200("4.2.1");
    bench.feed_digest();
    bench.accept("cover_2", "state", word("OPEN"), ack(2, 0, 1));
    bench.pass(1s);
    CHECK(payloads(bench.tick().requests) == std::vector<Json>{json(R"({"state":{"channel":2}})")});
}

TEST_CASE("msg100 3.2.7: a door that is only in System.All is looked for there", "[meross][garage]") {
    Bench bench = msg100("3.2.7");
    bench.feed_digest();
    bench.accept("cover_0", "state", word("OPEN"), ack(0, 0, 1));
    std::string asked;
    for (int second = 0; second < 4; ++second) {
        bench.pass(1s);
        for (const auto& request : bench.tick().requests) asked = request.name_space;
    }
    CHECK(asked == "Appliance.System.All");
    // A session hands the digest on piece by piece.
    const auto parts = meross::split_digest(json(R"({"garageDoor":[{"channel":0,"open":1}]})"));
    REQUIRE(parts.size() == 1);
    const auto seen = bench.give(parts[0].name_space.substr(10), parts[0].payload);
    CHECK(state(seen, "door_0") == on);
    CHECK(cover(seen) == word("opening"));
}

TEST_CASE("an opener that says nothing of its doors has those of its model", "[meross][garage]") {
    CHECK(opener("msg200", "4.2.8", {}, "{}").has("cover_3"));
    CHECK_FALSE(opener("msg200", "4.2.8", {}, "{}").has("cover_0"));
    CHECK(opener("msg100", "4.2.8", {}, "{}").has("cover_0"));
    CHECK_FALSE(opener("msg200", "4.2.8", {}, R"({"garageDoor":[{"channel":0},{"channel":1},{"channel":2}]})")
                    .has("cover_0"));
    // without any configuration only what the bridge can keep is left
    CHECK(opener("msg100", "4.2.8", {}, one_door).keys() ==
          Keys{"close_duration_0", "cover_0", "door_0", "open_duration_0", "timeout_0"});
}
