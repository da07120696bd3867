#include "homeassistant/scenario.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using homeassistant::DiscoveryForm;
using homeassistant::Settings;

TEST_CASE("cold start, the bridge first", "[homeassistant][lifecycle]") {
    House house;
    house.connect();
    for (const auto& device : all_fixtures()) house.add(device);
    house.pass(3s);
    house.ha.start();
    house.pass(10s);
    check_complete(house);
}

TEST_CASE("cold start, Home Assistant first", "[homeassistant][lifecycle]") {
    House house;
    house.ha.start();
    house.connect();
    for (const auto& device : all_fixtures()) house.add(device);
    house.pass(10s);
    check_complete(house);
    // The document went out before the states that it names.
    const auto& log = house.broker.log;
    const auto is_document = [](const auto& message) { return message.topic == document; };
    const auto is_state = [](const auto& message) { return message.topic == relay_state; };
    CHECK(std::ranges::find_if(log, is_document) < std::ranges::find_if(log, is_state));
}

TEST_CASE("every topic that a document names holds a value once the device was read",
          "[homeassistant][lifecycle]") {
    House house;
    house.connect();
    for (const auto& device : all_fixtures()) house.add(device, false);
    house.pass(2s);
    for (const auto& message : house.broker.log) CHECK_FALSE(message.payload == "None");
    for (const auto& device : all_fixtures()) house.registry->first_read_done(device.id);
    house.pass(2s);
    house.ha.start();
    for (const auto& [id, entity] : house.ha.entities) {
        for (const auto& [key, value] : entity.config.items()) {
            const bool reads =
                key.ends_with("topic") && !key.ends_with("command_topic") && key != "set_position_topic";
            // Events and the position of a cover have nothing to say yet.
            if (!reads || entity.platform == "event" || key == "position_topic") continue;
            INFO(id << " " << key);
            CHECK(house.broker.retained_on(value.get<std::string>()).has_value());
        }
    }
}

TEST_CASE("nothing is retained where it must not be", "[homeassistant][lifecycle]") {
    House house;
    house.connect();
    auto& driver = house.add(everything());
    (void)driver;
    model::Observations pressed;
    pressed.emplace_back("button_event", std::string("double"));
    house.registry->observe(everything().id, pressed, model::Transport::mqtt);
    house.pass(1s);
    pressed.front().value = std::string("single");
    house.registry->observe(everything().id, pressed, model::Transport::mqtt);
    house.pass(1s);
    const auto events = house.broker.published_on("lanbridge/meross_000000000001/button_event/state");
    REQUIRE_FALSE(events.empty());
    for (const auto& event : events) CHECK_FALSE(event.retain);
    for (const auto& [topic, payload] : house.broker.retained) CHECK_FALSE(topic.ends_with("/set"));
    const auto count = events.size();
    house.broker.inject("homeassistant/status", "online");
    house.pass(10s);
    CHECK(house.broker.published_on("lanbridge/meross_000000000001/button_event/state").size() == count);
}

TEST_CASE("only what changed travels", "[homeassistant][lifecycle]") {
    House house;
    house.connect();
    house.add(metering_plug());
    say(house, "power", 5.297);
    house.pass(3s);
    const auto before = house.broker.log.size();
    say(house, "power", 5.297);
    house.pass(3s);
    CHECK(house.broker.log.size() == before);
    say(house, "power", 5.3);
    house.pass(0ms);
    REQUIRE(house.broker.log.size() == before + 1);
    CHECK(house.broker.log.back().payload == "5.3");
    CHECK(house.broker.log.back().qos == 0);
    say(house, "switch_0", true);
    house.pass(0ms);
    CHECK(house.broker.log.back().qos == 1);
}

TEST_CASE("Home Assistant restarts", "[homeassistant][lifecycle]") {
    House house;
    house.connect();
    house.ha.start();
    house.add(metering_plug());
    say(house, "switch_0", true);
    house.pass(10s);
    house.ha.stop();
    CHECK_FALSE(house.ha.available(relay));
    const auto documents = house.broker.published_on(document).size();
    const auto states = house.broker.published_on(relay_state).size();
    house.ha.start();
    house.broker.inject("homeassistant/status", "online");  // births come twice at times
    house.pass(10s);
    check_complete(house);
    CHECK(house.ha.state(relay) == "ON");
    CHECK(house.broker.published_on(document).size() == documents);  // unchanged, retained
    CHECK(house.broker.published_on(relay_state).size() == states + 1);
}

TEST_CASE("births are answered after a pause and together", "[homeassistant][lifecycle]") {
    House house;
    house.connect();
    house.add(metering_plug());
    house.pass(6s);
    const auto before = house.broker.log.size();
    house.broker.inject("homeassistant/status", "online");
    house.pass(900ms);
    CHECK(house.broker.log.size() == before);
    house.broker.inject("homeassistant/status", "online");
    house.pass(6s);
    CHECK(house.broker.published_on("lanbridge/" + plug + "/availability").size() == 2 + 1 - 1);
}

TEST_CASE("the broker restarts with and without persistence", "[homeassistant][lifecycle]") {
    const bool persistent = GENERATE(true, false);
    House house;
    house.connect();
    house.ha.start();
    for (const auto& device : all_fixtures()) house.add(device);
    say(house, "switch_0", true);
    house.pass(10s);
    house.disconnect();
    house.ha.stop();
    say(house, "switch_0", false);
    house.pass(5s);
    if (!persistent) house.broker.forget_retained();
    house.connect();
    house.ha.start(false);
    house.pass(15s);
    check_complete(house);
    CHECK(house.ha.state(relay) == "OFF");
}

TEST_CASE("a device that is removed leaves no topic behind", "[homeassistant][lifecycle]") {
    const auto form = GENERATE(DiscoveryForm::device, DiscoveryForm::entity);
    Settings settings;
    settings.discovery = form;
    House house(settings);
    house.connect();
    house.ha.start();
    for (const auto& device : all_fixtures()) house.add(device);
    house.pass(10s);
    for (const auto& device : all_fixtures()) house.registry->remove(device.id);
    house.pass(5s);
    CHECK(house.ha.entities.empty());
    CHECK(house.broker.retained.size() == 1);  // bridge/state
}

TEST_CASE("a device that comes back at once is announced after a pause", "[homeassistant][lifecycle]") {
    House house;
    house.connect();
    house.ha.start();
    house.add(metering_plug());
    house.pass(3s);
    house.registry->remove(metering_plug().id);
    house.pass(100ms);
    house.add(metering_plug());
    say(house, "switch_0", true);
    house.pass(500ms);
    CHECK_FALSE(house.broker.retained_on(document).has_value());
    house.pass(5s);
    check_complete(house);
    CHECK(house.ha.state(relay) == "ON");
}

TEST_CASE("a changed description is published once, and what vanished goes", "[homeassistant][lifecycle]") {
    House house;
    house.connect();
    house.ha.start();
    auto& driver = house.add(metering_plug());
    say(house, "energy", std::int64_t{12});
    house.pass(10s);
    const auto before = house.broker.published_on(document).size();
    auto changed = without("energy");
    changed.sw_version = "9.3.27";
    house.registry->describe(changed, driver);
    changed.name = "Office plug";
    house.registry->describe(changed, driver);
    house.pass(1s);
    CHECK(house.broker.published_on(document).size() == before);
    house.pass(5s);
    CHECK(house.broker.published_on(document).size() == before + 1);
    CHECK(house.ha.find("lanbridge_" + plug + "_energy") == nullptr);
    CHECK_FALSE(house.broker.retained_on("lanbridge/" + plug + "/energy/state").has_value());
    check_complete(house);
    house.registry->describe(metering_plug(), driver);  // it returns
    house.pass(5s);
    CHECK(house.ha.find("lanbridge_" + plug + "_energy") != nullptr);
    check_complete(house);
}

TEST_CASE("a new option is announced before the state that uses it", "[homeassistant][lifecycle]") {
    House house;
    house.connect();
    house.ha.start();
    house.add(metering_plug());
    house.pass(10s);
    say(house, "transport", std::string("pigeon"));
    house.pass(5s);
    CHECK(house.ha.state("lanbridge_" + plug + "_transport") == "pigeon");
    check_complete(house);
}

TEST_CASE("without discovery states and commands still work", "[homeassistant][lifecycle]") {
    Settings settings;
    settings.enabled = false;
    House house(settings);
    house.connect();
    auto& driver = house.add(metering_plug());
    say(house, "switch_0", false);
    house.pass(6s);
    CHECK(house.broker.retained_on(relay_state) == "OFF");
    for (const auto& message : house.broker.log) CHECK_FALSE(message.topic.starts_with("homeassistant/"));
    house.broker.inject("lanbridge/" + plug + "/switch_0/set", "ON");
    house.pass(0ms);
    CHECK(driver.commands.size() == 1);
}

TEST_CASE("a slow broker gets everything in the end, and no more than it takes",
          "[homeassistant][lifecycle]") {
    House house;
    house.broker.capacity = 10;
    house.broker.keeps_up = false;
    house.connect();
    house.ha.start();
    for (const auto& device : all_fixtures()) house.add(device);
    for (int i = 0; i < 500; ++i) {
        house.broker.acknowledge_all();
        house.bridge->on_room();
        house.pass(10ms);
        CHECK(house.broker.log.size() - house.broker.acknowledged <= 10);
    }
    check_complete(house);
    CHECK(house.bridge->all_published());
}

TEST_CASE("two hundred devices are republished at a pace", "[homeassistant][lifecycle]") {
    House house;
    house.connect();
    for (int i = 0; i < 200; ++i)
        house.add(metering_plug("meross_0000000003" + std::to_string(10 + i), "Plug " + std::to_string(i)));
    house.pass(3s);
    house.disconnect();
    house.connect();
    house.pass(2s);
    const auto before = house.broker.log.size();
    house.pass(1s);
    const auto rate = house.broker.log.size() - before;
    CHECK(rate >= 400);
    CHECK(rate <= 700);
}
