#include "lanbridge/homeassistant/discovery.hpp"

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "homeassistant/house.hpp"
#include "support/catch.hpp"
#include "support/schema.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using homeassistant::Discovery;
using homeassistant::DiscoveryForm;
using homeassistant::Markers;

namespace {

const homeassistant::Topics topics("lanbridge", "homeassistant");
const Discovery discovery(topics, homeassistant::Origin{"0.1.0", "https://example.org/lanbridge"});

OrderedJson document_of(const model::DeviceDescription& device, const Markers& markers = {}) {
    std::vector<std::string> problems;
    auto json = discovery.document(device, markers, problems);
    for (const auto& problem : problems) FAIL_CHECK(problem);
    return json;
}

std::string golden(const std::string& name, const std::string& actual) {
    const std::string path = std::string(LANBRIDGE_SOURCE_DIR) + "/tests/golden/" + name;
    if (std::getenv("LANBRIDGE_WRITE_GOLDEN") != nullptr) std::ofstream(path) << actual;
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("every announcement is valid and no id appears twice", "[homeassistant][discovery]") {
    std::set<std::string> ids;
    for (const auto form : {DiscoveryForm::device, DiscoveryForm::entity}) {
        ids.clear();
        for (const auto& device : all_fixtures()) {
            const auto announcement = discovery.announce(device, {}, form);
            CHECK(announcement.problems.empty());
            REQUIRE_FALSE(announcement.messages.empty());
            for (const auto& [topic, payload] : announcement.messages) {
                INFO(topic);
                INFO(payload);
                const auto errors = discovery_errors_of_text(topic, payload);
                INFO((errors.empty() ? std::string() : errors.back()));
                CHECK(errors.empty());
            }
            for (const auto& entity : device.entities->entities()) {
                const auto json = discovery.single(device, entity);
                const auto id = std::string(homeassistant::platform_name(entity.component)) +
                                json["unique_id"].get<std::string>();
                CHECK(ids.insert(id).second);
            }
        }
    }
}

TEST_CASE("the document of a metering plug is frozen", "[homeassistant][discovery][golden]") {
    const auto actual = document_of(metering_plug()).dump(2) + "\n";
    CHECK(actual == golden("homeassistant-metering-plug.json", actual));
}

TEST_CASE("availability follows the levels", "[homeassistant][discovery]") {
    const auto plug = document_of(metering_plug());
    CHECK(plug["availability"].size() == 2);
    CHECK(plug["availability_mode"] == "all");
    const auto child = document_of(subdevice());
    REQUIRE(child["availability"].size() == 3);
    CHECK(child["availability"][1]["topic"] == "lanbridge/meross_48e1e9aabbcc/availability");
    CHECK(child["device"]["via_device"] == "lanbridge_meross_48e1e9aabbcc");
    CHECK_FALSE(child["device"].contains("connections"));
    CHECK(plug["device"]["via_device"] == "lanbridge_bridge_lanbridge");
    const auto all = document_of(everything());
    const auto& garage = all["components"]["garage"];
    REQUIRE(garage["availability"].size() == 3);
    CHECK(garage["availability"][2]["topic"] == "lanbridge/meross_000000000001/garage/availability");
    CHECK(garage["payload_stop"].is_null());
}

TEST_CASE("the bridge shows its own connection whatever its state", "[homeassistant][discovery]") {
    const auto bridge = document_of(bridge_device());
    CHECK_FALSE(bridge.contains("availability"));
    const auto& connection = bridge["components"]["connection"];
    CHECK(connection["state_topic"] == "lanbridge/bridge/state");
    CHECK(connection["payload_on"] == "online");
    CHECK(connection["payload_off"] == "offline");
    CHECK_FALSE(connection.contains("availability"));
    CHECK(bridge["components"]["restart"]["availability"].size() == 1);
    CHECK(bridge["components"]["restart"]["command_topic"] == "lanbridge/bridge/restart/set");
    CHECK_FALSE(bridge["device"].contains("via_device"));
}

TEST_CASE("names are left to the class unless it would be ambiguous", "[homeassistant][discovery]") {
    const auto plug = document_of(metering_plug());
    CHECK(plug["components"]["switch_0"]["name"].is_null());
    CHECK(plug["components"]["switch_0"]["default_entity_id"] == "switch.desk_plug");
    CHECK_FALSE(plug["components"]["power"].contains("name"));
    CHECK(plug["components"]["power"]["default_entity_id"] == "sensor.desk_plug_power");
    const auto all = document_of(everything());
    CHECK(all["components"]["temperature_1"]["name"] == "Temperature 1");
    CHECK(all["components"]["temperature_1"]["default_entity_id"] == "sensor.buros_alles_temperature_1");
    CHECK(all["components"]["rssi"]["enabled_by_default"] == false);
}

TEST_CASE("a light offers what Home Assistant accepts together", "[homeassistant][discovery][light]") {
    const auto light_with = [](std::vector<std::string> modes, std::vector<std::string> more) {
        model::EntityDescription light;
        light.key = "light_0";
        light.component = model::Component::light;
        light.naming = model::Naming::main;
        light.parts.resize(1);
        light.parts[0].kind = model::ValueKind::on_off;
        light.parts[0].commandable = true;
        const auto add = [&](std::string name, model::ValueKind kind) {
            auto& part = light.parts.emplace_back();
            part.name = std::move(name);
            part.kind = kind;
            part.commandable = part.name != "color_mode";
        };
        add("color_mode", model::ValueKind::option);
        light.parts.back().options = std::move(modes);
        for (auto& name : more) {
            const bool effect = name == "effect";
            add(name, effect ? model::ValueKind::option : model::ValueKind::number);
            if (effect) light.parts.back().options = {"Night", "Party (2)", "off"};
            if (name == "brightness") light.parts.back().range = model::NumberRange{1, 100, 1};
        }
        auto device = metering_plug();
        device.entities =
            std::make_shared<const model::EntitySet>(std::vector<model::EntityDescription>{light});
        auto json = document_of(device);
        CHECK(discovery_errors_of_text(topics.document(device.id), dump_json(json)).empty());
        return json["components"]["light_0"];
    };
    using Words = std::vector<std::string>;
    // Brightness is what a running effect shows; as a mode it stands alone.
    const auto strip =
        light_with({"color_temp", "rgb", "brightness"}, {"brightness", "effect", "transition"});
    CHECK(strip["supported_color_modes"] == OrderedJson(Words{"color_temp", "rgb"}));
    CHECK(strip["effect_list"].back() == "off");
    CHECK(strip["transition"] == true);
    const auto dimmer = light_with({"brightness"}, {"brightness"});
    CHECK(dimmer["supported_color_modes"] == OrderedJson(Words{"brightness"}));
    CHECK(dimmer["brightness_scale"] == 100);
    CHECK(dimmer["transition"] == false);
    const auto plain = light_with({"onoff"}, {});
    CHECK(plain["supported_color_modes"] == OrderedJson(Words{"onoff"}));
    CHECK_FALSE(plain.contains("brightness_scale"));
    CHECK_FALSE(plain.contains("effect"));
}

TEST_CASE("an unsound entity is left out with a reason, the rest stays", "[homeassistant][discovery]") {
    auto wrong_unit = model::make_sensor("power", "power", "Watt", "measurement");
    auto wrong_class = model::make_sensor("quality", "niceness", "", "");
    auto none = model::make_select("scene", {"none", "day"});
    auto empty = model::make_select("empty", {});
    auto config = model::make_sensor("setting", "", "", "");
    config.category = model::Category::config;
    auto range = model::make_number("range", {10, 5, 1}, "s");
    auto key = model::make_switch("a b");
    auto device = metering_plug();
    device.entities = std::make_shared<const model::EntitySet>(std::vector<model::EntityDescription>{
        wrong_unit, wrong_class, none, empty, config, range, key, model::make_switch("fine")});
    std::vector<std::string> problems;
    const auto json = discovery.document(device, {}, problems);
    CHECK(problems.size() == 7);
    CHECK(json["components"].size() == 1);
    CHECK(discovery_errors_of_text(topics.document(device.id), dump_json(json)).empty());
}

TEST_CASE("every refusal of ours is one of Home Assistant's", "[homeassistant][discovery]") {
    // The schema refuses the same sensors: our table of units is not stricter than it has to be.
    for (const char* unit : {"W", "kW", "mW", "Watt", ""}) {
        auto device = metering_plug();
        auto sensor = model::make_sensor("power", "power", unit, "measurement");
        device.entities =
            std::make_shared<const model::EntitySet>(std::vector<model::EntityDescription>{sensor});
        std::vector<std::string> problems;
        const auto json = discovery.document(device, {}, problems);
        auto forced = Json::parse(document_of(metering_plug()).dump());
        auto& component = forced["components"]["power"];
        component.erase("unit_of_measurement");
        if (*unit != '\0') component["unit_of_measurement"] = unit;
        CHECK(problems.empty() == discovery_errors(topics.document(device.id), forced).empty());
    }
}

TEST_CASE("markers remove entities in both forms", "[homeassistant][discovery]") {
    const Markers markers{{"gone", "sensor"}};
    const auto json = document_of(metering_plug(), markers);
    CHECK(json["components"]["gone"].dump() == R"({"platform":"sensor"})");
    CHECK(discovery_errors_of_text(topics.document(metering_plug().id), dump_json(json)).empty());
    const auto singles = discovery.announce(metering_plug(), markers, DiscoveryForm::entity);
    CHECK(singles.messages.front().first == "homeassistant/sensor/meross_48e1e9aabbcc/gone/config");
    CHECK(singles.messages.front().second.empty());
}
