#include "support/schema.hpp"

#include <fstream>
#include <set>

#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;

namespace {

Json examples() {
    std::ifstream file(std::string(LANBRIDGE_TEST_DATA) + "/ha-mqtt-examples.json");
    REQUIRE(file);
    return Json::parse(file);
}

void expand_object(Json& object, const Json& table) {
    if (!object.is_object()) return;
    Json out = Json::object();
    for (const auto& [key, value] : object.items()) {
        const auto full = table.find(key);
        out[full != table.end() ? full->get<std::string>() : key] = value;
    }
    object = out;
}

/// Home Assistant's step 4: short keys become long ones, each kind of object by its own table.
void expand_component(Json& component, const Json& tables) {
    expand_object(component, tables["main"]);
    if (component.contains("availability") && component["availability"].is_array())
        for (auto& entry : component["availability"]) expand_object(entry, tables["main"]);
    if (component.contains("device")) expand_object(component["device"], tables["device"]);
    if (component.contains("origin")) expand_object(component["origin"], tables["origin"]);
}

void expand(Json& payload) {
    const auto& tables = discovery_schema()["x-abbreviations"];
    expand_component(payload, tables);
    if (payload.contains("components") && payload["components"].is_object())
        for (auto& component : payload["components"]) expand_component(component, tables);
}

}  // namespace

TEST_CASE("the schema accepts every valid example and refuses every invalid one", "[homeassistant][schema]") {
    std::size_t valid = 0, invalid = 0;
    const auto all = examples();
    for (const auto& example : all["examples"]) {
        Json message = example["message"];
        if (example.contains("expand_abbreviations") && example["expand_abbreviations"].get<bool>())
            expand(message["payload"]);
        const auto errors = envelope_errors(message);
        INFO(example["id"].get<std::string>());
        INFO(example["home_assistant"].dump());
        INFO((errors.empty() ? std::string("no errors") : errors.back()));
        const bool expect_valid = example["expect"] == "valid";
        CHECK(errors.empty() == expect_valid);
        ++(expect_valid ? valid : invalid);
    }
    CHECK(valid == 56);
    CHECK(invalid == 114);
}
