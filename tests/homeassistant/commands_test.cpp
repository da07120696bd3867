#include <set>

#include "homeassistant/house.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;

namespace {

const std::string plug = "meross_48e1e9aabbcc";
const std::string relay_topic = "lanbridge/" + plug + "/switch_0";

/// What Home Assistant can send on a command topic.
std::vector<std::string> payloads_for(const model::PartDescription& part) {
    switch (part.kind) {
        case model::ValueKind::on_off:
            return {"ON", "OFF"};
        case model::ValueKind::option:
            return part.options;
        case model::ValueKind::number:
            return {std::to_string(part.range->min), std::to_string(part.range->max),
                    std::to_string((part.range->min + part.range->max) / 2)};
        case model::ValueKind::text:
            return {"08:00"};
        case model::ValueKind::press:
            return {"PRESS"};
        default:
            return {};
    }
}

}  // namespace

TEST_CASE("every command that Home Assistant can send reaches the device once", "[homeassistant][commands]") {
    House house;
    house.connect();
    for (const auto& description : all_fixtures()) {
        auto& driver = house.add(description);
        const homeassistant::Topics topics("lanbridge", "homeassistant");
        const auto level = homeassistant::level_of(description.id, description.is_bridge);
        for (const auto& entity : description.entities->entities()) {
            for (const auto& part : entity.parts) {
                if (!part.commandable) continue;
                for (const auto& payload : payloads_for(part)) {
                    driver.commands.clear();
                    house.broker.inject(topics.command(level, entity.key, part.name), payload);
                    house.pass(0ms);
                    INFO(entity.key << "/" << part.name << " " << payload);
                    CHECK(driver.commands.size() == 1);
                }
            }
        }
    }
    CHECK(house.errors.empty());
}

TEST_CASE("a command is confirmed by the device before it is published", "[homeassistant][commands]") {
    House house;
    house.connect();
    house.ha.start();
    auto& driver = house.add(metering_plug());
    house.pass(1s);
    house.ha.command("lanbridge_" + plug + "_switch_0", "ON");
    house.pass(0ms);
    CHECK(driver.commands.size() == 1);
    CHECK(house.broker.retained_on(relay_topic + "/state") == "ON");
    CHECK(house.ha.state("lanbridge_" + plug + "_switch_0") == "ON");
}

TEST_CASE("a failed command shows the old state again and says why", "[homeassistant][commands]") {
    House house;
    house.connect();
    auto& driver = house.add(metering_plug());
    model::Observations off;
    off.emplace_back("switch_0", false);
    house.registry->observe(metering_plug().id, off, model::Transport::http);
    house.pass(1s);
    const auto before = house.broker.published_on(relay_topic + "/state").size();
    driver.failure = Error(Errc::unreachable, "192.0.2.10");
    house.broker.inject(relay_topic + "/set", "ON");
    house.pass(0ms);
    const auto states = house.broker.published_on(relay_topic + "/state");
    REQUIRE(states.size() == before + 1);
    CHECK(states.back().payload == "OFF");
    CHECK(house.errors.size() == 1);

    house.broker.inject(relay_topic + "/set", "banana");
    house.pass(0ms);
    CHECK(house.broker.published_on(relay_topic + "/state").size() == before + 2);
    CHECK(house.errors.size() == 2);
    CHECK(driver.commands.size() == 1);
}

TEST_CASE("out of range is refused, not clamped", "[homeassistant][commands]") {
    House house;
    house.connect();
    auto& driver = house.add(everything());
    house.pass(1s);
    house.broker.inject("lanbridge/meross_000000000001/standby_power/set", "100.1");
    house.pass(0ms);
    CHECK(driver.commands.empty());
    REQUIRE(house.errors.size() == 1);
    CHECK(house.errors.front().find("from 0 to 100") != std::string::npos);
}

TEST_CASE("retained, repeated and misdirected commands do nothing", "[homeassistant][commands]") {
    House house;
    house.broker.retained[relay_topic + "/set"] = "ON";
    house.connect();
    auto& driver = house.add(metering_plug());
    house.pass(1s);
    CHECK_FALSE(house.broker.retained_on(relay_topic + "/set").has_value());
    CHECK(house.bridge->incoming(relay_topic + "/set", "ON", false, true));
    for (const char* topic :
         {"lanbridge/nobody/switch_0/set", "lanbridge/meross_48e1e9aabbcc/nothing/set",
          "lanbridge/meross_48e1e9aabbcc/power/set", "lanbridge/meross_48e1e9aabbcc/switch_0/x/set"})
        CHECK(house.bridge->incoming(topic, "ON", false, false));
    CHECK(house.bridge->incoming(relay_topic + "/set", std::string(5000, 'x'), false, false));
    CHECK_FALSE(house.bridge->incoming("lanbridge/bridge/request/set", "ON", false, false));
    CHECK_FALSE(house.bridge->incoming(relay_topic + "/state", "ON", false, false));
    house.pass(1s);
    CHECK(driver.commands.empty());
    CHECK(house.bridge->counters().commands_refused == 7);
}

TEST_CASE("a light's JSON becomes one command", "[homeassistant][commands]") {
    House house;
    house.connect();
    auto& driver = house.add(everything());
    house.pass(1s);
    const std::string topic = "lanbridge/meross_000000000001/light";
    CHECK(house.broker.retained_on(topic + "/state") == R"({"state":null})");
    house.broker.inject(topic + "/set", R"({"state":"ON","brightness":40,"color":{"r":255,"g":120,"b":0}})");
    house.pass(0ms);
    REQUIRE(driver.commands.size() == 1);
    REQUIRE(driver.commands[0].wish("brightness"));
    CHECK(*driver.commands[0].wish("brightness") == model::Value(std::int64_t{40}));
    CHECK(driver.commands[0].wish("rgb"));
    CHECK_FALSE(driver.commands[0].wish("effect"));
    CHECK(house.broker.retained_on(topic + "/state") ==
          R"({"state":"ON","brightness":40,"color":{"r":255,"g":120,"b":0},"effect":null})");
    house.broker.inject(topic + "/set", R"({"state":"ON","brightness":60})");
    house.pass(0ms);
    CHECK(driver.commands.size() == 2);  // it is on: only the brightness
    house.broker.inject(topic + "/set", R"({"state":"OFF"})");
    house.pass(0ms);
    CHECK(driver.commands.size() == 3);
    house.broker.inject(topic + "/set", R"({"color":{"r":254.6,"g":0.2,"b":0}})");
    house.pass(0ms);
    REQUIRE(driver.commands.size() == 4);
    CHECK(*driver.commands[3].wish("rgb") == model::Value(std::string("255,0,0")));
    house.broker.inject(topic + "/set", R"({"state":)");
    house.broker.inject(topic + "/set", R"({"brightness":"bright"})");
    house.broker.inject(topic + "/set", R"({"color":{"r":256,"g":0,"b":0}})");
    house.pass(0ms);
    CHECK(driver.commands.size() == 4);
    CHECK(house.errors.size() == 3);
}

TEST_CASE("what a light reports at once is published once", "[homeassistant][commands]") {
    House house;
    house.connect();
    const auto device = everything();
    house.add(device);
    house.pass(1s);
    const std::string topic = "lanbridge/meross_000000000001/light/state";
    const auto count = [&] {
        return std::ranges::count_if(house.broker.log, [&](const auto& sent) { return sent.topic == topic; });
    };
    const auto before = count();
    model::Observations reading;
    reading.emplace_back("light", true);
    reading.emplace_back("light", "color_temp", std::int64_t{2700});
    reading.emplace_back("light", "color_mode", std::string("color_temp"));
    house.registry->observe(device.id, reading, model::Transport::http);
    house.pass(0ms);
    CHECK(house.broker.retained_on(topic) ==
          R"({"state":"ON","color_temp":2700,"color_mode":"color_temp","effect":null})");
    CHECK(count() == before + 1);
}

TEST_CASE("a confirmation does not wait behind a bulk republish", "[homeassistant][commands]") {
    House house;
    house.connect();
    for (int i = 0; i < 200; ++i)
        house.add(metering_plug("meross_0000000002" + std::to_string(10 + i), "Plug"));
    house.add(metering_plug());
    house.pass(3s);
    house.disconnect();
    house.pass(1s);
    house.connect();
    house.pass(3s);
    REQUIRE_FALSE(house.bridge->all_published());
    house.broker.inject(relay_topic + "/set", "ON");
    house.broker.pump();
    const auto before = house.broker.log.size();
    house.time.settle();
    REQUIRE(house.broker.log.size() > before);
    CHECK(house.broker.log[before].topic == relay_topic + "/state");
}
