#pragma once

#include <string>

#include "homeassistant/house.hpp"
#include "support/catch.hpp"

// What the scenarios of the life cycle share: one plug to look at closely, and the checks that end most of
// them.
namespace lanbridge::test {

inline const std::string plug = "meross_48e1e9aabbcc";
inline const std::string document = "homeassistant/device/lanbridge/" + plug + "/config";
inline const std::string relay = "lanbridge_" + plug + "_switch_0";
inline const std::string relay_state = "lanbridge/" + plug + "/switch_0/state";

inline void say(House& house, const std::string& entity, model::Value value) {
    model::Observations seen;
    seen.emplace_back(entity, std::move(value));
    house.registry->observe(model::DeviceId(plug), seen, model::Transport::http);
}

/// Every entity of every device is there, available, and its topics hold values; nothing was complained
/// about.
inline void check_complete(House& house) {
    for (const auto& [id, device] : house.registry->devices()) {
        for (const auto& entity : device->entities().entities()) {
            INFO(id.value() << "/" << entity.key);
            CHECK(house.ha.available("lanbridge_" + id.value() + "_" + entity.key));
        }
    }
    for (const auto& complaint : house.ha.complaints) FAIL_CHECK(complaint);
}

inline homeassistant::Settings entity_form() {
    homeassistant::Settings settings;
    settings.discovery = homeassistant::DiscoveryForm::entity;
    return settings;
}

inline model::DeviceDescription without(const std::string& key) {
    auto out = metering_plug();
    std::vector<model::EntityDescription> kept;
    for (const auto& entity : out.entities->entities())
        if (entity.key != key) kept.push_back(entity);
    out.entities = std::make_shared<const model::EntitySet>(std::move(kept));
    return out;
}

}  // namespace lanbridge::test
