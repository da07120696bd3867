// How the publisher's flags become messages: as many as there is room for, what changed before what is
// repeated.
#include <algorithm>
#include <functional>
#include <utility>

#include "homeassistant/light.hpp"
#include "homeassistant/publisher.hpp"
#include "lanbridge/base/log.hpp"
#include "lanbridge/homeassistant/payload.hpp"

namespace lanbridge::homeassistant {
namespace {

const log::Logger logger("homeassistant");

/// The pace after a birth or a reconnect, when brokers and Home Assistant are busy anyway.
constexpr std::size_t paced_messages = 50;
constexpr auto paced_period = 100ms;
/// Per turn of the loop when not paced: about a millisecond of work, so that commands pass in between.
constexpr std::size_t messages_per_turn = 32;
/// How long to wait when the broker does not keep up.
constexpr auto blocked_period = 5ms;
/// Room that repetitions leave to what changes meanwhile.
constexpr std::size_t room_kept_free = 64;
/// Repetitions that may wait in the outbox: a command's confirmation stands behind no more than these.
constexpr std::size_t most_bulk_waiting = 256;
/// Topics that wait for being cleared: several times what the largest installation publishes at removal of a
/// hub.
constexpr std::size_t max_staged = 200'000;
/// An echo comes within a moment; a later clearing of the same topic is somebody else's.
constexpr auto echo_limit = 10s;
constexpr std::size_t max_own_clears = 10'000;

int qos_of(const model::EntityDescription& entity, const model::PartDescription& part) {
    const bool minor = entity.category == model::Category::diagnostic ||
                       entity.state_class == "measurement" || part.kind == model::ValueKind::attributes;
    return minor ? 0 : 1;
}

std::string_view availability_word(bool online) { return online ? "online" : "offline"; }

}  // namespace

void Publisher::drain() {
    if (!up_ || listening_ || std::exchange(draining_, true)) return;
    drain_live();
    schedule_bulk();
    draining_ = false;
}

void Publisher::drain_live() {
    while (!live_.empty()) {
        auto* known = record(live_.front());
        const auto* device = registry_.find(live_.front());
        if (known && device && !publish_live(*known, *device)) return;
        if (known) known->in_live = false;
        live_.pop_front();
    }
}

/// Values first: a command's confirmation may be among them. False when the outbox is full.
bool Publisher::publish_live(DeviceRecord& record, const registry::Device& device) {
    for (;;) {
        auto step = publish_next_slot(record, device, true);
        if (step == Step::done) step = publish_availability(record, device);
        if (step == Step::blocked) return false;
        if (step == Step::done) return true;
    }
}

void Publisher::schedule_bulk() {
    const bool work = !staged_.empty() || !bulk_.empty() || !bulk_children_.empty();
    if (!work) paced_ = false;
    if (!work || !up_ || std::exchange(bulk_scheduled_, true)) return;
    agenda_.soon([this] { bulk_turn(); });
}

void Publisher::bulk_turn() {
    bulk_scheduled_ = false;
    if (!up_) return;
    drain_live();
    auto wait = paced_ ? Agenda::Clock::duration(paced_period) : Agenda::Clock::duration::zero();
    for (std::size_t left = paced_ ? paced_messages : messages_per_turn; left > 0; --left) {
        const auto step = live_.empty() && room_for_bulk() ? bulk_step() : Step::blocked;
        if (step == Step::done) return schedule_bulk();
        if (step == Step::sent) continue;
        wait = std::max<Agenda::Clock::duration>(wait, blocked_period);
        break;
    }
    bulk_scheduled_ = true;
    agenda_.after(wait, [this] { bulk_turn(); });
}

bool Publisher::room_for_bulk() {
    const auto room = outbox_.room();
    largest_room_ = std::max(largest_room_, room);
    return room > std::min(room_kept_free, largest_room_ / 4) && largest_room_ - room < most_bulk_waiting;
}

/// One message; `done` when nothing is left.
Publisher::Step Publisher::bulk_step() {
    for (;;) {
        if (!staged_.empty()) {
            if (!send(staged_.front())) return Step::blocked;
            staged_.pop_front();
            return Step::sent;
        }
        auto& queue = bulk_.empty() ? bulk_children_ : bulk_;
        if (queue.empty()) return Step::done;
        auto* known = record(queue.front());
        const auto* device = registry_.find(queue.front());
        const auto step = known && device ? next_message(*known, *device) : Step::done;
        if (step != Step::done) return step;
        if (known) known->in_bulk = false;
        queue.pop_front();
    }
}

Publisher::Step Publisher::next_message(DeviceRecord& record, const registry::Device& device) {
    if (record.silent) return Step::done;
    if (std::exchange(record.announce_due, false)) {
        stage_announcement(record, device);
        return Step::sent;
    }
    const auto step = publish_availability(record, device);
    return step == Step::done ? publish_next_slot(record, device, false) : step;
}

void Publisher::stage_announcement(DeviceRecord& record, const registry::Device& device) {
    const bool always = std::exchange(record.announce_always, false);
    if (!announces(record)) return;
    auto announcement = discovery_.announce(device.description(), record.markers, settings_.discovery);
    std::size_t hash = 0;
    for (const auto& [topic, payload] : announcement.messages)
        hash = hash * 31 + (std::hash<std::string>{}(topic) ^ std::hash<std::string>{}(payload));
    hash |= 1U;  // 0 means "none"
    if (hash == record.announced && !always) return;
    if (hash != record.announced)
        for (const auto& problem : announcement.problems)
            logger.warn("{}: not shown in Home Assistant: {}", record.id.value(), problem);
    record.announced = hash;
    for (auto& [topic, payload] : announcement.messages) {
        const auto config = topics_.parse_config(topic);
        if (config && settings_.discovery == DiscoveryForm::entity &&
            record.withheld_entities.contains(config->object))
            continue;
        stage(model::Publication(std::move(topic), std::move(payload), 1, true));
    }
    // What changed its platform comes back under the new one, after Home Assistant has let go of the old.
    const auto replaced = [&record](const auto& marker) {
        return record.entities->find(marker.first) != nullptr;
    };
    if (std::erase_if(record.markers, replaced) == 0) return;
    record.entities_changed = true;
    announce_later(record, 2s);
}

Publisher::Step Publisher::publish_availability(DeviceRecord& record, const registry::Device& device) {
    if (record.availability_due && !record.bridge) {
        const auto word = availability_word(device.availability().online);
        if (!send(model::Publication(topics_.availability(record.id), std::string(word), 1, true)))
            return Step::blocked;
        record.availability_due = false;
        return Step::sent;
    }
    record.availability_due = false;
    const auto entities = device.entities().entities();
    for (std::size_t i = 0; i < entities.size() && i < record.entity_availability_due.size(); ++i) {
        if (!record.entity_availability_due[i]) continue;
        if (entities[i].own_availability) {
            const auto word = availability_word(device.entity_available(i));
            auto topic = topics_.entity_availability(record.level(), entities[i].key);
            if (!send(model::Publication(std::move(topic), std::string(word), 1, true))) return Step::blocked;
        }
        record.entity_availability_due[i] = false;
        if (entities[i].own_availability) return Step::sent;
    }
    return Step::done;
}

Publisher::Step Publisher::publish_next_slot(DeviceRecord& record, const registry::Device& device,
                                             bool live) {
    const auto entities = device.entities().entities();
    std::size_t slot = 0;
    for (std::size_t i = 0; i < entities.size(); ++i) {
        for (std::size_t k = 0; k < entities[i].parts.size(); ++k, ++slot) {
            if (slot >= record.live.size() || !(live ? record.live : record.bulk)[slot]) continue;
            auto message = slot_message(record, device, i, k, live);
            const bool there = message.has_value();
            if (there && !send(std::move(*message))) return Step::blocked;
            slot_sent(record, i, slot, live);
            if (there) return Step::sent;
        }
    }
    return Step::done;
}

void Publisher::slot_sent(DeviceRecord& record, std::size_t entity_index, std::size_t slot, bool live) {
    (live ? record.live : record.bulk)[slot] = false;
    if (!staged_.empty()) return;  // a clearing of the same topic may be on its way: repeat it afterwards
    record.bulk[slot] = false;
    const auto& entity = record.entities->entities()[entity_index];
    if (entity.component != model::Component::light) return;
    const auto first = record.entities->first_slot(entity_index);
    for (std::size_t k = 0; k < entity.parts.size(); ++k)
        record.live[first + k] = record.bulk[first + k] = false;
}

std::optional<model::Publication> Publisher::slot_message(const DeviceRecord& record,
                                                          const registry::Device& device,
                                                          std::size_t entity_index, std::size_t part_index,
                                                          bool live) const {
    const auto& entity = device.entities().entities()[entity_index];
    const auto& part = entity.parts[part_index];
    const bool event = entity.component == model::Component::event;
    if (!part.readable || (event && !live)) return std::nullopt;
    if (entity.component == model::Component::light && part.name != "attributes") {
        const auto* state = device.value(entity.key);
        const bool unknown = !state || std::holds_alternative<std::monostate>(state->value);
        if (unknown && !device.been_read()) return std::nullopt;
        return model::Publication(topics_.part(record.level(), entity.key, "state"),
                                  light_state(device, entity_index), 1, true);
    }
    const auto& value = device.value(device.entities().first_slot(entity_index) + part_index).value;
    if (std::holds_alternative<std::monostate>(value) && !device.been_read()) return std::nullopt;
    auto topic = topics_.part(record.level(), entity.key, part.name);
    if (topic == topics_.bridge_state()) return std::nullopt;  // its owner is who sets the last will
    auto payload = format_value(entity, part, value);
    if (!payload) return std::nullopt;
    return model::Publication(std::move(topic), std::move(*payload), qos_of(entity, part), !event);
}

bool Publisher::send(model::Publication publication) {
    if (!up_ || outbox_.room() == 0) return false;
    const bool clears = publication.retain && publication.payload.empty();
    std::string topic = clears ? publication.topic : std::string();
    if (!outbox_.publish(std::move(publication))) {
        ++counters_.refused_by_outbox;
        return false;
    }
    ++counters_.published;
    if (clears) note_own_clear(topic);
    return true;
}

void Publisher::stage(model::Publication publication) {
    if (staged_.size() >= max_staged) {
        ++counters_.clears_dropped;
        return;
    }
    staged_.push_back(std::move(publication));
}

void Publisher::clear(std::string topic) {
    stage(model::Publication(std::move(topic), std::string(), 1, true));
    schedule_bulk();
}

/// Only topics that we subscribe come back to us.
void Publisher::note_own_clear(const std::string& topic) {
    if (!topics_.parse_config(topic) && !topics_.parse_set(topic)) return;
    const auto now = agenda_.now();
    if (own_clears_.size() >= max_own_clears)
        std::erase_if(own_clears_, [now](const auto& entry) { return entry.second < now; });
    if (own_clears_.size() < max_own_clears) own_clears_[topic] = now + echo_limit;
}

bool Publisher::take_own_clear(std::string_view topic) {
    const auto it = own_clears_.find(std::string(topic));
    if (it == own_clears_.end()) return false;
    const bool fresh = agenda_.now() <= it->second;
    own_clears_.erase(it);
    return fresh;
}

}  // namespace lanbridge::homeassistant
