// Moving from what an earlier run left on the broker to what is true now, without losing what users set up.
#include <algorithm>
#include <utility>

#include "homeassistant/publisher.hpp"
#include "lanbridge/base/log.hpp"

namespace lanbridge::homeassistant {
namespace {

const log::Logger logger("homeassistant");

/// How long a device may take after its first read to find all its entities, before a retained document that
/// names more is taken at its word that they are gone.
constexpr auto judge_delay = 10s;
/// A broker that replays slowly sends one config of a device right after the other.
constexpr auto gathering_period = 200ms;
/// Between the steps of moving from one discovery form to the other.
constexpr auto migration_pause = 1s;
/// As for every other change.
constexpr auto announce_debounce = 2s;
constexpr std::string_view migrate_message = R"({"migrate_discovery":true})";

}  // namespace

void Publisher::judge_later(const model::DeviceId& id, std::vector<StaleComponent> stale) {
    auto* known = record(id);
    auto& kept = known ? known->stale : foretold_[id].stale;
    std::ranges::move(stale, std::back_inserter(kept));
    if (!known) return;
    const auto* device = registry_.find(id);
    if (device && device->been_read()) agenda_.after(judge_delay, [this, id] { judge(id); });
}

void Publisher::judge(const model::DeviceId& id) {
    auto* known = record(id);
    if (!known || known->stale.empty()) return;
    bool changed = false;
    for (auto& stale : std::exchange(known->stale, {})) {
        const auto* entity = known->entities->find(stale.key);
        if (entity && platform_name(entity->component) == stale.platform) continue;
        known->markers[stale.key] = stale.platform;
        changed = true;
        logger.info("{}: {} {} of an earlier document is gone and is removed", id.value(), stale.platform,
                    stale.key);
        if (entity) continue;  // its topics serve the new platform
        for (auto& topic : stale.topics) clear(std::move(topic));
    }
    if (changed) announce_later(*known, announce_debounce);
}

void Publisher::move_from(const model::DeviceId& id, std::string old_topic) {
    if (!settings_.enabled) return;
    auto* known = record(id);
    auto& kept = known ? known->old_topics : foretold_[id].old_topics;
    kept.push_back(std::move(old_topic));
    if (!known || listening_ || kept.size() > 1) return;
    agenda_.after(gathering_period, [this, id] {  // its other configs come with the same replay
        if (auto* ready = record(id); ready && !ready->old_topics.empty()) begin_migration(*ready);
    });
}

/// Home Assistant unloads the entities but keeps their registry entries, so that names and areas survive.
void Publisher::begin_migration(DeviceRecord& record) {
    logger.info("{}: moving {} retained config topics to the form that is configured", record.id.value(),
                record.old_topics.size());
    for (const auto& topic : record.old_topics)
        stage(model::Publication(topic, std::string(migrate_message), 1, true));
    agenda_.after(migration_pause, [this, id = record.id] {
        if (auto* known = this->record(id)) {
            known->announce_due = known->announce_always = true;
            mark_all_slots(*known);
            drain();
        }
        agenda_.after(migration_pause, [this, id] { end_migration(id); });
    });
    drain();
}

void Publisher::end_migration(const model::DeviceId& id) {
    auto* known = record(id);
    if (!known) return;
    // Not before the new form is out: an entity that is in neither would be removed.
    if (!up_ || known->announce_due || known->announced == 0) {
        if (announces(*known)) agenda_.after(migration_pause, [this, id] { end_migration(id); });
        return;
    }
    for (auto& topic : std::exchange(known->old_topics, {})) clear(std::move(topic));
    drain();
}

}  // namespace lanbridge::homeassistant
