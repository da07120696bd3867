#include "lanbridge/registry/registry.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "lanbridge/base/json.hpp"
#include "lanbridge/base/log.hpp"
#include "registry/lane.hpp"

namespace lanbridge::registry {
namespace {

const log::Logger logger("registry");

/// Sensors report a handful of states. A device that sends something new each time must not make its document
/// grow for ever.
constexpr std::size_t max_options = 64;

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

/// The option that an enum sensor reports without listing it. A select is none: what it offers is what can be
/// set.
const std::string* unlisted_option(const model::PartDescription& part, const model::Value& value) noexcept {
    if (part.kind != model::ValueKind::option || part.commandable) return nullptr;
    const auto* option = std::get_if<std::string>(&value);
    if (!option || std::ranges::find(part.options, *option) != part.options.end()) return nullptr;
    return option;
}

using PartVisitor =
    std::function<void(const model::EntityDescription&, const model::PartDescription&, std::size_t)>;

void for_each_part(const model::EntitySet& set, const PartVisitor& visit) {
    std::size_t slot = 0;
    for (const auto& entity : set.entities())
        for (const auto& part : entity.parts) visit(entity, part, slot++);
}

/// The values of those parts that both sets have.
std::vector<StoredValue> carry_values(const model::EntitySet& from, std::vector<StoredValue> values,
                                      const model::EntitySet& to) {
    std::vector<StoredValue> carried(to.slot_count());
    for_each_part(to, [&](const auto& entity, const auto& part, std::size_t slot) {
        const auto* old_entity = from.find(entity.key);
        const auto old_slot = from.slot(entity.key, part.name);
        if (!old_slot) return;
        const auto& old_part =
            old_entity->parts[*old_slot -
                              from.first_slot(static_cast<std::size_t>(old_entity - from.entities().data()))];
        if (old_part.kind == part.kind) carried[slot] = std::move(values[*old_slot]);
    });
    return carried;
}

std::vector<std::uint32_t> carry_indices(const model::EntitySet& from,
                                         const std::vector<std::uint32_t>& indices,
                                         const model::EntitySet& to) {
    std::vector<std::uint32_t> carried;
    for (const auto index : indices)
        if (const auto* entity = to.find(from.entities()[index].key))
            carried.push_back(static_cast<std::uint32_t>(entity - to.entities().data()));
    return carried;
}

}  // namespace

Device::Device(model::DeviceDescription description) : description_(std::move(description)) {
    if (!description_.entities)
        description_.entities =
            std::make_shared<const model::EntitySet>(std::vector<model::EntityDescription>{});
    values_.resize(description_.entities->slot_count());
}

const StoredValue* Device::value(std::string_view entity, std::string_view part) const noexcept {
    const auto slot = entities().slot(entity, part);
    return slot ? &values_[*slot] : nullptr;
}

bool Device::entity_available(std::size_t entity_index) const noexcept {
    return std::ranges::find(unavailable_entities_, entity_index) == unavailable_entities_.end();
}

Registry::Registry(Context context) : context_(std::move(context)) {}
Registry::~Registry() = default;

void Registry::add_observer(Observer& observer) { observers_.push_back(&observer); }

Device* Registry::get(const model::DeviceId& id) noexcept {
    const auto it = devices_.find(id);
    return it == devices_.end() ? nullptr : it->second.get();
}

const Device* Registry::find(const model::DeviceId& id) const noexcept {
    const auto it = devices_.find(id);
    return it == devices_.end() ? nullptr : it->second.get();
}

const Device* Registry::find_any(std::string_view id_or_name) const noexcept {
    const Device* by_serial = nullptr;
    const Device* by_name = nullptr;
    for (const auto& [id, device] : devices_) {
        const auto& description = device->description();
        if (equal_ignoring_case(id.value(), id_or_name)) return device.get();
        if (!by_name && equal_ignoring_case(description.name, id_or_name)) by_name = device.get();
        if (!by_serial && equal_ignoring_case(description.serial_number, id_or_name))
            by_serial = device.get();
    }
    if (id_or_name.empty()) return nullptr;
    return by_name ? by_name : by_serial;
}

void Registry::apply_remembered_name(model::DeviceDescription& description) const {
    if (!memory_ || description.name_is_configured) return;
    const auto record = memory_->recall(description.id, model::name_topic);
    if (!record) return;
    const auto json = parse_json(*record);
    if (json && json->is_string()) description.name = json->get<std::string>();
}

void Registry::describe(model::DeviceDescription description, model::DeviceDriver& driver) {
    apply_remembered_name(description);
    Device* device = get(description.id);
    if (device) {
        if (device->driver_ != &driver) drop_lane(description.id);
        device->driver_ = &driver;
        return replace_description(*device, std::move(description));
    }
    auto created = std::make_unique<Device>(std::move(description));
    device = created.get();
    device->driver_ = &driver;
    devices_.emplace(device->id(), std::move(created));
    for (auto* observer : observers_) observer->device_described(*device, nullptr);
}

void Registry::replace_description(Device& device, model::DeviceDescription description) {
    Device next(std::move(description));
    next.values_ = carry_values(device.entities(), device.values_, next.entities());
    // A state learnt on top of what the integration lists stays listed as long as it is the present one.
    const auto listed = next.description_.entities;  // kept: learning an option replaces the set
    for_each_part(*listed, [&](const auto& entity, const auto& part, std::size_t slot) {
        if (unlisted_option(part, next.values_[slot].value))
            learn_option(next, model::Observation(entity.key, part.name, next.values_[slot].value));
    });
    if (next.entities() == device.entities()) next.description_.entities = device.description_.entities;
    if (next.description_ == device.description_) return;
    next.unavailable_entities_ =
        carry_indices(device.entities(), device.unavailable_entities_, next.entities());
    std::swap(next.description_, device.description_);
    device.values_ = std::move(next.values_);
    device.unavailable_entities_ = std::move(next.unavailable_entities_);
    for (auto* observer : observers_) observer->device_described(device, &next.description_);
}

void Registry::first_read_done(const model::DeviceId& id) {
    Device* device = get(id);
    if (!device || std::exchange(device->been_read_, true)) return;
    for (auto* observer : observers_) observer->device_read(*device);
}

void Registry::observe(const model::DeviceId& id, const model::Observations& observations,
                       model::Transport via) {
    Device* device = get(id);
    if (!device) {
        dropped_ += observations.size();
        logger.debug("{}: {} observations of an unknown device dropped", id.value(), observations.size());
        return;
    }
    const auto now_ms = context_.time.wall_ms();
    for (const auto& observation : observations) store(*device, observation, now_ms, via);
}

void Registry::store(Device& device, const model::Observation& observation, std::int64_t now_ms,
                     model::Transport via) {
    const auto* entity = device.entities().find(observation.entity);
    auto index = entity ? static_cast<std::size_t>(entity - device.entities().entities().data()) : 0;
    std::size_t part = 0;
    while (entity && part < entity->parts.size() && entity->parts[part].name != observation.part) ++part;
    if (!entity || part == entity->parts.size()) {
        ++dropped_;
        logger.debug("{}: {}/{} is not described, dropped", device.id().value(), observation.entity,
                     observation.part);
        return;
    }
    const auto slot = device.entities().first_slot(index) + part;
    const double* number = std::get_if<double>(&observation.value);
    const bool no_number = number && !std::isfinite(*number);
    static const model::Value unknown;
    const model::Value& value = no_number ? unknown : observation.value;
    device.values_[slot].observed_ms = now_ms;
    device.values_[slot].via = via;
    if (same_value(device.values_[slot].value, value)) return;
    if (unlisted_option(entity->parts[part], value)) {
        const auto before = device.description_;
        if (!learn_option(device, observation)) return;
        for (auto* observer : observers_) observer->device_described(device, &before);
    }
    device.values_[slot].value = value;
    for (auto* observer : observers_) observer->value_changed(device, index, part);
}

/// Home Assistant drops a state that its document does not list: the list grows before the state goes out.
bool Registry::learn_option(Device& device, const model::Observation& observation) {
    const auto known = device.entities().entities();
    std::vector<model::EntityDescription> entities(known.begin(), known.end());
    const auto entity = std::ranges::find(entities, observation.entity, &model::EntityDescription::key);
    const auto part = std::ranges::find(entity->parts, observation.part, &model::PartDescription::name);
    const auto& option = *std::get_if<std::string>(&observation.value);
    if (part->options.size() >= max_options) {
        ++dropped_;
        logger.debug("{}: {} has {} options already, {} dropped", device.id().value(), entity->key,
                     max_options, option);
        return false;
    }
    part->options.push_back(option);
    logger.info("{}: {} reports {}, which was not known", device.id().value(), entity->key, option);
    device.description_.entities = sets_.intern(std::move(entities));
    return true;
}

void Registry::set_availability(const model::DeviceId& id, model::Availability availability) {
    Device* device = get(id);
    if (!device || device->availability_ == availability) return;
    device->availability_ = std::move(availability);
    for (auto* observer : observers_) observer->availability_changed(*device);
}

void Registry::set_entity_availability(const model::DeviceId& id, std::string_view entity, bool available) {
    Device* device = get(id);
    if (!device) return;
    const auto* description = device->entities().find(entity);
    if (!description) return;
    const auto index = static_cast<std::uint32_t>(description - device->entities().entities().data());
    if (device->entity_available(index) == available) return;
    if (available)
        std::erase(device->unavailable_entities_, index);
    else
        device->unavailable_entities_.push_back(index);
    for (auto* observer : observers_) observer->entity_availability_changed(*device, index);
}

void Registry::withdraw(const model::DeviceId& id) {
    Device* device = get(id);
    if (!device) return;
    device->driver_ = nullptr;
    set_availability(id, model::Availability());
    drop_lane(id);
}

void Registry::remove(const model::DeviceId& id) {
    const auto it = devices_.find(id);
    if (it == devices_.end()) return;
    const auto last = std::move(it->second);
    devices_.erase(it);
    last->driver_ = nullptr;
    drop_lane(last->id());
    for (auto* observer : observers_) observer->device_removed(*last);
}

void Registry::set_candidate(const std::string& key, std::optional<model::Candidate> candidate) {
    const auto it = candidates_.find(key);
    if (!candidate) {
        if (it == candidates_.end()) return;
        candidates_.erase(it);
    } else if (it == candidates_.end()) {
        candidates_.emplace(key, std::move(*candidate));
    } else if (it->second == *candidate) {
        return;
    } else {
        it->second = std::move(*candidate);
    }
    for (auto* observer : observers_) observer->candidates_changed();
}

Result<void> Registry::rename(const model::DeviceId& id, std::string name) {
    Device* device = get(id);
    if (!device) return Error(Errc::not_found, "no device " + id.value());
    if (name.empty()) return Error(Errc::invalid_value, "a device's name cannot be empty");
    if (device->description_.name_is_configured)
        return Error(Errc::unsupported,
                     id.value() + " has its name from the configuration file: change it there");
    if (memory_) memory_->remember(id, model::name_topic, dump_json(Json(name)));
    auto description = device->description_;
    description.name = std::move(name);
    replace_description(*device, std::move(description));
    return {};
}

Result<void> Registry::refresh(const model::DeviceId& id) {
    Device* device = get(id);
    if (!device) return Error(Errc::not_found, "no device " + id.value());
    if (device->driver_) device->driver_->refresh();
    for (auto* observer : observers_) observer->republish(*device);
    return {};
}

}  // namespace lanbridge::registry
