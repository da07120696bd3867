#include "hub_bench.hpp"

#include "meross/features/names.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using lanbridge::model::Reason;
namespace ns = lanbridge::meross::ns;

TEST_CASE("each subdevice is a device behind its hub", "[meross][hub]") {
    HubHouse house;
    HubBench hub(house);
    hub.start(list({valve, door}));
    hub.read("Hub.SubDevice.Version",
             R"({"version":[{"id":"0300000A","hardware":"1.1.5","firmware":"5.1.8"}]})");
    REQUIRE(hub.has("0300000a"));
    const auto& seen = hub.seen("0300000a");
    CHECK(seen.description.name == "Radiator Valve 000A");
    CHECK(seen.description.model == "mts150");
    CHECK(seen.description.via == model::DeviceId("meross_hub"));
    CHECK(seen.description.hw_version == "1.1.5");
    CHECK(seen.description.sw_version == "5.1.8");
    CHECK(seen.description.mac.empty());
    CHECK(seen.availability.online);
    CHECK(seen.read);
    CHECK(seen.driver == &hub.driver());
    CHECK(seen.description.entities->find("climate"));
    REQUIRE(hub.has("160000000001"));
    CHECK(hub.seen("160000000001").description.name == "Door/Window Sensor 0001");
    CHECK(hub.seen("160000000001").values.at("door") == model::Value(false));
}

TEST_CASE("msh300hk 4.5.32: of a subdevice that is listed twice the first counts", "[meross][hub]") {
    HubHouse house;
    HubBench hub(house);
    const std::string slot = R"({"id":"0300000A","status":0,"scheduleBMode":6,"onoff":0,"lastActiveTime":0,
        "mts150":{"mode":0,"currentSet":0,"updateTemp":0}})";
    hub.start(list({valve, slot}));
    CHECK(hub.seen("0300000a").availability.online);
    CHECK(hub.seen("0300000a").values.at("climate/preset_mode") == model::Value(std::string("comfort")));
    hub.read("Hub.Online", R"({"online":[{"id":"0300000A","status":1},{"id":"0300000A","status":0}]})");
    CHECK(hub.seen("0300000a").availability.online);
    hub.read("Hub.Battery", R"({"battery":[{"id":"0300000A","value":86},{"id":"0300000A","value":0}]})");
    CHECK(hub.seen("0300000a").values.at("battery") == model::Value(std::int64_t{86}));
}

TEST_CASE("a type that nobody knows is shown as far as it goes; without one it is waited for",
          "[meross][hub]") {
    HubHouse house;
    HubBench hub(house);
    hub.start(
        list({R"({"id":"99AB","status":1,"onoff":1,"mst100":{"x":1}})", R"({"id":"0100000B","status":2})"}));
    REQUIRE(hub.has("99ab"));
    CHECK(hub.seen("99ab").description.model == "mst100");
    CHECK(hub.seen("99ab").description.entities->find("switch"));
    CHECK_FALSE(hub.has("0100000b"));
    // both lists are asked about it
    CHECK(hub.polls("Hub.Mts100.All") == std::vector{json(R"({"all":[{"id":"0100000B"}]})")});
    CHECK(hub.polls("Hub.Sensor.All") == std::vector{json(R"({"all":[{"id":"0100000B"}]})")});
    SECTION("it is a valve when it is listed among valves") {
        hub.read("Hub.Mts100.All", R"({"all":[{"id":"0100000B","online":{"status":2},
            "temperature":{"room":155,"currentSet":270,"min":50,"max":350}}]})");
        CHECK(asks(hub->take_requests(), ns::hub_valve_adjust));
        hub->publish(0);
        REQUIRE(hub.has("0100000b"));
        CHECK(hub.seen("0100000b").description.entities->find("climate"));
        CHECK_FALSE(hub.seen("0100000b").availability.online);
    }
    SECTION("or what its object in the list of sensors says") {
        hub.read("Hub.Sensor.All", R"({"all":[{"id":"0100000B","smokeAlarm":{"status":170}}]})");
        hub->publish(0);
        CHECK(hub.seen("0100000b").description.model == "gs559");
    }
    SECTION("or nothing, once it is there") {
        hub.push("Hub.Online", R"({"online":[{"id":"0100000B","status":1}]})");
        hub->take_requests();
        hub->publish(0);
        REQUIRE(hub.has("0100000b"));
        CHECK(hub.seen("0100000b").description.entities->find("online"));
    }
}

TEST_CASE("A8.4 pairing: the list is answered, the digest read, the newcomer asked and kept",
          "[meross][hub]") {
    HubHouse house;
    HubBench hub(house);
    hub.start(list({door}));
    hub->take_digest_wanted();
    hub.push("Hub.SubdeviceList", R"({"subdeviceList":{"subdevice":[{"id":"0300000A","status":1,"time":1,
        "hardware":"1","firmware":"2"}],"needReply":1}})");
    CHECK(hub->take_digest_wanted());
    REQUIRE(hub->has_errands());
    const auto answers = hub->take_requests();
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].name_space == ns::hub_subdevice_list);
    CHECK(answers[0].method == meross::Method::push);
    CHECK(answers[0].payload == json(R"({"subdeviceList":{"subdevice":[{"id":"0300000A","status":1,"time":1,
        "hardware":"1","firmware":"2"}],"needReply":0}})"));
    hub->take_polls_changed();
    hub.digest(list({door, valve}));
    CHECK(hub->take_polls_changed());
    CHECK_FALSE(hub.has("0300000a"));  // it is read first
    const auto questions = hub->take_requests();
    for (const auto name : {ns::hub_valve_all, ns::hub_battery, ns::hub_valve_adjust, ns::hub_version}) {
        INFO(name);
        CHECK(asks(questions, name));
    }
    CHECK_FALSE(asks(questions, ns::hub_sensor_all));
    hub->publish(0);
    CHECK(hub.seen("0300000a").availability.online);
    CHECK(hub.seen("0300000a").read);
    CHECK_FALSE(hub->has_errands());
    CHECK_THAT(house.memory.recall(model::DeviceId("meross_hub"), "subdevices").value(),
               ContainsSubstring("0300000A"));
}

TEST_CASE("A8.4 pairing: a stranger in any push has the digest read, not all the time", "[meross][hub]") {
    HubHouse house;
    HubBench hub(house);
    hub.start(list({door}));
    hub->take_digest_wanted();
    const auto* stranger = R"({"temperature":[{"id":"03000002","currentSet":205}]})";
    hub.push("Hub.Mts100.Temperature", stranger);
    CHECK(hub->take_digest_wanted());
    hub.push("Hub.Mts100.Temperature", stranger);
    CHECK_FALSE(hub->take_digest_wanted());
    hub.pass(61s);
    hub.push("Hub.Mts100.Temperature", stranger);
    CHECK(hub->take_digest_wanted());
}

TEST_CASE("A8.4: every sign of going and coming back is followed", "[meross][hub]") {
    HubHouse house;
    HubBench hub(house);
    hub.start(list({valve, door}));
    auto& seen = hub.seen("0300000a");
    SECTION("Hub.Online") { hub.push("Hub.Online", R"({"online":[{"id":"0300000A","status":2}]})"); }
    SECTION("the digest") { hub.digest(list({R"({"id":"0300000A","status":2})", door})); }
    SECTION("Mts100.All") {
        hub.read("Hub.Mts100.All", R"({"all":[{"id":"0300000A","online":{"status":3}}]})");
    }
    SECTION("Hub.Exception") {
        hub.push("Hub.Exception", R"({"exception":[{"id":"0300000A","code":5061}]})");
    }
    CHECK_FALSE(seen.availability.online);
    CHECK(seen.availability.reason == Reason::unreachable);
    CHECK(hub.seen("160000000001").availability.online);
    CHECK(seen.description.entities->find("climate"));
    // a battery is asked for only of those that are there
    CHECK(hub.polls("Hub.Battery") == std::vector{json(R"({"battery":[{"id":"160000000001"}]})")});
    CHECK_FALSE(hub->has_errands());
    hub.push("Hub.Mts100.Temperature", R"({"temperature":[{"id":"0300000A","room":190}]})");
    CHECK(seen.availability.online);
    CHECK(seen.values.at("temperature") == model::Value(19.0));
    const auto questions = hub->take_requests();
    CHECK(asks(questions, ns::hub_valve_all));
    CHECK(asks(questions, ns::hub_battery));
    CHECK(hub.polls("Hub.Battery").at(0)["battery"].size() == 2);
}

TEST_CASE("another exception, a battery or a reply is no sign of life and none of death", "[meross][hub]") {
    HubHouse house;
    HubBench hub(house);
    hub.start(list({valve, R"({"id":"160000000001","status":2,"doorWindow":{"status":0}})"}));
    hub.push("Hub.Exception", R"({"exception":[{"id":"0300000A","code":5000}]})");
    CHECK(hub.seen("0300000a").availability.online);
    hub.push("Hub.Battery", R"({"battery":[{"id":"160000000001","value":50}]})");
    hub.read("Hub.ToggleX", R"({"togglex":[{"id":"160000000001","onoff":0}]})");
    CHECK_FALSE(hub.seen("160000000001").availability.online);
}

TEST_CASE("A8.4 removal: off line at once, gone after a second complete digest", "[meross][hub]") {
    HubHouse house;
    HubBench hub(house);
    hub.start(list({valve, door}));
    hub.digest(list({valve}));
    CHECK_FALSE(hub.seen("160000000001").availability.online);
    SECTION("a payload that lists nothing proves nothing") {
        hub.read("Digest.Hub", R"({"hub":{}})");
        hub.read("Digest.Hub", R"({"hub":{"subdevice":null}})");
        CHECK(hub.has("160000000001"));
    }
    SECTION("it is back in time") {
        hub.digest(list({valve, door}));
        CHECK(hub.seen("160000000001").availability.online);
        hub.digest(list({valve}));
        CHECK(hub.has("160000000001"));
    }
    SECTION("it is gone") {
        hub.digest(list({valve}));
        CHECK_FALSE(hub.has("160000000001"));
        CHECK(house.sink.removed.contains("meross_160000000001"));
        CHECK(hub.has("0300000a"));
        CHECK(hub.polls("Hub.Sensor.All").empty());
        hub.digest(list({valve, door}));  // paired again
        hub->publish(0);
        CHECK(hub.seen("160000000001").availability.online);
    }
}

TEST_CASE("A8.4 move: the device stays, whoever is heard first", "[meross][hub]") {
    HubHouse house;
    HubBench a(house, "meross_a");
    HubBench b(house, "meross_b");
    a.start(list({valve, door}));
    b.start("[]");
    const auto via = [&] { return a.seen("0300000a").description.via; };
    SECTION("the new hub before the old one") {
        b.digest(list({valve}));
        b->publish(0);
        CHECK(via() == model::DeviceId("meross_b"));
        // the old one still lists it for a while, even as being there
        a.digest(list({valve, door}));
        CHECK(via() == model::DeviceId("meross_b"));
        a.digest(list({R"({"id":"0300000A","status":2,"onoff":0})", door}));
        a.digest(list({door}));
        a.digest(list({door}));
    }
    SECTION("the old hub before the new one") {
        a.digest(list({door}));
        CHECK_FALSE(a.seen("0300000a").availability.online);
        b.digest(list({valve}));
        b->publish(0);
        a.digest(list({door}));
    }
    CHECK(via() == model::DeviceId("meross_b"));
    CHECK(a.seen("0300000a").availability.online);
    CHECK(a.seen("0300000a").driver == &b.driver());
    CHECK_FALSE(house.sink.removed.contains("meross_0300000a"));
    a->went_offline("no answer");
    a->withdraw();
    CHECK(a.seen("0300000a").availability.online);
    CHECK(a.seen("0300000a").driver == &b.driver());
    // and back again
    HubBench again(house, "meross_a");
    again.start(list({valve, door}));
    CHECK(via() == model::DeviceId("meross_a"));
}

TEST_CASE("A8.4 hub offline: all its subdevices are, with their entities, also after a restart",
          "[meross][hub]") {
    HubHouse house;
    {
        HubBench hub(house);
        hub.start(list({valve, door}));
        hub->went_offline("no answer");
        for (const auto* id : {"0300000a", "160000000001"}) {
            CHECK_FALSE(hub.seen(id).availability.online);
            CHECK(hub.seen(id).availability.reason == Reason::hub_offline);
        }
        hub->withdraw();
    }
    house.sink.devices.clear();
    HubBench hub(house);
    REQUIRE(hub.has("0300000a"));
    CHECK(hub.seen("0300000a").description.entities->find("climate"));
    CHECK(hub.seen("0300000a").availability.reason == Reason::hub_offline);
    CHECK(hub.seen("160000000001").description.model == "ms200");
    // a bare record does not make it forget its type
    hub.start(list({R"({"id":"0300000A","status":2,"scheduleBMode":6})", door}));
    CHECK(hub.seen("0300000a").description.model == "mts150");
    CHECK(hub.seen("0300000a").availability.reason == Reason::unreachable);
    CHECK(hub.seen("160000000001").availability.online);
}

TEST_CASE("what its owner has taken out stays out", "[meross][hub]") {
    HubHouse house;
    HubBench hub(house);
    hub.start(list({valve, door}));
    CHECK_FALSE(hub->remove(model::DeviceId("meross_nobody")));
    CHECK(hub->remove(model::DeviceId("meross_0300000a")));
    CHECK_FALSE(hub.has("0300000a"));
    hub->take_digest_wanted();
    hub.push("Hub.Mts100.Temperature", R"({"temperature":[{"id":"0300000A","room":190}]})");
    CHECK_FALSE(hub->take_digest_wanted());
    hub.digest(list({valve, door}));
    hub->publish(0);
    CHECK_FALSE(hub.has("0300000a"));
}

TEST_CASE("a hub that is gone for good takes with it what no other hub has", "[meross][hub]") {
    HubHouse house;
    HubBench a(house, "meross_a");
    HubBench b(house, "meross_b");
    a.start(list({valve, door}));
    b.start(list({R"({"id":"0300000C","status":1,"mts150":{"mode":0}})"}));
    a->withdraw();
    remove_subdevices_of(model::DeviceId("meross_a"), house.sink, house.memory, house.claims);
    CHECK_FALSE(a.has("0300000a"));
    CHECK_FALSE(a.has("160000000001"));
    CHECK(a.has("0300000c"));
}
