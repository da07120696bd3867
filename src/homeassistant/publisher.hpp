#pragma once

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "homeassistant/agenda.hpp"
#include "homeassistant/device_record.hpp"
#include "lanbridge/homeassistant/homeassistant.hpp"

namespace lanbridge::homeassistant {

/// Turns differences of the registry into messages. Two lanes: `live` for what changed just now, `bulk` for
/// what is said again, paced, and always behind the first.
class Publisher {
public:
    Publisher(registry::Registry& registry, model::Outbox& outbox, const Settings& settings,
              const Topics& topics, Agenda& agenda);

    void link_up();
    void link_down();
    void drain();
    /// Home Assistant (re)started: all states, and announcements where they differ from what is out.
    void birth();

    void described(const registry::Device& device, const model::DeviceDescription* before);
    void read(const registry::Device& device);
    void value_changed(const registry::Device& device, std::size_t entity_index, std::size_t part_index);
    void availability_changed(const registry::Device& device);
    void entity_availability_changed(const registry::Device& device, std::size_t entity_index);
    /// Says one part again, although it did not change.
    void repeat(const registry::Device& device, std::string_view entity, std::string_view part);
    void republish(const registry::Device& device);
    void removed(const registry::Device& last);

    /// Removes a retained message.
    void clear(std::string topic);
    void clear_everything();
    /// Takes devices that are remembered but not here for offline.
    void say_offline(const model::DeviceId& device);

    DeviceRecord* record(const model::DeviceId& id);
    /// A config of ours was cleared by someone. `entity` is empty for a device document.
    void config_deleted(const model::DeviceId& id, std::string_view entity);
    /// True, once, for the echo of a clearing of our own.
    bool take_own_clear(std::string_view topic);
    /// Entities of a retained config are compared with what the device has, once it has been read for a
    /// while.
    void judge_later(const model::DeviceId& id, std::vector<StaleComponent> stale);
    /// Moves a device's configs from other topics to its present ones.
    void move_from(const model::DeviceId& id, std::string old_topic);
    /// It turned out to be nobody's.
    void forget_foretold(const model::DeviceId& id) { foretold_.erase(id); }

    bool idle() const {
        return !listening_ && waiting_devices() == 0 && staged_.empty() && waiting_announcements_ == 0;
    }
    const Counters& counters() const { return counters_; }
    std::size_t waiting_devices() const { return live_.size() + bulk_.size() + bulk_children_.size(); }
    const Discovery& discovery() const { return discovery_; }

private:
    enum class Step { sent, done, blocked };
    /// What retained configs said of a device that is not here yet.
    struct Foretold {
        std::vector<StaleComponent> stale;
        std::vector<std::string> old_topics;
    };

    bool announces(const DeviceRecord& record) const;
    void mark_everything(DeviceRecord& record);
    void mark_all_slots(DeviceRecord& record);
    void enqueue_live(DeviceRecord& record);
    void enqueue_bulk(DeviceRecord& record);
    void begin_publishing();
    void introduce(DeviceRecord& record);
    void announce_later(DeviceRecord& record, Agenda::Clock::duration period);
    void announcement_ripe(const model::DeviceId& id);
    void adopt_entities(DeviceRecord& record, const model::DeviceDescription& now,
                        const model::DeviceDescription& before);
    void judge(const model::DeviceId& id);
    void begin_migration(DeviceRecord& record);
    void end_migration(const model::DeviceId& id);
    void clear_topics_of(const DeviceRecord& record);

    // drain.cpp
    void drain_live();
    void bulk_turn();
    Step bulk_step();
    Step next_message(DeviceRecord& record, const registry::Device& device);
    bool publish_live(DeviceRecord& record, const registry::Device& device);
    void stage_announcement(DeviceRecord& record, const registry::Device& device);
    Step publish_availability(DeviceRecord& record, const registry::Device& device);
    Step publish_next_slot(DeviceRecord& record, const registry::Device& device, bool live);
    void slot_sent(DeviceRecord& record, std::size_t entity_index, std::size_t slot, bool live);
    std::optional<model::Publication> slot_message(const DeviceRecord& record, const registry::Device& device,
                                                   std::size_t entity_index, std::size_t part_index,
                                                   bool live) const;
    bool send(model::Publication publication);
    void stage(model::Publication publication);
    void note_own_clear(const std::string& topic);
    bool room_for_bulk();
    void schedule_bulk();

    registry::Registry& registry_;
    model::Outbox& outbox_;
    const Settings& settings_;
    const Topics& topics_;
    Agenda& agenda_;
    Discovery discovery_;
    std::unordered_map<model::DeviceId, std::unique_ptr<DeviceRecord>> records_;
    std::deque<model::DeviceId> live_;
    std::deque<model::DeviceId> bulk_;
    std::deque<model::DeviceId> bulk_children_;  ///< after their hubs, which would else show without a name
    std::deque<model::Publication> staged_;      ///< clearings, and one device's announcement at a time
    std::unordered_map<model::DeviceId, Foretold> foretold_;
    std::unordered_map<std::string, Agenda::Clock::time_point> own_clears_;
    std::unordered_map<model::DeviceId, Agenda::Clock::time_point> removed_at_;
    Counters counters_;
    std::size_t waiting_announcements_ = 0;
    std::size_t largest_room_ = 0;
    std::uint64_t connects_ = 0;
    bool up_ = false;
    bool been_up_ = false;
    bool listening_ = false;  ///< first connect: the broker is still saying what it has of ours
    bool paced_ = false;
    bool bulk_scheduled_ = false;
    bool draining_ = false;
};

}  // namespace lanbridge::homeassistant
