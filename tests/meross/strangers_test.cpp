#include "support/catch.hpp"
#include "two_transports_house.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;
using lanbridge::model::Reason;
using model::Transport;
using test::right_key;
using House = test::TwoWayHouse;

TEST_CASE("pushes that may be forged or old are not believed, the device is asked",
          "[meross][mqtt][distrust]") {
    House house;
    auto& plug = house.move_in();
    house.start(House::one(House::on_broker()));
    house.pass(20s);
    Header header;
    header.name_space = "Appliance.Control.ToggleX";
    header.method = Method::push;
    header.from = publish_topic(sim::made_up_uuid(1));
    header.message_id = "00112233445566778899aabbccddeeff";
    header.timestamp = plug.clock_s();
    const Json off{{"togglex", {{{"channel", 0}, {"onoff", 0}}}}};
    SECTION("a wrong signature") { header.sign = "00112233445566778899aabbccddeeff"; }
    SECTION("a replay") {
        header.timestamp -= 3600;
        header.sign = sign(header.message_id, right_key, header.timestamp);
    }
    for (int i = 0; i < 100; ++i)
        house.broker.inject(publish_topic(sim::made_up_uuid(1)), serialize(header, off));
    CHECK(house.seen().values["switch_0"] == model::Value(true));
    house.pass(5s);
    CHECK(house.seen().values["switch_0"] == model::Value(true));
    CHECK(house.broker.count("Appliance.Control.ToggleX\",\"method\":\"GET\"") == 1);
}

TEST_CASE("a forged future does not make true pushes look old", "[meross][mqtt][distrust]") {
    House house;
    auto& plug = house.move_in();
    house.start(House::one(House::on_broker()));
    house.pass(20s);
    Header header;
    header.method = Method::push;
    header.from = publish_topic(sim::made_up_uuid(1));
    header.message_id = "00112233445566778899aabbccddeeff";
    header.timestamp = plug.clock_s() + 1'000'000;
    header.sign = header.message_id;
    for (const auto* name : {"Appliance.Control.ToggleX", "Appliance.System.Clock"}) {
        header.name_space = name;
        house.broker.inject(publish_topic(sim::made_up_uuid(1)), serialize(header, Json::object()));
    }
    house.pass(5s);
    CHECK(house.integration->health().at(0).distrusted == 2);
    REQUIRE(plug.press().has_value());
    house.time.settle();
    CHECK(house.seen().values["switch_0"] == model::Value(false));
    CHECK(house.integration->health().at(0).distrusted == 2);
}

TEST_CASE("a flood of forged pushes does not put off the question for ever", "[meross][mqtt][distrust]") {
    House house;
    house.move_in();
    house.start(House::one(House::on_broker()));
    house.pass(20s);
    Header header;
    header.name_space = "Appliance.Control.ToggleX";
    header.method = Method::push;
    header.from = publish_topic(sim::made_up_uuid(1));
    header.message_id = header.sign = "00112233445566778899aabbccddeeff";
    for (int i = 0; i < 40; ++i) {
        house.broker.inject(publish_topic(sim::made_up_uuid(1)), serialize(header, Json::object()));
        house.pass(250ms);
    }
    const auto asked = house.broker.count("Appliance.Control.ToggleX\",\"method\":\"GET\"");
    CHECK(asked >= 4);
    CHECK(asked <= 5);
}

TEST_CASE("whoever speaks in another's name, or nonsense, is counted and otherwise nothing",
          "[meross][mqtt][bad]") {
    House house;
    house.move_in();
    house.start(House::one(House::on_broker()));
    house.pass(5s);
    Header header;
    header.name_space = "Appliance.Control.Bind";
    header.method = Method::set;
    header.uuid = sim::made_up_uuid(1).value();
    header.message_id = "00";
    header.timestamp = 1'700'000'000;
    const auto text = serialize(header, Json::object());
    const auto answered = house.broker.published.size();
    house.broker.inject(publish_topic(sim::made_up_uuid(77)), text);
    house.broker.inject("/appliance/meross_lan/publish", text);
    house.broker.inject("/appliance//publish", text);
    for (const auto* nonsense : {"", "{", "[]", "null", "{\"header\":[],\"payload\":3}", "\xff\xfe"})
        house.broker.inject(publish_topic(sim::made_up_uuid(1)), nonsense);
    house.broker.inject(publish_topic(sim::made_up_uuid(1)), text, true);
    house.time.settle();
    CHECK(house.broker.published.size() == answered);
    CHECK(house.integration->inbound().foreign == 3);
    CHECK(house.integration->inbound().malformed == 7);
    CHECK(house.seen().availability.online);
}

TEST_CASE("an unknown device on the broker is served by the agent and, where a key fits, taken in",
          "[meross][mqtt][newcomers]") {
    House house;
    house.move_in();
    Settings settings;
    settings.keys = {Secret("other"), right_key};
    SECTION("a key fits") {
        house.start(settings);
        house.pass(20s);
        CHECK(house.seen().availability.online);
        CHECK(house.sessions[0]->stage() == sim::MqttSession::Stage::steady);
        house.stop();  // and it is known at the next start, before it has said anything
        house.sink.devices.clear();
        house.start(settings);
        CHECK(house.seen().availability.online);
    }
    SECTION("none does: it is listed with what is missing") {
        settings.keys = {Secret("other")};
        house.start(settings);
        house.pass(30s);
        CHECK_FALSE(house.sink.devices.contains(House::id()));
        REQUIRE(house.sink.candidates.size() == 1);
        CHECK(house.sink.candidates.begin()->second.reason == Reason::wrong_key);
        CHECK(house.broker.count("Appliance.Control.Bind") >= 1);
        const auto asked = house.broker.count("Appliance.System.Ability");
        house.pass(20min);
        CHECK(house.broker.count("Appliance.System.Ability") <= asked + 4);
    }
    SECTION("not where nobody wants it") {
        settings.sniff = false;
        house.start(settings);
        house.pass(30s);
        CHECK(house.sink.devices.empty());
        CHECK(house.broker.count("Appliance.System.Clock") >= 1);
    }
}

TEST_CASE("a flood of unknown devices is bounded", "[meross][mqtt][newcomers]") {
    House house;
    Settings settings;
    settings.keys = {right_key};
    house.start(settings);
    for (int i = 0; i < 5000; ++i) {
        const auto uuid = sim::made_up_uuid(static_cast<std::uint64_t>(1000 + i));
        Header header;
        header.name_space = "Appliance.Control.ToggleX";
        header.method = Method::push;
        header.from = publish_topic(uuid);
        header.timestamp = 1'700'000'000;
        house.broker.inject(publish_topic(uuid), serialize(header, Json::object()));
    }
    house.pass(1min);
    CHECK(house.integration->inbound().strangers == 5000);
    CHECK(house.integration->inbound().throttled >= 4700);
    CHECK(house.broker.published.size() < 400);
    CHECK(house.sink.devices.empty());
}

TEST_CASE("a device that moves is followed once it is sighted, and nobody else is taken for it",
          "[meross][discovery][addresses]") {
    House house;
    house.network.plug_in("10.0.0.5", "mss310", right_key, 1);
    Sighting sighting(FoundBy::udp);
    sighting.uuid = sim::made_up_uuid(1);
    sighting.endpoint = net::HttpEndpoint("10.0.0.5");
    Settings settings;
    settings.keys = {right_key};
    house.start(settings);
    house.integration->sighted(sighting);
    house.pass(6s);
    REQUIRE(house.seen(1).availability.online);
    int missed = 0;
    house.integration->on_seek([&] { ++missed; });
    SECTION("a lie is not believed while it answers where it is") {
        house.network.plug_in("10.0.0.66", "mss310", right_key, 66);
        const auto asked = house.network.requests["10.0.0.66"];
        sighting.endpoint = net::HttpEndpoint("10.0.0.66");
        house.integration->sighted(sighting);
        house.pass(1min);
        CHECK(house.network.requests["10.0.0.66"] == asked);
        CHECK(house.seen(1).description.address == "10.0.0.5");
    }
    SECTION("it moves") {
        house.network.plug_in("10.0.0.9", "mss310", right_key, 1);
        house.network.unplug("10.0.0.5");
        house.pass(60s);
        CHECK(missed > 0);
        sighting.endpoint = net::HttpEndpoint("10.0.0.9");
        house.integration->sighted(sighting);
        house.pass(6s);
        CHECK(house.seen(1).availability.online);
        CHECK(house.seen(1).description.address == "10.0.0.9");
        house.stop();
        house.start(settings);  // it is looked for there at once
        CHECK(house.seen(1).availability.online);
    }
    SECTION("it moves and is sighted before it has been missed for long") {
        house.network.plug_in("10.0.0.9", "mss310", right_key, 1);
        house.network.unplug("10.0.0.5");
        sighting.endpoint = net::HttpEndpoint("10.0.0.9");
        for (int i = 0; i < 60 && missed == 0; ++i) house.pass(1s);
        REQUIRE(house.seen(1).availability.online);
        house.integration->sighted(sighting);
        house.pass(10s);
        CHECK(house.seen(1).availability.online);
        CHECK(house.seen(1).description.address == "10.0.0.9");
    }
    SECTION("it is announced before it answers there") {
        house.network.unplug("10.0.0.5");
        house.pass(60s);
        sighting.endpoint = net::HttpEndpoint("10.0.0.9");
        house.integration->sighted(sighting);  // somebody else still lives there
        house.network.plug_in("10.0.0.9", "mss310", right_key, 9);
        house.pass(10s);
        REQUIRE_FALSE(house.seen(1).availability.online);
        house.network.plug_in("10.0.0.9", "mss310", right_key, 1);
        house.integration->sighted(sighting);
        house.pass(10s);
        CHECK(house.seen(1).availability.online);
    }
    SECTION("two swap their addresses") {
        auto& other = house.network.plug_in("10.0.0.6", "mss310", right_key, 2);
        CHECK(other.press().has_value());  // so that they differ
        Sighting second(FoundBy::udp);
        second.uuid = sim::made_up_uuid(2);
        second.endpoint = net::HttpEndpoint("10.0.0.6");
        house.integration->sighted(second);
        house.pass(6s);
        REQUIRE(house.seen(2).values["switch_0"] == model::Value(false));
        house.network.swap("10.0.0.5", "10.0.0.6");
        house.pass(60s);
        CHECK(house.seen(1).values["switch_0"] == model::Value(true));
        CHECK(house.seen(2).values["switch_0"] == model::Value(false));
        sighting.endpoint = net::HttpEndpoint("10.0.0.6");
        second.endpoint = net::HttpEndpoint("10.0.0.5");
        house.integration->sighted(sighting);
        house.integration->sighted(second);
        house.pass(20s);
        CHECK(house.seen(1).availability.online);
        CHECK(house.seen(2).availability.online);
        CHECK(house.seen(1).description.address == "10.0.0.6");
        CHECK(house.command("switch_0", true, 2) == Result<void>());
        CHECK(house.seen(1).values["switch_0"] == model::Value(true));
        CHECK(house.network.at("10.0.0.5").relay() == true);
    }
}

TEST_CASE("a device whose clock is wrong is asked, and corrects it", "[meross][mqtt][clock]") {
    House house;
    auto& plug = house.move_in();
    house.start(House::one(House::on_broker()));
    house.pass(30s);
    plug.set_clock(house.time.wall_ms() / 1000 - 500);
    house.pass(3min);
    CHECK(std::abs(plug.clock_s() - house.time.wall_ms() / 1000) <= 1);
}
