#include "meross_house.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;
using lanbridge::model::Reason;
using test::right_key;
using House = test::MerossHouse;

TEST_CASE("a plug is identified, described, available, and its values are known", "[meross][session]") {
    House house;
    house.network.plug_in("plug", "mss310", right_key);
    house.start(House::one(House::device("plug")));
    auto& plug = house.seen();
    CHECK(plug.availability.online);
    CHECK(plug.availability.reason == Reason::ok);
    CHECK(plug.read);
    CHECK(plug.description.manufacturer == "Meross");
    CHECK(plug.description.model_id == "mss310");
    CHECK(plug.description.address == "plug");
    for (const auto* key : {"switch_0", "power", "voltage", "current", "energy", "signal", "led"}) {
        INFO(key);
        CHECK(plug.description.entities->find(key) != nullptr);
        REQUIRE(plug.values.contains(key));
        CHECK_FALSE(std::holds_alternative<std::monostate>(plug.values[key]));
    }
    REQUIRE(house.sink.log.size() >= 3);
    CHECK(std::vector<std::string>(house.sink.log.begin(), house.sink.log.begin() + 3) ==
          std::vector<std::string>{"describe", "online", "observe"});
}

TEST_CASE("a device that hangs up on every packed request is asked at its own pace", "[meross][session]") {
    House house;
    house.network.plug_in("plug", "mss310", right_key);
    house.network.interfere([](const std::string&, const std::string& body) {
        std::optional<Result<net::HttpResponse>> instead;
        if (body.find("Appliance.Control.Multiple") != std::string::npos)
            instead = Error(Errc::closed, "plug: connection closed");
        return instead;
    });
    house.start(House::one(House::device("plug")));
    house.pass(1min);
    CHECK(house.seen().availability.online);
    const auto before = house.network.requests["plug"];
    house.pass(10min);
    // 20 cycles of about four requests, each followed by another, since a failure wants a second look
    CHECK(house.network.requests["plug"] - before < 250);
    CHECK(house.seen().values.contains("power"));
}

TEST_CASE("keys are tried in order, and a device's own key stands alone", "[meross][session][key]") {
    House house;
    house.network.plug_in("plug", "mss310", right_key);
    SECTION("shared keys until one fits") {
        auto settings = House::one(House::device("plug", std::nullopt));
        settings.keys = {Secret("wrong"), right_key};
        house.start(std::move(settings));
        CHECK(house.seen().availability.online);
    }
    SECTION("a wrong key of its own is reported with what to do, and not asked about in a hurry") {
        house.start(House::one(House::device("plug", Secret("wrong"))));
        REQUIRE(house.sink.candidates.contains("plug"));
        CHECK(house.sink.candidates["plug"].reason == Reason::wrong_key);
        CHECK_THAT(house.sink.candidates["plug"].detail, test::ContainsSubstring("meross.keys"));
        const auto before = house.network.requests["plug"];
        house.time.advance(280s);
        CHECK(house.network.requests["plug"] == before);
        house.time.advance(1h);
        CHECK(house.network.requests["plug"] <= before + 14);
    }
    SECTION("without any key the device's own signatures do") {
        house.start(House::one(House::device("plug", std::nullopt)));
        CHECK(house.seen().availability.online);
        CHECK(house.command("switch_0", false) == Result<void>());
        CHECK(house.network.at("plug").relay() == false);
    }
    SECTION("the empty key is a key, with reflection after it") {
        house.start(House::one(House::device("plug", Secret(""))));
        CHECK(house.seen().availability.online);
    }
}

TEST_CASE("an encrypting device is spoken to in its way", "[meross][session][encryption]") {
    House house;
    house.network.plug_in("plug", "mss110", right_key);
    SECTION("with its key") {
        house.start(House::one(House::device("plug")));
        CHECK(house.seen().availability.online);
        CHECK(house.command("switch_0", true) == Result<void>());
        CHECK(house.network.at("plug").relay() == true);
        CHECK(house.network.count("\"method\":\"SET\"") == 0);  // nothing but Ability travels in clear
    }
    SECTION("without it that is said") {
        house.start(House::one(House::device("plug", std::nullopt)));
        REQUIRE(house.sink.candidates.contains("plug"));
        CHECK(house.sink.candidates["plug"].reason == Reason::encrypted_without_key);
    }
}

TEST_CASE("a command is one SET, confirmed by what the device says", "[meross][session][command]") {
    House house;
    auto& plug = house.network.plug_in("plug", "mss310", right_key);
    house.start(House::one(House::device("plug")));
    for (const bool on : {false, true, true}) {
        house.network.bodies.clear();
        CHECK(house.command("switch_0", on) == Result<void>());
        CHECK(house.network.count("\"method\":\"SET\",\"payloadVersion\"") == 1);
        CHECK(plug.relay() == on);
        CHECK(house.seen().values["switch_0"] == model::Value(on));
        house.time.advance(5s);
    }
}

TEST_CASE("a dragged slider leads to one second look, not to one for each step",
          "[meross][session][command]") {
    House house;
    house.network.plug_in("plug", "mss310", right_key);
    house.start(House::one(House::device("plug")));
    for (int i = 0; i < 10; ++i) CHECK(house.command("switch_0", i % 2 == 0) == Result<void>());
    house.network.bodies.clear();
    house.time.advance(3s);
    CHECK(house.network.count("ToggleX") == 1);
}

TEST_CASE("an unplugged device fails a command fast, and nothing is replayed", "[meross][session][command]") {
    House house;
    auto& plug = house.network.plug_in("plug", "mss310", right_key);
    house.start(House::one(House::device("plug")));
    REQUIRE(house.command("switch_0", false) == Result<void>());
    house.network.unplug("plug");
    const auto failed = house.command("switch_0", true);
    REQUIRE(failed.has_value());
    REQUIRE(failed->has_error());
    CHECK(failed->error().is(Errc::unreachable));
    house.time.advance(6s);                         // it might have been on the broker instead
    CHECK_FALSE(house.seen().availability.online);  // the failed probe after it was the second failure
    CHECK(house.seen().availability.reason == Reason::unreachable);
    house.network.bodies.clear();
    house.network.plug_back("plug");
    house.time.advance(10min);
    CHECK(house.seen().availability.online);
    CHECK(plug.relay() == false);
    CHECK(house.network.count("\"method\":\"SET\",\"payloadVersion\"") ==
          house.network.count("Control.Multiple\",\"method\":\"SET\""));
}

TEST_CASE("a device goes off line at the second failure and costs almost nothing then",
          "[meross][session][offline]") {
    House house;
    house.network.plug_in("plug", "mss310", right_key);
    house.start(House::one(House::device("plug")));
    house.time.advance(2min);
    house.network.unplug("plug");
    house.time.advance(70s);
    CHECK_FALSE(house.seen().availability.online);
    const auto before = house.network.requests["plug"];
    house.time.advance(24h);
    CHECK(house.network.requests["plug"] - before <= 24 * 3600 / 295 + 12);
    house.network.plug_back("plug");
    house.time.advance(6min);
    CHECK(house.seen().availability.online);
}

TEST_CASE("another device at the address is refused or becomes a device of its own",
          "[meross][session][identity]") {
    House house;
    house.network.plug_in("plug", "mss310", right_key, 1);
    auto device = House::device("plug");
    SECTION("with a configured uuid nothing else is accepted") {
        device.uuid = sim::made_up_uuid(1);
        house.start(House::one(std::move(device)));
        REQUIRE(house.seen(1).availability.online);
        house.network.at("plug").set_uuid(sim::made_up_uuid(2));
        house.time.advance(1min);
        CHECK_FALSE(house.seen(1).availability.online);
        CHECK(house.seen(1).availability.reason == Reason::wrong_device);
        CHECK_FALSE(house.sink.devices.contains(House::id(2)));
        house.network.at("plug").set_uuid(sim::made_up_uuid(1));
        house.time.advance(10min);
        CHECK(house.seen(1).availability.online);
    }
    SECTION("without one the newcomer is served, and the old one is off line") {
        house.start(House::one(std::move(device)));
        REQUIRE(house.seen(1).availability.online);
        house.network.at("plug").set_uuid(sim::made_up_uuid(2));
        house.time.advance(12min);
        CHECK_FALSE(house.seen(1).availability.online);
        CHECK(house.seen(2).availability.online);
    }
}

TEST_CASE("a device that is known from an earlier run is described before it answers",
          "[meross][session][memory]") {
    House house;
    house.network.plug_in("plug", "mss310", right_key);
    house.start(House::one(House::device("plug")));
    const auto entities = house.seen().description.entities->entities().size();
    house.stop();
    house.sink.devices.clear();
    house.network.unplug("plug");
    house.start(House::one(House::device("plug")));
    CHECK(house.seen().description.entities->entities().size() == entities);
    CHECK_FALSE(house.seen().availability.online);
    CHECK_FALSE(house.seen().read);
    house.network.plug_back("plug");
    house.time.advance(10min);
    CHECK(house.seen().availability.online);
}

TEST_CASE("a reload disturbs nothing but what changed", "[meross][session][reload]") {
    House house;
    house.network.plug_in("one", "mss310", right_key, 1);
    house.network.plug_in("two", "mss210", right_key, 2);
    Settings settings;
    settings.devices = {House::device("one"), House::device("two")};
    house.start(settings);
    REQUIRE(house.seen(1).availability.online);
    REQUIRE(house.seen(2).availability.online);
    const auto asked = house.network.requests["one"];
    SECTION("a removed device has its topics cleared") {
        house.start(House::one(House::device("one")));
        CHECK(house.sink.removed == std::set<std::string>{House::id(2)});
        CHECK(house.memory.recall(model::DeviceId(House::id(2)), "met") == std::nullopt);
        CHECK(house.network.requests["one"] <= asked + 1);
    }
    SECTION("a renamed device keeps its identity") {
        settings.devices[1].name = "Lamp";
        house.start(settings);
        CHECK(house.sink.removed.empty());
        CHECK(house.seen(2).description.name == "Lamp");
        CHECK(house.seen(2).availability.online);
        CHECK(house.network.requests["one"] <= asked + 1);
    }
}

TEST_CASE("answers that make no sense end in protocol_error, not in a crash", "[meross][session][garbage]") {
    House house;
    house.network.plug_in("plug", "mss310", right_key);
    const std::string garbage = GENERATE(
        as<std::string>(), "", "null", "[]", "{\"header\":1,\"payload\":2}", "<html>", "{\"header\":{",
        "{\"header\":{\"method\":\"GETACK\"},\"payload\":{\"ability\":7}}", "\xff\xfe\x80");
    house.network.interfere([&](const std::string&, const std::string&) {
        net::HttpResponse response;
        response.status = 200;
        response.body = garbage;
        return std::optional<Result<net::HttpResponse>>(std::move(response));
    });
    house.start(House::one(House::device("plug")));
    INFO(garbage);
    REQUIRE(house.sink.candidates.contains("plug"));
    CHECK(house.sink.candidates["plug"].reason == Reason::protocol_error);
    house.network.interfere({});
    house.time.advance(10min);
    CHECK(house.seen().availability.online);
}

TEST_CASE("a time zone is written where the device has none", "[meross][session][time]") {
    House house;
    auto& plug = house.network.plug_in("plug", "mss310", right_key);
    plug.set_time_zone("", Json::array());
    auto device = House::device("plug");
    device.timezone = "Europe/Rome";
    house.start(House::one(std::move(device)));
    CHECK(house.network.count("Appliance.System.Time") == 1);
    CHECK(house.network.count("\"timezone\":\"Europe/Rome\"") == 1);
    house.time.advance(10min);  // the device says so itself now: nothing more is written
    CHECK(house.network.count("Appliance.System.Time") == 1);
    CHECK(plug.state("Appliance.System.All")["system"]["time"]["timezone"] == "Europe/Rome");
}

TEST_CASE("a device that answers everything but one namespace is online with that value unknown",
          "[meross][session][silence]") {
    House house;
    house.network.plug_in("plug", "mss310", right_key);
    house.network.interfere(
        [](const std::string&, const std::string& body) -> std::optional<Result<net::HttpResponse>> {
            if (body.find("System.Runtime") != std::string::npos) return Error(Errc::closed, "plug");
            return std::nullopt;
        });
    house.start(House::one(House::device("plug")));
    CHECK(house.seen().availability.online);
    CHECK(house.seen().description.entities->find("signal") != nullptr);
    CHECK_FALSE(house.seen().values.contains("signal"));
    house.time.advance(1h);
    CHECK(house.seen().availability.online);
    CHECK(house.network.count("System.Runtime") <= 6);
}

TEST_CASE("changes on the device arrive with the next poll", "[meross][session][poll]") {
    House house;
    auto& plug = house.network.plug_in("plug", "mss310", right_key);
    house.start(House::one(House::device("plug")));
    REQUIRE(plug.press(0));
    house.time.advance(46s);
    CHECK(house.seen().values["switch_0"] == model::Value(*plug.relay()));
}
