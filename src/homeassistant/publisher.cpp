#include "homeassistant/publisher.hpp"

#include <algorithm>
#include <utility>

#include "lanbridge/base/log.hpp"

namespace lanbridge::homeassistant {
namespace {

const log::Logger logger("homeassistant");

/// Home Assistant loses the rest of a document that arrives while an entity of the one before is being set
/// up.
constexpr auto announce_debounce = 2s;
/// A config that was cleared comes back no sooner: Home Assistant would make `…_2` entities.
constexpr auto pause_after_removal = 2s;
/// Brokers replay what they retain within milliseconds of the subscription.
constexpr auto listening_period = 250ms;
/// After a reconnect others (Home Assistant, the broker's own replay) are busy as well.
constexpr auto reconnect_delay = 2s;

}  // namespace

Publisher::Publisher(registry::Registry& registry, model::Outbox& outbox, const Settings& settings,
                     const Topics& topics, Agenda& agenda)
    : registry_(registry),
      outbox_(outbox),
      settings_(settings),
      topics_(topics),
      agenda_(agenda),
      discovery_(topics, settings.origin) {}

DeviceRecord* Publisher::record(const model::DeviceId& id) {
    const auto it = records_.find(id);
    return it != records_.end() ? it->second.get() : nullptr;
}

bool Publisher::announces(const DeviceRecord& record) const {
    return settings_.enabled && !record.withheld && !record.silent;
}

void Publisher::link_up() {
    up_ = true;
    const auto connect = ++connects_;
    if (!std::exchange(been_up_, true)) {
        listening_ = true;
        agenda_.after(listening_period, [this, connect] {
            if (listening_ && connect == connects_) begin_publishing();
        });
        return;
    }
    agenda_.after(reconnect_delay, [this, connect] {
        if (!up_ || connect != connects_) return;  // the link went again meanwhile
        paced_ = true;
        for (const auto& [id, device] : registry_.devices())
            if (auto* known = record(id)) mark_everything(*known);
        drain();
    });
    drain();
}

/// What the broker had of ours is known by now, so that nothing is announced in two forms at once.
void Publisher::begin_publishing() {
    listening_ = false;
    for (const auto& [id, device] : registry_.devices()) {
        auto* known = record(id);
        if (!known) continue;
        if (known->old_topics.empty())
            mark_everything(*known);
        else
            begin_migration(*known);
    }
    drain();
}

/// Nothing but clearings is kept for later: everything else is said again after the next connect.
void Publisher::link_down() {
    up_ = false;
    if (std::exchange(listening_, false)) been_up_ = false;
    own_clears_.clear();
    std::erase_if(staged_, [](const model::Publication& message) { return !message.payload.empty(); });
    for (auto* queue : {&live_, &bulk_, &bulk_children_}) queue->clear();
    for (auto& [id, known] : records_) {
        known->in_live = known->in_bulk = false;
        known->announce_due = false;
        known->resize();
    }
}

void Publisher::birth() {
    paced_ = true;
    for (const auto& [id, device] : registry_.devices()) {
        auto* known = record(id);
        if (!known) continue;
        known->announce_due = true;
        mark_all_slots(*known);
    }
    drain();
}

void Publisher::mark_all_slots(DeviceRecord& record) {
    record.availability_due = true;
    record.bulk.assign(record.bulk.size(), true);
    record.entity_availability_due.assign(record.entity_availability_due.size(), true);
    enqueue_bulk(record);
}

void Publisher::mark_everything(DeviceRecord& record) {
    record.announce_due = record.announce_always = true;
    mark_all_slots(record);
}

void Publisher::enqueue_live(DeviceRecord& record) {
    if (!up_ || record.silent || std::exchange(record.in_live, true)) return;
    live_.push_back(record.id);
}

void Publisher::enqueue_bulk(DeviceRecord& record) {
    if (!up_ || record.silent || std::exchange(record.in_bulk, true)) return;
    const auto* device = registry_.find(record.id);
    const bool child = device && !device->description().via.empty();
    (child ? bulk_children_ : bulk_).push_back(record.id);
}

void Publisher::described(const registry::Device& device, const model::DeviceDescription* before) {
    auto& slot = records_[device.id()];
    if (!slot) {
        slot = std::make_unique<DeviceRecord>(device.id(), device.description().is_bridge,
                                              device.description().entities);
        introduce(*slot);
        return drain();
    }
    if (before) adopt_entities(*slot, device.description(), *before);
    announce_later(*slot, announce_debounce);
    drain();
}

/// The first announcement is not debounced, unless something has to happen before.
void Publisher::introduce(DeviceRecord& record) {
    if (auto found = foretold_.extract(record.id)) {
        record.stale = std::move(found.mapped().stale);
        record.old_topics = std::move(found.mapped().old_topics);
    }
    const auto removed = removed_at_.find(record.id);
    const bool just_removed =
        removed != removed_at_.end() && agenda_.now() < removed->second + pause_after_removal;
    if (removed != removed_at_.end()) removed_at_.erase(removed);
    if (listening_) return;
    if (!record.old_topics.empty()) return begin_migration(record);
    if (just_removed) return announce_later(record, pause_after_removal);
    if (up_) mark_everything(record);
}

/// Takes over a changed set of entities: what vanished gets a removal marker, and its topics are cleared.
void Publisher::adopt_entities(DeviceRecord& record, const model::DeviceDescription& now,
                               const model::DeviceDescription& before) {
    if (now.entities == record.entities) return;
    for (const auto& entity : before.entities->entities()) {
        const auto* kept = now.entities->find(entity.key);
        if (!kept || kept->component != entity.component)
            record.markers[entity.key] = std::string(platform_name(entity.component));
        for (const auto& part : entity.parts)
            if (part.readable && !now.entities->slot(entity.key, part.name) &&
                (entity.component != model::Component::light || !kept))
                clear(topics_.part(record.level(), entity.key, part.name));
        if (entity.own_availability && (!kept || !kept->own_availability))
            clear(topics_.entity_availability(record.level(), entity.key));
    }
    for (const auto& entity : now.entities->entities()) {
        const auto marker = record.markers.find(entity.key);
        // It came back before anyone was told that it had gone.
        if (marker != record.markers.end() && marker->second == platform_name(entity.component))
            record.markers.erase(marker);
    }
    record.entities = now.entities;
    record.entities_changed = true;
    record.resize();
}

void Publisher::announce_later(DeviceRecord& record, Agenda::Clock::duration period) {
    record.announce_at = agenda_.now() + period;
    if (std::exchange(record.announce_waits, true)) return;
    ++waiting_announcements_;
    agenda_.after(period, [this, id = record.id] { announcement_ripe(id); });
}

void Publisher::announcement_ripe(const model::DeviceId& id) {
    --waiting_announcements_;
    auto* known = record(id);
    if (!known || !std::exchange(known->announce_waits, false)) return;
    if (agenda_.now() < known->announce_at) return announce_later(*known, known->announce_at - agenda_.now());
    known->announce_due = true;
    const bool first = known->announced == 0;
    if (std::exchange(known->entities_changed, false) || first)
        mark_all_slots(*known);
    else
        enqueue_bulk(*known);
    drain();
}

/// What was asked for and never came is known to be unknown now: no stale retained value may stay.
void Publisher::read(const registry::Device& device) {
    auto* known = record(device.id());
    if (!known || !up_) return;
    for (std::size_t slot = 0; slot < known->bulk.size(); ++slot)
        if (std::holds_alternative<std::monostate>(device.value(slot).value)) known->bulk[slot] = true;
    enqueue_bulk(*known);
    if (!known->stale.empty()) judge_later(device.id(), std::vector<StaleComponent>());
    drain();
}

void Publisher::value_changed(const registry::Device& device, std::size_t entity_index,
                              std::size_t part_index) {
    auto* known = record(device.id());
    if (!known || !up_ || known->silent) return;
    const auto slot = device.entities().first_slot(entity_index) + part_index;
    // The document goes first: Home Assistant ignores an option that it has not been told of.
    const auto& entity = device.entities().entities()[entity_index];
    const bool needs_document =
        known->announced == 0 ||
        (known->announce_waits && entity.parts[part_index].kind == model::ValueKind::option &&
         !entity.parts[part_index].commandable);
    if (needs_document && (known->announce_due || known->announce_waits) && announces(*known)) {
        known->bulk[slot] = true;
        if (known->announce_waits) known->entities_changed = true;
        return;
    }
    known->live[slot] = true;
    enqueue_live(*known);
    // What a light reports at once goes out as one object, never half of it.
    if (entity.component == model::Component::light) return agenda_.soon([this] { drain(); });
    drain();
}

void Publisher::availability_changed(const registry::Device& device) {
    auto* known = record(device.id());
    if (!known || !up_ || known->silent) return;
    known->availability_due = true;
    if (known->announce_due && known->in_bulk) return drain();  // in its turn, after the document
    enqueue_live(*known);
    drain();
}

void Publisher::entity_availability_changed(const registry::Device& device, std::size_t entity_index) {
    auto* known = record(device.id());
    if (!known || !up_ || known->silent) return;
    known->entity_availability_due[entity_index] = true;
    enqueue_live(*known);
    drain();
}

void Publisher::repeat(const registry::Device& device, std::string_view entity, std::string_view part) {
    auto* known = record(device.id());
    const auto slot = device.entities().slot(entity, part);
    if (!known || !slot || !up_) return;
    known->live[*slot] = true;
    enqueue_live(*known);
    drain();
}

void Publisher::republish(const registry::Device& device) {
    auto* known = record(device.id());
    if (!known) return;
    known->withheld = known->silent = false;
    known->withheld_entities.clear();
    mark_everything(*known);
    drain();
}

void Publisher::removed(const registry::Device& last) {
    const auto it = records_.find(last.id());
    if (it == records_.end()) return;
    clear_topics_of(*it->second);
    removed_at_[last.id()] = agenda_.now();
    agenda_.after(pause_after_removal, [this, id = last.id()] {
        const auto removed = removed_at_.find(id);
        if (removed != removed_at_.end() && removed->second + pause_after_removal <= agenda_.now())
            removed_at_.erase(id);
    });
    for (auto* queue : {&live_, &bulk_, &bulk_children_}) std::erase(*queue, last.id());
    records_.erase(it);
    drain();
}

void Publisher::clear_topics_of(const DeviceRecord& record) {
    if (settings_.enabled)
        for (auto& topic :
             discovery_.config_topics(record.id, *record.entities, record.markers, settings_.discovery))
            clear(std::move(topic));
    for (const auto& topic : record.old_topics) clear(topic);
    for (const auto& entity : record.entities->entities()) {
        for (const auto& part : entity.parts) {
            const bool own_topic = entity.component != model::Component::light || part.name == "state";
            if (!part.readable || !own_topic || entity.component == model::Component::event) continue;
            auto topic = topics_.part(record.level(), entity.key, part.name);
            if (topic != topics_.bridge_state()) clear(std::move(topic));
        }
        if (entity.own_availability) clear(topics_.entity_availability(record.level(), entity.key));
    }
    if (!record.bridge) clear(topics_.availability(record.id));
}

void Publisher::clear_everything() {
    for (auto& [id, known] : records_) {
        clear_topics_of(*known);
        known->silent = true;
        known->announced = 0;
        known->announce_due = known->availability_due = false;
        known->resize();
    }
    logger.info("clearing all retained topics; devices stay silent until device/refresh or a restart");
    drain();
}

void Publisher::say_offline(const model::DeviceId& device) {
    stage(model::Publication(topics_.availability(device), "offline", 1, true));
}

void Publisher::config_deleted(const model::DeviceId& id, std::string_view entity) {
    auto* known = record(id);
    if (!known || !settings_.enabled || known->announced == 0) return;
    if (entity.empty()) {
        if (std::exchange(known->withheld, true)) return;
        known->announced = 0;
        logger.info("{} was deleted in Home Assistant; it stays away until device/refresh or a restart",
                    id.value());
    } else if (known->withheld_entities.emplace(entity).second) {
        logger.info("{}/{} was deleted in Home Assistant; it stays away until device/refresh or a restart",
                    id.value(), entity);
    }
}

}  // namespace lanbridge::homeassistant
