#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "homeassistant/agenda.hpp"
#include "lanbridge/homeassistant/discovery.hpp"

namespace lanbridge::homeassistant {

/// An entity of a retained config that our device does not have (any more).
struct StaleComponent {
    std::string key;
    std::string platform;
    std::vector<std::string> topics;  ///< its retained topics below our base
};

/// What the publisher remembers of a device: flags rather than messages, so that any number of changes costs
/// the same.
struct DeviceRecord {
    DeviceRecord(model::DeviceId i, bool is_bridge, model::EntitySetPtr e)
        : id(std::move(i)), bridge(is_bridge), entities(std::move(e)) {
        resize();
    }
    void resize() {
        live.assign(entities->slot_count(), false);
        bulk.assign(entities->slot_count(), false);
        entity_availability_due.assign(entities->entities().size(), false);
    }
    std::string_view level() const noexcept { return level_of(id, bridge); }

    model::DeviceId id;
    bool bridge;
    model::EntitySetPtr entities;

    std::uint64_t announced = 0;  ///< hash of the announcement that is out; 0 = none
    Agenda::Clock::time_point announce_at{};
    bool announce_waits = false;  ///< debounced: a timer runs
    bool announce_due = false;
    bool announce_always = false;  ///< also when unchanged
    bool entities_changed = false;
    bool availability_due = false;
    bool withheld = false;  ///< its config was deleted in Home Assistant
    bool silent = false;    ///< after `homeassistant/clear`
    bool in_live = false;   ///< stands in the publisher's queue
    bool in_bulk = false;

    std::vector<bool> live;  ///< slots that changed
    std::vector<bool> bulk;  ///< slots to be said again
    std::vector<bool> entity_availability_due;
    Markers markers;
    std::set<std::string, std::less<>> withheld_entities;  ///< the same for `discovery: entity`
    std::vector<StaleComponent> stale;                     ///< seen at start, not yet judged
    std::vector<std::string> old_topics;                   ///< configs in a form we no longer use
};

}  // namespace lanbridge::homeassistant
