#include "admin/fixture.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::admin;
using namespace lanbridge::admin::test;
using lanbridge::test::ContainsSubstring;
using model::DeviceId;
using Lines = std::vector<std::string>;

namespace {

asio::awaitable<Result<Json>> echo(Json args) { co_return args; }

/// Answers after some time; keeps count of how many run.
struct Slow {
    asio::awaitable<Result<Json>> answer(TimeSource::Clock::duration takes) {
        ++running;
        const auto cancelled = co_await time.sleep(takes);
        --running;
        if (cancelled) co_return Error(Errc::cancelled);
        co_return Json("late");
    }
    TimeSource& time;
    int running = 0;
};

std::string error_of(const Json& response) { return string_or(response, {"error"}, "no error"); }

}  // namespace

TEST_CASE("a request is answered on the topic of the same name, with its transaction", "[admin][requests]") {
    World world;
    world.admin.add_request("echo", &echo);
    const auto response = world.ask("echo", R"({"a":1,"transaction":{"id":[7]}})");
    CHECK(response == parse_json(R"({"status":"ok","data":{"a":1},"transaction":{"id":[7]}})").value());
    CHECK(!world.outbox.sent.back().retain);
    CHECK(world.outbox.sent.back().qos == 0);
}

TEST_CASE("topics match in any letter case, others are not ours", "[admin][requests]") {
    World world;
    world.admin.add_request("Echo/Twice", &echo);
    CHECK(world.admin.request_filter() == "lanbridge/bridge/request/#");
    CHECK(world.admin.on_message("lanbridge/bridge/request/ECHO/twice", "{}", false));
    world.time.settle();
    CHECK(world.outbox.json("bridge/response/echo/twice")["status"] == "ok");
    CHECK(!world.admin.on_message("lanbridge/bridge/request/", "{}", false));
    CHECK(!world.admin.on_message("lanbridge/bridge/response/echo", "{}", false));
    CHECK(!world.admin.on_message("lanbridge/meross_1/switch_0/set", "ON", false));
}

TEST_CASE("plain payloads are tolerated, broken JSON is not", "[admin][requests]") {
    World world;
    world.admin.add_request("echo", &echo);
    CHECK(world.ask("echo")["data"] == Json::object());
    CHECK(world.ask("echo", " meross_1 \n")["data"]["value"] == "meross_1");
    CHECK(world.ask("echo", "\"meross_1\"")["data"]["value"] == "meross_1");
    CHECK(world.ask("echo", "12")["data"]["value"] == 12);
    CHECK_THAT(error_of(world.ask("echo", "{\"a\":")), ContainsSubstring("JSON is broken at character"));
    CHECK_THAT(error_of(world.ask("echo", "{\"a\":\xff}")), ContainsSubstring("JSON is broken"));
    CHECK_THAT(error_of(world.ask("echo", std::string(300'000, 'x'))),
               ContainsSubstring("at most 262144 bytes"));
}

TEST_CASE("an unknown request is answered with the known ones", "[admin][requests]") {
    World world;
    const auto response = world.ask("nonsense", R"({"transaction":5})");
    CHECK(response["status"] == "error");
    CHECK(response["transaction"] == 5);
    CHECK_THAT(error_of(response), ContainsSubstring("\"nonsense\""));
    CHECK_THAT(error_of(response), ContainsSubstring("device/rename"));
    CHECK_THAT(error_of(response), ContainsSubstring("homeassistant/clear"));
}

TEST_CASE("a request that takes too long is ended and says so", "[admin][requests]") {
    World world;
    Slow slow{world.time};
    world.admin.add_request(
        "slow", [&slow](Json) { return slow.answer(1h); }, 20s);
    CHECK(world.ask("slow", "{}").is_null());
    world.time.advance(19s);
    CHECK(slow.running == 1);
    world.time.advance(2s);
    CHECK(slow.running == 0);
    CHECK(world.outbox.json("bridge/response/slow")["status"] == "error");
}

TEST_CASE("only so many requests run at once", "[admin][requests]") {
    World world;
    Slow slow{world.time};
    world.admin.add_request("slow", [&slow](Json) { return slow.answer(10s); });
    for (int i = 0; i < 20; ++i) world.admin.on_message("lanbridge/bridge/request/slow", "{}", false);
    world.time.settle();
    CHECK(slow.running == 16);
    CHECK(world.outbox.count("bridge/response/slow") == 4);
    CHECK_THAT(error_of(world.outbox.json("bridge/response/slow")),
               ContainsSubstring("16 requests are running"));
    world.time.advance(11s);
    CHECK(world.outbox.count("bridge/response/slow") == 20);
    CHECK(world.ask("health")["status"] == "ok");
}

TEST_CASE("a handler that throws costs its own request only", "[admin][requests]") {
    World world;
    world.admin.add_request("bad",
                            [](Json) -> asio::awaitable<Result<Json>> { throw std::runtime_error("oh"); });
    CHECK_THAT(error_of(world.ask("bad")), ContainsSubstring("oh"));
    CHECK(world.ask("health")["status"] == "ok");
}

TEST_CASE("a device's own error comes with what it sent", "[admin][requests]") {
    World world;
    world.admin.add_request("both", [](Json) -> asio::awaitable<Reply> {
        co_return Reply(Error(Errc::device_error, "5000"), Json("its words"));
    });
    const auto response = world.ask("both");
    CHECK(response["status"] == "error");
    CHECK(response["data"] == "its words");
    CHECK_THAT(error_of(response), ContainsSubstring("5000"));
}

TEST_CASE("a retained request is not carried out but cleared, once", "[admin][requests]") {
    World world;
    world.start();
    world.time.advance(10s);
    world.outbox.sent.clear();
    CHECK(world.admin.on_message("lanbridge/bridge/request/restart", "{}", true));
    world.time.advance(1s);
    CHECK(world.restarts == 0);
    REQUIRE(world.outbox.sent.size() == 1);
    CHECK(world.outbox.sent[0].topic == "lanbridge/bridge/request/restart");
    CHECK(world.outbox.sent[0].payload.empty());
    CHECK(world.outbox.sent[0].retain);

    world.admin.on_message("lanbridge/bridge/request/restart", "", false);  // our own clearing, come back
    world.time.advance(1s);
    CHECK(world.restarts == 0);
    world.admin.on_message("lanbridge/bridge/request/restart", "", false);  // somebody's wish
    world.time.advance(1s);
    CHECK(world.restarts == 1);
}

TEST_CASE("devices are renamed by id, name or uuid", "[admin][requests]") {
    World world;
    world.start();
    world.plug("meross_1", "Kettle");
    CHECK(world.ask("device/rename", R"({"device":"kettle","name":"Teapot"})")["data"] ==
          parse_json(R"({"id":"meross_1","name":"Teapot"})").value());
    CHECK(world.memory.recall(DeviceId("meross_1"), model::name_topic) == "\"Teapot\"");
    CHECK(world.ask("device/rename", R"({"device":"uuid-meross_1","name":"Pot"})")["status"] == "ok");
    CHECK_THAT(error_of(world.ask("device/rename", R"({"device":"meross_1"})")),
               ContainsSubstring("new name"));
    CHECK_THAT(error_of(world.ask("device/rename", "{}")), ContainsSubstring("name the device"));
    CHECK_THAT(error_of(world.ask("device/rename", R"({"device":"x","name":"y"})")),
               ContainsSubstring("no device \"x\""));
    CHECK_THAT(error_of(world.ask("device/rename", R"({"device":"bridge_lanbridge","name":"y"})")),
               ContainsSubstring("bridge"));

    auto configured = world.registry.find(DeviceId("meross_1"))->description();
    configured.name_is_configured = true;
    world.registry.describe(configured, world.driver);
    CHECK_THAT(error_of(world.ask("device/rename", R"({"device":"meross_1","name":"y"})")),
               ContainsSubstring("configuration"));
}

TEST_CASE("a removed device is gone and remembered as removed", "[admin][requests]") {
    World world;
    world.start();
    world.plug("meross_1", "Kettle");
    world.memory.remember(DeviceId("meross_1"), "met", "{}");
    CHECK(world.ask("device/remove", "Kettle")["status"] == "ok");
    CHECK(world.taken_out == Lines{"meross_1"});
    CHECK(world.registry.find(DeviceId("meross_1")) == nullptr);
    CHECK(!world.memory.recall(DeviceId("meross_1"), "met"));
    CHECK(world.memory.recall(DeviceId("meross_1"), model::removed_topic) == "true");
    CHECK(world.ask("device/remove", "Kettle")["status"] == "error");
    CHECK(world.ask("device/remove", "bridge_lanbridge")["status"] == "error");
}

TEST_CASE("refreshing takes one device or all", "[admin][requests]") {
    World world;
    world.start();
    world.plug("meross_1", "Kettle");
    world.plug("meross_2", "Lamp");
    CHECK(world.ask("device/refresh", R"({"device":"Lamp"})")["data"]["id"] == "meross_2");
    CHECK(world.driver.refreshes == 1);
    CHECK(world.ask("device/refresh")["status"] == "ok");
    CHECK(world.driver.refreshes == 3);
    CHECK(world.ask("device/refresh", "Chair")["status"] == "error");
}

TEST_CASE("the log level is told and set", "[admin][requests]") {
    World world;
    world.start();
    CHECK(world.ask("log_level")["data"]["level"] == "info");
    CHECK(world.ask("log_level", "debug")["data"]["level"] == "debug");
    CHECK(world.ask("log_level", R"({"level":"warn"})")["data"]["level"] == "warn");
    CHECK(world.level == log::Level::warn);
    CHECK_THAT(error_of(world.ask("log_level", "loud")), ContainsSubstring("\"loud\" is no level"));
}

TEST_CASE("restart answers first", "[admin][requests]") {
    World world;
    world.start();
    CHECK(world.ask("restart")["status"] == "ok");
    CHECK(world.restarts == 0);
    world.time.advance(1s);
    CHECK(world.restarts == 1);
}

TEST_CASE("what the composition does not offer says so", "[admin][requests]") {
    World world;
    CHECK_THAT(error_of(world.ask("discover")), ContainsSubstring("does not offer"));
    CHECK_THAT(error_of(world.ask("homeassistant/clear")), ContainsSubstring("does not offer"));
    world.admin.add_request("discover", &echo);
    CHECK(world.ask("discover")["status"] == "ok");
}
