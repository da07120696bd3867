#include "homeassistant/scenario.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using homeassistant::Settings;

TEST_CASE("what a user deletes in Home Assistant stays away until it is asked for",
          "[homeassistant][lifecycle]") {
    House house;
    house.connect();
    house.ha.start();
    house.add(metering_plug());
    house.pass(10s);
    house.ha.delete_device(document);
    house.broker.inject("homeassistant/status", "online");
    house.pass(10s);
    CHECK_FALSE(house.broker.retained_on(document).has_value());
    say(house, "switch_0", true);
    house.pass(0ms);
    CHECK(house.broker.retained_on(relay_state) == "ON");
    CHECK(house.registry->refresh(metering_plug().id).has_value());
    house.pass(3s);
    CHECK(house.broker.retained_on(document).has_value());
    check_complete(house);
}

TEST_CASE("a restart of the bridge changes nothing but what changed", "[homeassistant][lifecycle]") {
    House house;
    house.connect();
    house.ha.start();
    house.add(metering_plug());
    house.pass(10s);
    house.restart_bridge();
    CHECK_FALSE(house.ha.available(relay));
    house.connect();
    house.add(without("energy"));
    house.pass(3s);
    CHECK(house.ha.find("lanbridge_" + plug + "_energy") != nullptr);  // it may still turn up
    house.pass(30s);
    CHECK(house.ha.find("lanbridge_" + plug + "_energy") == nullptr);
    CHECK_FALSE(house.broker.retained_on("lanbridge/" + plug + "/energy/state").has_value());
    check_complete(house);
}

TEST_CASE("a remembered device that does not answer after a restart is offline",
          "[homeassistant][lifecycle]") {
    House house;
    house.connect();
    house.ha.start();
    house.add(metering_plug());
    house.pass(10s);
    house.known.insert(plug);
    house.restart_bridge();
    house.connect();
    house.pass(10s);
    CHECK(house.broker.retained_on("lanbridge/" + plug + "/availability") == "offline");
    CHECK(house.broker.retained_on(document).has_value());
    CHECK_FALSE(house.ha.available(relay));
}

TEST_CASE("orphans of ours are swept, and nobody else's", "[homeassistant][lifecycle]") {
    House house;
    house.connect();
    for (const auto& device : all_fixtures()) house.add(device);
    house.pass(10s);
    const std::string foreign = "homeassistant/device/lanbridge/meross_ffffffffffff/config";
    auto other_base = Json::parse(*house.broker.retained_on(document));
    for (auto& entry : other_base["availability"]) entry["topic"] = "lanbridge2/bridge/state";
    house.broker.retained[foreign] = other_base.dump();
    auto other_origin = Json::parse(*house.broker.retained_on(document));
    other_origin["origin"]["name"] = "zigbee2mqtt";
    house.broker.retained["homeassistant/device/x/config"] = other_origin.dump();
    house.broker.retained["homeassistant/switch/y/config"] = "lanbridge {";
    house.restart_bridge();
    house.connect();
    house.add(bridge_device());
    house.add(metering_plug());
    house.pass(10s);
    CHECK(house.broker.retained_on(document).has_value());
    CHECK_FALSE(
        house.broker.retained_on("homeassistant/device/lanbridge/meross_000000000001/config").has_value());
    CHECK(house.broker.retained_on(foreign).has_value());
    CHECK(house.broker.retained_on("homeassistant/device/x/config").has_value());
    for (const auto& [topic, payload] : house.broker.retained)
        CHECK_FALSE(topic.starts_with("lanbridge/meross_000000000001/"));
}

TEST_CASE("moving between the discovery forms keeps the entities", "[homeassistant][lifecycle]") {
    const bool to_entities = GENERATE(true, false);
    House house(to_entities ? Settings() : entity_form());
    house.connect();
    house.ha.start();
    for (const auto& device : all_fixtures()) house.add(device);
    house.pass(10s);
    const auto count = house.ha.entities.size();
    house.ha.entities[relay].entity_id = "switch.renamed_by_the_user";
    house.restart_bridge(to_entities ? entity_form() : Settings());
    house.connect();
    house.pass(2s);
    // Half of the devices are there before the old configs are judged, half after.
    house.known = {"meross_000000000001", "meross_0300abcdef01"};
    house.add(bridge_device());
    house.add(metering_plug());
    house.pass(10s);
    house.add(everything());
    house.add(subdevice());
    house.pass(10s);
    CHECK(house.ha.entities.size() == count);
    CHECK(house.ha.loaded_count() == count);
    CHECK(house.ha.entities[relay].entity_id == "switch.renamed_by_the_user");
    for (const auto& [topic, payload] : house.broker.retained) {
        CHECK(payload.find("migrate_discovery") == std::string::npos);
        CHECK((topic.starts_with("homeassistant/device/") && to_entities) == false);
        CHECK((topic.starts_with("homeassistant/switch/") && !to_entities) == false);
    }
}

TEST_CASE("everything of ours can be cleared", "[homeassistant][lifecycle]") {
    House house;
    house.connect();
    house.ha.start();
    for (const auto& device : all_fixtures()) house.add(device);
    house.pass(10s);
    house.bridge->clear_everything();
    house.pass(5s);
    CHECK(house.broker.retained.size() == 1);
    CHECK(house.ha.entities.empty());
    say(house, "switch_0", true);
    house.broker.inject("homeassistant/status", "online");
    house.pass(10s);
    CHECK(house.broker.retained.size() == 1);
    CHECK(house.registry->refresh(metering_plug().id).has_value());
    house.pass(5s);
    CHECK(house.ha.state(relay) == "ON");
}
