// docs/devices.md, made from the code: what each simulated kind of device and each ability turns into.
// LANBRIDGE_WRITE_DOCUMENTS=1 writes it; without, it is compared.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "features_support.hpp"
#include "lanbridge/meross/protocol/namespaces.hpp"
#include "meross/features/feature.hpp"
#include "meross_house.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using House = test::MerossHouse;
using model::Component;

namespace {

constexpr std::array<std::pair<Component, std::string_view>, 13> component_names{{
    {Component::binary_sensor, "binary_sensor"},
    {Component::button, "button"},
    {Component::climate, "climate"},
    {Component::cover, "cover"},
    {Component::event, "event"},
    {Component::fan, "fan"},
    {Component::light, "light"},
    {Component::number, "number"},
    {Component::select, "select"},
    {Component::sensor, "sensor"},
    {Component::switch_, "switch"},
    {Component::text, "text"},
    {Component::update, "update"},
}};

using Entities = std::vector<model::EntityDescription>;

/// "switch `switch_0`; sensor `power`, *`energy_estimate`*".
std::string shown(Entities entities) {
    std::ranges::sort(entities, {}, &model::EntityDescription::key);
    std::string text;
    for (const auto& [component, name] : component_names) {
        std::string keys;
        for (const auto& entity : entities) {
            if (entity.component != component || entity.key == "transport") continue;
            const auto key = entity.enabled_by_default ? fmt::format("`{}`", entity.key)
                                                       : fmt::format("*`{}`*", entity.key);
            keys += (keys.empty() ? " " : ", ") + key;
        }
        if (!keys.empty()) text += (text.empty() ? "" : "; ") + std::string(name) + keys;
    }
    return text.empty() ? "–" : text;
}

std::string short_name(std::string_view name_space) {
    return std::string(name_space.substr(std::string_view("Appliance.").size()));
}

/// The abilities of a kind that lanbridge makes something of.
std::string abilities_of(const sim::Blueprint& blueprint, const std::set<std::string>& useful) {
    std::string text;
    for (const auto& [name, parameters] : blueprint.ability.items())
        if (useful.contains(name)) text += (text.empty() ? "" : ", ") + short_name(name);
    return text.empty() ? "–" : text;
}

Entities entities_of(const std::vector<meross::FeaturePtr>& features) {
    Entities entities;
    for (const auto& feature : features) feature->describe(entities);
    return entities;
}

/// What an ability makes by itself, on a device of no known type.
std::map<std::string, Entities> by_ability() {
    std::map<std::string, Entities> found;
    for (const auto& row : meross::namespaces()) {
        const auto name = short_name(row.name);
        auto entities = entities_of(meross::make_features(test::facts_of("any", {name})));
        if (!entities.empty()) found[std::string(row.name)] = std::move(entities);
    }
    return found;
}

void add_models(std::string& out, const std::set<std::string>& useful) {
    out += "| model | firmware | product | entities | abilities in use |\n| --- | --- | --- | --- | --- |\n";
    for (const auto& builtin : sim::builtin_descriptions()) {
        if (builtin.name.ends_with("-new")) continue;  // the same, waiting to be paired
        House house;
        auto& device = house.network.plug_in("device", builtin.name, test::right_key);
        house.start(House::one(House::device("device")));
        house.pass(20s);
        const auto main_id = House::id();
        for (const bool main : {true, false}) {
            for (const auto& [id, seen] : house.sink.devices) {
                const auto& description = seen.description;
                if ((id == main_id) != main) continue;
                const auto all = description.entities->entities();
                const std::string product = description.name.substr(0, description.name.rfind(' '));
                out += fmt::format("| {} | {} | {} | {} | {} |\n",
                                   main ? description.model_id : "↳ " + description.model_id,
                                   description.sw_version.empty() ? "–" : description.sw_version, product,
                                   shown(Entities(all.begin(), all.end())),
                                   main ? abilities_of(device.blueprint(), useful) : "–");
            }
        }
    }
}

void add_abilities(std::string& out, const std::map<std::string, Entities>& abilities) {
    out += "| ability | entities |\n| --- | --- |\n";
    for (const auto& [name, entities] : abilities)
        out += fmt::format("| `{}` | {} |\n", name, shown(entities));
}

constexpr std::string_view head = R"(# Devices, abilities, entities

Made from the code by `meross_devices_document_test`; how to make it anew is in
[adding-a-feature.md](adding-a-feature.md).

What a device can do comes from the abilities that its firmware lists, not from its model: a model that is missing here has
everything that its abilities make. An entity in *italics* is off in Home Assistant until you switch it on. Every device of
its own has `transport` besides: over which way it is reached, and why. What lanbridge does not know of a device is listed
under `unknown` in `lanbridge/bridge/devices`; please report it.

## Models

As the simulated ones in `config/simulated` show them (`lanbridge simulate NAME`); `↳` stands behind the hub above it.

)";

constexpr std::string_view abilities_head = R"(
## Abilities

What each makes by itself. Channels are those of a device that tells none. Lights, fans, doors and shutters take the channels of
`Control.ToggleX` that are theirs; what stands behind a hub is made from the hub's list of subdevices.

)";

std::string document() {
    const auto abilities = by_ability();
    std::set<std::string> useful;
    for (const auto& [name, entities] : abilities) useful.insert(name);
    std::string out(head);
    add_models(out, useful);
    out += abilities_head;
    add_abilities(out, abilities);
    return out;
}

}  // namespace

TEST_CASE("docs/devices.md is what the code says", "[meross][documents]") {
    const auto path = std::filesystem::path(LANBRIDGE_SOURCE_DIR) / "docs" / "devices.md";
    const auto made = document();
    if (std::getenv("LANBRIDGE_WRITE_DOCUMENTS")) std::ofstream(path) << made;
    std::ifstream file(path);
    std::stringstream kept;
    kept << file.rdbuf();
    INFO("make it anew with LANBRIDGE_WRITE_DOCUMENTS=1");
    CHECK(kept.str() == made);
}
