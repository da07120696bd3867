#include "meross/hub/hub.hpp"

#include <algorithm>

#include "lanbridge/base/log.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"
#include "meross/hub/hub_memory.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross.hub");

/// Complete digests in a row that must lack a subdevice before it is believed to be gone.
constexpr int enough_misses = 2;

/// What the digest adds to what was known. One that is off line is listed without all that it has.
SubdeviceFacts facts_of(const Listed& listed, const SubdeviceFacts& before) {
    SubdeviceFacts facts = before;
    facts.id = listed.id;
    if (!listed.type.empty())
        facts.type = listed.type;
    else if (facts.type.empty())
        facts.type = listed.guess;
    facts.has_onoff = facts.has_onoff || listed.has_onoff;
    return facts;
}

}  // namespace

Hub::Hub(HubParts parts, model::DeviceId id, Json ability)
    : parts_(parts), id_(std::move(id)), ability_(std::move(ability)) {}

Hub::~Hub() {
    for (const auto& unit : units_) parts_.claims.release(unit->device(), *this);
}

void Hub::recall(std::int64_t wall_ms) {
    for (auto& known : recall_subdevices(parts_.memory, id_)) {
        const auto device = subdevice_device_id(known.facts.id);
        if (unit(known.facts.id) ||
            !parts_.claims.take(device, *this, SubdeviceClaims::Bond::remembered, true))
            continue;
        auto fresh = std::make_shared<SubdeviceUnit>(parts_, id_, SubdeviceFacts(known.facts));
        fresh->set_versions(known.hardware, known.firmware);
        if (!known.facts.type.empty()) build(*fresh, std::move(known.facts), wall_ms);
        fresh->describe();
        fresh->show_availability(link_);
        units_.push_back(std::move(fresh));
    }
    polls_changed_ = true;
}

void Hub::set_ability(Json ability, std::int64_t wall_ms) {
    if (ability == ability_) return;
    ability_ = std::move(ability);
    for (const auto& unit : units_)
        if (unit->has_type()) build(*unit, unit->facts(), wall_ms);
}

void Hub::build(SubdeviceUnit& unit, SubdeviceFacts facts, std::int64_t wall_ms) {
    facts.ability = ability_;
    facts.options = parts_.options;
    unit.build(std::move(facts), wall_ms);
    polls_changed_ = true;
}

SubdeviceUnit* Hub::unit(std::string_view id) const {
    const auto it =
        std::ranges::find(units_, id, [](const auto& unit) -> std::string_view { return unit->facts().id; });
    return it == units_.end() ? nullptr : it->get();
}

Hub::UnitPtr Hub::find(const model::DeviceId& device) const {
    const auto it = std::ranges::find(units_, device, [](const auto& unit) { return unit->device(); });
    return it == units_.end() ? nullptr : *it;
}

SubdeviceClaims::Bond Hub::bond(const model::DeviceId& id) const {
    const auto unit = find(id);
    if (!unit || !unit->listed_here) return SubdeviceClaims::Bond::remembered;
    return unit->online() && link_.online ? SubdeviceClaims::Bond::online : SubdeviceClaims::Bond::listed;
}

void Hub::lost(const model::DeviceId& id) {
    logger.info("{}: {} is behind another hub now", id_.value(), id.value());
    lost_.insert(id);
    erase(id);
}

void Hub::erase(const model::DeviceId& device) {
    if (const auto unit = find(device)) unit->unpublish();  // a command may still hold it
    std::erase_if(units_, [&](const auto& unit) { return unit->device() == device; });
    polls_changed_ = true;
    remember();
}

bool Hub::remove(const model::DeviceId& device) {
    const auto unit = find(device);
    if (!unit) return false;
    parts_.claims.release(device, *this);
    unit->remove();
    parts_.memory.remember(device, model::removed_topic, "true");
    erase(device);
    return true;
}

void Hub::read(const Reading& reading) {
    if (reading.name_space == ns::digest_hub) {
        if (const auto list = listed_subdevices(reading.payload)) take_digest(*list, reading);
        return;
    }
    const auto items = subdevice_items(reading.name_space, reading.payload);
    if (reading.name_space == ns::hub_valve_all && !items.empty()) {
        if (!std::exchange(all_answers_, true)) polls_changed_ = true;
        all_silent_ = false;
    }
    for (const auto& [id, item] : items) {
        SubdeviceUnit* known = unit(id);
        if (!known) continue;
        take_item(*known, Reading{reading.name_space, *item, reading.device_time, reading.wall_ms,
                                  reading.zone, reading.now});
    }
}

void Hub::take_item(SubdeviceUnit& unit, const Reading& reading) {
    const auto& name = reading.name_space;
    const Json& item = reading.payload;
    const bool was_online = unit.online();
    if (name == ns::hub_online)
        unit.set_status(static_cast<int>(int_or(item, {"status"}, -1)), link_);
    else if (const auto status = int_or(item, {"online", "status"}, -1); status >= 0)
        unit.set_status(static_cast<int>(status), link_);
    if (name == ns::hub_version) {
        unit.set_versions(string_or(item, {"hardware"}, ""), string_or(item, {"firmware"}, ""));
        remember();
    }
    if (auto type = unit.has_type() ? std::string() : type_shown_by(name, item); !type.empty()) {
        auto facts = unit.facts();
        facts.type = std::move(type);
        build(unit, std::move(facts), reading.wall_ms);
        unit.reads_wanted = true;
        remember();
    }
    if (was_online != unit.online()) polls_changed_ = true;
    unit.read(reading, link_.transport);
}

/// Nothing when it is not ours.
SubdeviceUnit* Hub::add(const Listed& listed, const Reading& reading) {
    const auto device = subdevice_device_id(listed.id);
    if (units_.size() >= max_subdevices || parts_.memory.recall(device, model::removed_topic)) return nullptr;
    const auto bond = listed.online() ? SubdeviceClaims::Bond::online : SubdeviceClaims::Bond::listed;
    if (!parts_.claims.take(device, *this, bond, !lost_.contains(device))) return nullptr;
    lost_.erase(device);
    auto facts = facts_of(listed, SubdeviceFacts());
    auto fresh = std::make_shared<SubdeviceUnit>(parts_, id_, SubdeviceFacts(facts));
    if (!facts.type.empty()) build(*fresh, std::move(facts), reading.wall_ms);
    fresh->reads_wanted = published_;
    logger.info("{}: has {} {}", id_.value(), listed.type.empty() ? "a subdevice" : listed.type, listed.id);
    units_.push_back(std::move(fresh));
    return units_.back().get();
}

void Hub::take_digest(const std::vector<Listed>& list, const Reading& reading) {
    bool changed = false;
    for (const auto& listed : list) {
        SubdeviceUnit* one = unit(listed.id);
        const bool fresh = one == nullptr;
        if (fresh) one = add(listed, reading);
        if (!one) continue;
        auto facts = facts_of(listed, one->facts());
        if (!one->same_as(facts) && !facts.type.empty()) {
            build(*one, std::move(facts), reading.wall_ms);
            changed = true;
        }
        const bool was_online = one->online();
        one->missing = 0;
        one->listed_here = true;
        one->set_status(listed.status, link_);
        one->read(Reading{reading.name_space, *listed.item, reading.device_time, reading.wall_ms,
                          reading.zone, reading.now},
                  link_.transport);
        changed = changed || fresh || was_online != one->online();
    }
    miss_absent(list);
    std::erase_if(lost_, [&](const auto& device) {
        return std::ranges::none_of(
            list, [&](const Listed& listed) { return subdevice_device_id(listed.id) == device; });
    });
    if (!changed) return;
    polls_changed_ = true;
    remember();
}

/// Off line at once, gone after a second digest that lacks it as well.
void Hub::miss_absent(const std::vector<Listed>& list) {
    std::vector<UnitPtr> gone;
    for (const auto& one : units_) {
        if (std::ranges::find(list, one->facts().id, &Listed::id) != list.end()) continue;
        one->set_status(0, link_);
        if (++one->missing >= enough_misses) gone.push_back(one);
    }
    for (const auto& one : gone) {
        logger.info("{}: {} is no longer behind it and is removed", id_.value(), one->device().value());
        parts_.claims.release(one->device(), *this);
        one->remove();
        erase(one->device());
    }
}

void Hub::refused(std::string_view name_space) {
    if (name_space == ns::hub_valve_all || name_space == ns::hub_sensor_all)
        return unanswered(name_space, false);
    for (const auto& unit : units_) unit->refused(name_space);
}

void Hub::unanswered(std::string_view name_space, bool cut) {
    const auto length = list_length(name_space, limits_);
    if (cut && length > 1) {
        limits_.insert_or_assign(std::string(name_space), length / 2);
        polls_changed_ = true;
        return;
    }
    if (name_space != ns::hub_valve_all || all_answers_ || all_silent_) return;
    logger.info("{}: does not answer {}: read in pieces", id_.value(), name_space);
    all_silent_ = polls_changed_ = true;
    ask_for_pieces();
}

void Hub::came_online(HubLink link) {
    link_ = std::move(link);
    all_answers_ = all_silent_ = false;
    polls_changed_ = true;
}

void Hub::reached_over(model::Transport transport, std::string_view reason) {
    if (!link_.online || (link_.transport == transport && link_.reason == reason)) return;
    link_.transport = transport;
    link_.reason = reason;
    show_availability();
}

void Hub::went_offline(std::string detail) {
    link_ = HubLink();
    link_.detail = std::move(detail);
    published_ = false;
    answers_.clear();
    for (const auto& unit : units_) {
        unit->unpublish();
        unit->reads_wanted = false;
    }
    show_availability();
}

void Hub::show_availability() {
    for (const auto& unit : units_)
        if (unit->published() || !link_.online) unit->show_availability(link_);
}

void Hub::publish(std::int64_t wall_ms) {
    if (!link_.online) return;
    const bool first_time = !std::exchange(published_, true);
    for (const auto& unit : units_) {
        if (first_time) unit->reads_wanted = false;  // they have just been read
        if (!unit->has_type() && unit->online()) build(*unit, unit->facts(), wall_ms);
        unit->publish(link_);
    }
}

void Hub::withdraw() {
    for (const auto& unit : units_) {
        unit->withdraw();
        parts_.claims.release(unit->device(), *this);
    }
    units_.clear();
}

void Hub::remember() const {
    remember_subdevices(parts_.memory, id_, units_);
    for (const auto& unit : units_)
        if (unit->published()) unit->features()->remember(parts_.memory, unit->device());
}

std::optional<Moment::TimePoint> Hub::wakes_at() const {
    std::optional<Moment::TimePoint> first;
    for (const auto& unit : units_) {
        const auto at = unit->features() ? unit->features()->wakes_at() : std::nullopt;
        if (at && (!first || *at < *first)) first = at;
    }
    return first;
}

void Hub::tick(const Moment& moment, std::vector<Request>& requests) {
    for (const auto& unit : units_) {
        if (!unit->features()) continue;
        model::Observations observations;
        const bool changed = unit->features()->tick(moment, requests, observations);
        unit->show(std::move(observations), changed, link_.transport);
    }
}

}  // namespace lanbridge::meross
