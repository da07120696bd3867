#include "support/catch.hpp"
#include "two_transports_house.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;
using model::Transport;
using test::right_key;
using House = test::TwoWayHouse;

TEST_CASE("a device that is known by its uuid is served over MQTT", "[meross][mqtt]") {
    House house;
    auto& plug = house.move_in();
    house.start(House::one(House::on_broker()));
    CHECK(house.seen().availability.online);
    CHECK(house.transport() == Transport::mqtt);
    CHECK(house.seen().values["transport"] == model::Value("mqtt"));
    CHECK(house.network.requests["10.0.0.5"] == 0);
    SECTION("a command is one SET, confirmed by the push") {
        const auto asked = house.broker.count("\"method\":\"GET\"");
        CHECK(house.command("switch_0", false) == Result<void>());
        CHECK(plug.relay() == false);
        CHECK(house.seen().values["switch_0"] == model::Value(false));
        CHECK(house.sets(plug) == 1);
        CHECK(house.broker.count("\"method\":\"GET\"") == asked);
    }
    SECTION("its button shows at once, and nobody polls the switch") {
        house.pass(2min);
        REQUIRE(plug.press().has_value());
        house.time.settle();
        CHECK(house.seen().values["switch_0"] == model::Value(false));
        CHECK(house.broker.count("Appliance.Control.ToggleX") == 0);
    }
    SECTION("a push that is lost is made up for by a question") {
        house.faults().drop_pushes = true;
        house.command("switch_0", false);
        house.pass(2s);
        CHECK(house.seen().values["switch_0"] == model::Value(false));
        CHECK(house.sets(plug) == 1);
    }
    SECTION("Bind and Clock have been answered") {
        CHECK(house.broker.count("Appliance.Control.Bind") == 1);
        CHECK(house.broker.count("Appliance.System.Clock") >= 1);
        CHECK(house.sessions[0]->stage() == sim::MqttSession::Stage::steady);
    }
}

TEST_CASE("the broker dies: HTTP takes over within a poll, and MQTT is back within a heartbeat",
          "[meross][auto]") {
    House house;
    auto& plug = house.move_in();
    house.start(House::one(House::on_broker()));
    house.pass(1min);
    house.broker.kill();
    house.pass(1s);
    CHECK(house.transport() == Transport::http);
    CHECK(house.seen().availability.online);
    CHECK(house.command("switch_0", false) == Result<void>());
    CHECK(plug.relay() == false);
    house.pass(1min);
    CHECK(house.seen().availability.online);
    SECTION("by its birth messages") {
        house.broker.revive();
        house.pass(10s);
        CHECK(house.transport() == Transport::mqtt);
    }
    SECTION("or, if it says nothing, by what it tells over HTTP") {
        house.faults().drop_pushes = true;
        house.broker.revive();
        house.pass(300s);
        CHECK(house.transport() == Transport::mqtt);
    }
    CHECK(house.command("switch_0", true) == Result<void>());
    CHECK(house.sets(plug) == 2);
}

TEST_CASE("HTTP dies under a configured address: MQTT takes over, and HTTP is back within a heartbeat",
          "[meross][auto]") {
    House house;
    auto& plug = house.move_in();
    house.start(House::one(House::device("10.0.0.5")));
    house.pass(1min);
    REQUIRE(house.transport() == Transport::http);
    house.network.unplug("10.0.0.5");
    house.pass(30s);
    CHECK(house.seen().availability.online);
    CHECK(house.command("switch_0", false) == Result<void>());
    CHECK(house.transport() == Transport::mqtt);
    CHECK(house.sets(plug) == 1);
    const auto before = house.network.requests["10.0.0.5"];
    house.pass(4min);
    CHECK(house.network.requests["10.0.0.5"] - before <= 2);  // not with every poll
    house.network.plug_back("10.0.0.5");
    house.pass(300s);
    CHECK(house.transport() == Transport::http);
    CHECK(house.seen().values["transport"] == model::Value("http"));
}

TEST_CASE("a SET whose answer was lost is not executed twice", "[meross][auto]") {
    House house;
    auto& plug = house.move_in();
    house.start(House::one(House::on_broker()));
    house.pass(20s);
    SECTION("executed on MQTT, found done over HTTP") {
        house.faults().unanswered = true;
        house.faults().drop_pushes = true;
        house.command("switch_0", false);
        house.pass(30s);
        CHECK(plug.relay() == false);
        CHECK(house.sets(plug) == 1);
        CHECK(house.seen().values["switch_0"] == model::Value(false));
        CHECK(house.transport() == Transport::http);
    }
    SECTION("not executed on MQTT, sent over HTTP") {
        house.faults().silent = true;
        house.command("switch_0", false);
        house.pass(8s);
        CHECK(plug.relay() == false);
        CHECK(house.sets(plug) == 1);
    }
    SECTION("the broker is lost in the middle of it") {
        house.faults().delay = 3s;
        house.command("switch_0", false);
        house.broker.kill();
        house.pass(5s);
        CHECK(plug.relay() == false);
        CHECK(house.sets(plug) == 1);
        house.broker.revive();
        house.pass(1min);
        CHECK(house.sets(plug) == 1);  // nothing was kept to be sent later
    }
}

TEST_CASE("both transports dead is off line, and either one brings it back", "[meross][auto]") {
    House house;
    auto& plug = house.move_in();
    const bool by_host = GENERATE(true, false);
    house.start(House::one(by_host ? House::device("10.0.0.5") : House::on_broker()));
    house.pass(20s);
    house.broker.kill();
    house.network.unplug("10.0.0.5");
    house.pass(90s);
    REQUIRE_FALSE(house.seen().availability.online);
    const auto refused = house.command("switch_0", false);
    REQUIRE(refused.has_value());
    CHECK(refused->has_error());
    SECTION("HTTP first") {
        house.network.plug_back("10.0.0.5");
        house.pass(6min);
        CHECK(house.transport() == Transport::http);
        house.broker.revive();
        house.pass(10s);
        CHECK(house.transport() == (by_host ? Transport::http : Transport::mqtt));
    }
    SECTION("MQTT first") {
        house.broker.revive();
        house.pass(10s);
        CHECK(house.transport() == Transport::mqtt);
        house.network.plug_back("10.0.0.5");
        house.pass(6min);
        CHECK(house.transport() == (by_host ? Transport::http : Transport::mqtt));
    }
    CHECK(house.seen().availability.online);
    CHECK(house.sets(plug) == 0);
}

TEST_CASE("a forced transport is the only one", "[meross][auto]") {
    House house;
    house.move_in();
    SECTION("mqtt") {
        auto device = House::on_broker();
        device.protocol = Protocol::mqtt;
        device.endpoint = net::HttpEndpoint("10.0.0.5");
        house.start(House::one(std::move(device)));
        REQUIRE(house.transport() == Transport::mqtt);
        house.broker.kill();
        house.pass(1s);
        CHECK_FALSE(house.seen().availability.online);
        CHECK(house.network.requests["10.0.0.5"] == 0);
    }
    SECTION("http") {
        auto device = House::device("10.0.0.5");
        device.protocol = Protocol::http;
        house.start(House::one(std::move(device)));
        REQUIRE(house.transport() == Transport::http);
        house.network.unplug("10.0.0.5");
        house.pass(90s);
        CHECK_FALSE(house.seen().availability.online);
        CHECK(house.broker.count("Appliance.System.All") == 0);
    }
}

TEST_CASE("a stranger with another key at its address does not keep a device from the broker",
          "[meross][auto]") {
    House house;
    house.move_in();
    auto device = House::device("10.0.0.66", std::nullopt);
    device.uuid = sim::made_up_uuid(1);
    house.network.plug_in("10.0.0.66", "mss310", Secret("another key"), 66);
    auto settings = House::one(std::move(device));
    settings.keys = {right_key};
    house.start(std::move(settings));
    house.pass(20s);
    CHECK(house.seen().availability.online);
    CHECK(house.transport() == Transport::mqtt);
}

TEST_CASE("a device whose clock was ahead is believed once it is set back", "[meross][mqtt][clock]") {
    House house;
    auto& plug = house.move_in();
    plug.set_clock(house.time.wall_ms() / 1000 + 4000);
    house.start(House::one(House::on_broker()));
    house.pass(3min);
    REQUIRE(std::abs(plug.clock_s() - house.time.wall_ms() / 1000) <= 1);
    REQUIRE(plug.press().has_value());
    house.time.settle();
    CHECK(house.seen().values["switch_0"] == model::Value(false));
    CHECK(house.broker.count("Appliance.Control.ToggleX\",\"method\":\"GET\"") == 0);
}

TEST_CASE("devices that join the broker after us are there as soon as they speak", "[meross][mqtt]") {
    House house;
    auto& plug = house.network.plug_in("10.0.0.5", "mss310", right_key, 1);
    plug.set_address("10.0.0.5");
    house.start(House::one(House::on_broker()));
    CHECK_FALSE(house.sink.devices[House::id()].availability.online);
    house.pass(std::chrono::seconds(GENERATE(0, 1, 3, 4, 20)));
    house.sessions.push_back(&house.broker.join(plug));
    house.pass(16s);
    CHECK(house.seen().availability.online);
}
