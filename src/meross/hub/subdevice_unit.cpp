#include "meross/hub/subdevice_unit.hpp"

#include <algorithm>

#include "meross/features/names.hpp"
#include "meross/hub/listing.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::string_view answered_topic = "answered";

std::string last_digits(const std::string& id) { return id.size() > 4 ? id.substr(id.size() - 4) : id; }

}  // namespace

SubdeviceUnit::SubdeviceUnit(const HubParts& parts, model::DeviceId hub, SubdeviceFacts facts)
    : parts_(parts), hub_(std::move(hub)), device_(subdevice_device_id(facts.id)), facts_(std::move(facts)) {}

void SubdeviceUnit::build(SubdeviceFacts facts, std::int64_t wall_ms) {
    features_ = std::make_shared<FeatureSet>(make_subdevice_features(facts));
    features_->recall(parts_.memory, device_, wall_ms);
    answered_.clear();
    facts_ = std::move(facts);
    facts_.ability = Json::object();
    if (published_) describe();
}

void SubdeviceUnit::set_status(int status, const HubLink& link) {
    if (status == status_) return;
    const bool was_online = online();
    status_ = status;
    if (!was_online && online()) reads_wanted = true;
    if (published_) show_availability(link);
}

void SubdeviceUnit::set_versions(std::string hardware, std::string firmware) {
    if (hardware.empty() && firmware.empty()) return;
    if (hardware == hardware_ && firmware == firmware_) return;
    hardware_ = std::move(hardware);
    firmware_ = std::move(firmware);
    if (published_) describe_again();
}

void SubdeviceUnit::read(const Reading& reading, model::Transport via) {
    if (!features_ || !features_->reads(reading.name_space)) return;
    const bool from_digest = reading.name_space == ns::digest_hub;
    const bool first = !from_digest && std::ranges::find(answered_, reading.name_space) == answered_.end();
    if (first) answered_.emplace_back(reading.name_space);
    model::Observations observations;
    const bool changed = features_->read(reading, observations);
    show(std::move(observations), changed || first, via);
}

void SubdeviceUnit::refused(std::string_view name_space) {
    if (!features_) return;
    features_->refused(name_space);
    if (published_) describe_again();
}

void SubdeviceUnit::show(model::Observations observations, bool described_anew, model::Transport via) {
    if (!published_) {
        for (auto& observation : observations) early_.push_back(std::move(observation));
        return;
    }
    if (described_anew || has_news(observations, *entities_)) describe_again();
    if (!observations.empty()) parts_.sink.observe(device_, observations, via);
    features_->show_gates(parts_.sink, device_);
}

void SubdeviceUnit::publish(const HubLink& link) {
    if (published_ || !features_) return;
    published_ = true;
    describe();
    show_availability(link);
    parts_.sink.first_read_done(device_);
    parts_.sink.observe(device_, std::exchange(early_, {}), link.transport);
    features_->show_gates(parts_.sink, device_);
    features_->remember(parts_.memory, device_);
}

void SubdeviceUnit::describe() {
    if (!features_) return;
    auto description = this->description();
    entities_ = description.entities;
    described_ = true;
    parts_.sink.describe(std::move(description), parts_.driver);
}

void SubdeviceUnit::describe_again() {
    std::vector<std::string> answered = answered_;
    std::ranges::sort(answered);
    parts_.memory.remember(device_, answered_topic, dump_json(Json(answered)));
    describe();
}

model::DeviceDescription SubdeviceUnit::description() const {
    model::DeviceDescription description;
    const auto model = subdevice_model(facts_.type);
    description.id = device_;
    description.name = (model.empty() ? "Subdevice" : product_name(model)) + ' ' + last_digits(facts_.id);
    description.manufacturer = "Meross";
    description.model = model;
    description.model_id = facts_.type;
    description.serial_number = facts_.id;
    description.hw_version = hardware_;
    description.sw_version = firmware_;
    description.via = hub_;
    std::vector<model::EntityDescription> entities;
    features_->describe(entities);
    description.entities = parts_.entity_sets.intern(std::move(entities));
    return description;
}

void SubdeviceUnit::show_availability(const HubLink& link) {
    if (!described_) return;
    model::Availability availability;
    availability.transport = link.transport;
    availability.transport_reason = link.reason;
    if (!link.online) {
        availability = {};
        availability.reason = model::Reason::hub_offline;
        availability.detail = "its hub " + hub_.value() + " is offline: " + link.detail;
    } else if (online()) {
        availability.online = true;
        availability.reason = model::Reason::ok;
    } else {
        availability.reason = model::Reason::unreachable;
        availability.detail = "its hub has no radio contact with it: look at its battery and its distance";
    }
    parts_.sink.set_availability(device_, std::move(availability));
}

void SubdeviceUnit::withdraw() {
    if (features_ && described_) features_->remember(parts_.memory, device_);
    if (described_) parts_.sink.withdraw(device_);
    described_ = published_ = false;
}

void SubdeviceUnit::remove() {
    parts_.sink.remove(device_);
    parts_.memory.forget(device_);
    described_ = published_ = false;
}

}  // namespace lanbridge::meross
