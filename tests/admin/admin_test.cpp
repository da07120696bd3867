#include "lanbridge/admin/admin.hpp"

#include "admin/fixture.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::admin;
using namespace lanbridge::admin::test;
using lanbridge::test::ContainsSubstring;
using model::DeviceId;
using Lines = std::vector<std::string>;

TEST_CASE("a connection begins with online, then info and devices", "[admin]") {
    World world;
    world.start();
    REQUIRE(world.outbox.sent.size() >= 2);
    CHECK(world.outbox.sent[0].topic == "lanbridge/bridge/state");
    CHECK(world.outbox.sent[0].payload == "online");
    CHECK(world.outbox.sent[0].qos == 1);
    CHECK(world.outbox.sent[0].retain);
    CHECK(world.outbox.sent[1].topic == "lanbridge/bridge/info");
    world.time.advance(1s);
    const auto list = world.outbox.last("bridge/devices");
    REQUIRE(list);
    CHECK(list->payload == "[]");
    CHECK(list->qos == 1);
    CHECK(list->retain);

    SECTION("and so does every other") {
        world.outbox.sent.clear();
        world.admin.on_connected();
        world.time.advance(6s);
        CHECK(world.outbox.count("bridge/state") == 1);
        CHECK(world.outbox.count("bridge/info") == 1);
        CHECK(world.outbox.count("bridge/devices") == 1);
    }
    SECTION("and ends with offline") {
        world.admin.say_offline();
        CHECK(world.outbox.sent.back().payload == "offline");
        CHECK(world.outbox.sent.back().retain);
    }
}

TEST_CASE("bridge/info names version, start, counts, broker and configuration", "[admin]") {
    World world;
    world.start();
    world.plug("meross_1", "Kettle");
    world.online("meross_1");
    world.time.advance(6s);
    const auto info = world.outbox.json("bridge/info");
    CHECK(info["version"] == "1.2.3");
    CHECK(info["start_time"] == "2023-11-14T22:13:20+00:00");
    CHECK(info["counts"]["devices"] == 1);
    CHECK(info["counts"]["online"] == 1);
    CHECK(info["counts"]["entities"] == 1);
    CHECK(info["broker"]["url"] == "mqtt://127.0.0.1");
    CHECK(info["configuration"]["digest"] == "abc");
}

TEST_CASE("bridge/devices has one object per device and candidate, with the reason", "[admin]") {
    World world;
    world.start();
    world.plug("meross_1", "Kettle");
    world.plug("meross_2", "Lamp");
    world.online("meross_1");
    model::Candidate candidate;
    candidate.name = "mss310";
    candidate.address = "192.168.1.9";
    candidate.transport = model::Transport::http;
    candidate.reason = model::Reason::wrong_key;
    candidate.detail = "add its key";
    world.registry.set_candidate("x", candidate);
    world.time.advance(6s);
    const auto list = world.outbox.json("bridge/devices");
    REQUIRE(list.size() == 3);
    const auto kettle = parse_json(
        R"({"id":"meross_1","name":"Kettle","model":"mss310","firmware":"6.3.22","address":"192.168.1.20",
            "transport":"http","availability":"online","reason":"ok","entities":["switch_0"]})");
    CHECK(list[0] == *kettle);
    CHECK(list[1]["availability"] == "offline");
    CHECK(list[1]["reason"] == "starting");
    CHECK(list[1].contains("detail"));
    CHECK_FALSE(list[1].contains("unknown"));
    CHECK(list[2]["id"].is_null());
    CHECK(list[2]["reason"] == "wrong_key");
    CHECK(list[2]["detail"] == "add its key");
}

TEST_CASE("bridge/devices lists what is not understood of a device", "[admin]") {
    World world;
    world.start();
    world.plug("meross_1", "Kettle");
    world.plug("meross_2", "Lamp");
    world.time.advance(6s);
    CHECK_FALSE(world.outbox.json("bridge/devices")[1].contains("unknown"));
    world.unknown["meross_2"] = *parse_json(R"([{"name":"Appliance.Control.Disco","payload":"{}"}])");
    world.admin.unknown_changed();
    world.time.advance(6s);
    CHECK_FALSE(world.outbox.json("bridge/devices")[0].contains("unknown"));
    CHECK(world.outbox.json("bridge/devices")[1]["unknown"] == world.unknown["meross_2"]);
}

TEST_CASE("bridge/devices is published after changes only, every 5 s at most", "[admin]") {
    World world;
    world.start();
    world.time.advance(10s);
    world.outbox.sent.clear();
    world.time.advance(10min);
    CHECK(world.outbox.count("bridge/devices") == 0);
    for (int i = 0; i < 100; ++i) {
        world.plug("meross_" + std::to_string(i), "Plug");
        world.time.advance(100ms);
    }
    world.time.advance(10s);
    CHECK(world.outbox.count("bridge/devices") >= 2);
    CHECK(world.outbox.count("bridge/devices") <= 4);
    CHECK(world.outbox.json("bridge/devices").size() == 100);
}

TEST_CASE("above 500 devices the list goes without entities", "[admin]") {
    World world;
    for (int i = 0; i < 501; ++i) world.plug("meross_" + std::to_string(1000 + i), "Plug");
    world.start();
    world.time.advance(1s);
    const auto list = world.outbox.json("bridge/devices");
    CHECK(list.size() == 501);
    CHECK(!list[0].contains("entities"));
}

TEST_CASE("a list that the broker did not take is sent once it does", "[admin]") {
    World world;
    world.start();
    world.time.advance(6s);
    world.outbox.sent.clear();
    world.outbox.capacity = 0;
    world.plug("meross_1", "Kettle");
    world.time.advance(1min);
    CHECK(world.outbox.sent.empty());
    world.outbox.capacity = 1000;
    world.admin.on_connected();
    world.time.advance(6s);
    CHECK(world.outbox.json("bridge/devices").size() == 1);
}

TEST_CASE("events tell of devices found, lost, renamed, removed and refusing", "[admin]") {
    World world;
    world.start();
    world.plug("meross_1", "Kettle");
    world.online("meross_1");
    model::Availability gone;
    gone.reason = model::Reason::unreachable;
    gone.detail = "no answer";
    world.registry.set_availability(DeviceId("meross_1"), gone);
    world.command(model::Command(DeviceId("meross_1"), "switch_0", "state", true));
    REQUIRE(world.registry.rename(DeviceId("meross_1"), "Teapot"));
    world.registry.remove(DeviceId("meross_1"));
    world.time.advance(2s);
    Lines types;
    for (const auto& publication : world.outbox.sent) {
        if (publication.topic != "lanbridge/bridge/event") continue;
        CHECK(!publication.retain);
        types.push_back(parse_json(publication.payload).value()["type"].get<std::string>());
    }
    CHECK(types == Lines{"device_found", "device_lost", "device_error", "device_renamed", "device_removed"});
    const auto removed = world.outbox.json("bridge/event");
    CHECK(removed["data"]["id"] == "meross_1");
    CHECK(removed["data"]["name"] == "Teapot");
}

TEST_CASE("a flood of events is paced and bounded", "[admin]") {
    World world;
    world.start();
    world.outbox.sent.clear();
    for (int i = 0; i < 3000; ++i) world.admin.event("device_found", Json::object());
    world.time.settle();
    CHECK(world.outbox.count("bridge/event") <= 20);
    world.time.advance(1s);
    CHECK(world.outbox.count("bridge/event") <= 240);
    world.time.advance(1min);
    CHECK(world.outbox.count("bridge/event") == 1024);
    CHECK(world.admin.health()["events_dropped"] == 3000 - 1024);
}

TEST_CASE("health is told every minute, with the sections of others", "[admin]") {
    World world;
    world.admin.add_health("mqtt", [] { return parse_json(R"({"queued":7})").value(); });
    world.start();
    world.time.advance(59s);
    CHECK(world.outbox.count("bridge/health") == 0);
    world.time.advance(2min);
    CHECK(world.outbox.count("bridge/health") == 2);
    const auto health = world.outbox.json("bridge/health");
    CHECK(health["uptime_s"] == 120);
    CHECK(health["rss_bytes"].get<std::uint64_t>() > 1'000'000);
    CHECK(health["cpu_s"].get<double>() >= 0);
    CHECK(health["mqtt"]["queued"] == 7);
    CHECK(!world.outbox.last("bridge/health")->retain);
}

TEST_CASE("the bridge is a device of its own", "[admin][bridge]") {
    World world;
    world.start();
    world.plug("meross_1", "Kettle");
    world.online("meross_1");
    const auto* bridge = world.registry.find(DeviceId("bridge_lanbridge"));
    REQUIRE(bridge);
    CHECK(bridge->description().is_bridge);
    CHECK(bridge->been_read());
    CHECK(bridge->availability().online);
    Lines keys;
    for (const auto& entity : bridge->entities().entities()) keys.push_back(entity.key);
    CHECK(keys == Lines{"connection", "devices_online", "log_level", "restart", "version"});
    CHECK(std::get<std::string>(bridge->value("version")->value) == "1.2.3");
    CHECK(std::get<std::int64_t>(bridge->value("devices_online")->value) == 1);
    CHECK(bridge_device_id("my home/x-1") == "bridge_my_home_x-1");

    SECTION("its log level can be set") {
        world.command(
            model::Command(DeviceId("bridge_lanbridge"), "log_level", "state", std::string("warn")));
        CHECK(world.level == log::Level::warn);
        CHECK(std::get<std::string>(bridge->value("log_level")->value) == "warn");
    }
    SECTION("it restarts, once, when its button is pressed") {
        for (int i = 0; i < 2; ++i)
            world.command(model::Command(DeviceId("bridge_lanbridge"), "restart", "state", model::Value()));
        CHECK(world.restarts == 0);
        world.time.advance(1s);
        CHECK(world.restarts == 1);
    }
}

TEST_CASE("log records go to bridge/logging when configured, at a bounded rate", "[admin][logging]") {
    auto settings = default_settings();
    settings.mqtt_log_level = log::Level::info;
    World world(std::move(settings));
    world.start();
    const log::Logger logger("test.logging");
    logger.info("hello {}", 1);
    logger.debug("not this");
    log::Logger("mqtt.link").info("published something");
    world.time.advance(1s);
    auto lines = world.outbox.all("bridge/logging");
    REQUIRE(lines.size() == 1);
    CHECK(parse_json(lines[0]).value() ==
          parse_json(R"({"level":"info","logger":"test.logging","message":"hello 1"})").value());

    for (int i = 0; i < 1000; ++i) {
        logger.info("flood {}", i);
        if (i % 100 == 0) world.time.settle();
    }
    world.time.advance(1min);
    CHECK(world.outbox.count("bridge/logging") < 130);
    logger.info("after");
    world.time.advance(1s);
    lines = world.outbox.all("bridge/logging");
    CHECK_THAT(lines[lines.size() - 2], ContainsSubstring("left out"));
    CHECK_THAT(lines.back(), ContainsSubstring("after"));
    CHECK(world.admin.health()["log_records_dropped"].get<int>() > 800);

    world.admin.configure("abc", log::Level::off);
    world.outbox.sent.clear();
    logger.info("quiet");
    world.time.advance(1s);
    CHECK(world.outbox.count("bridge/logging") == 0);
}
