#include "lanbridge/homeassistant/homeassistant.hpp"

#include <utility>

#include "homeassistant/agenda.hpp"
#include "homeassistant/commands.hpp"
#include "homeassistant/lifecycle.hpp"
#include "homeassistant/publisher.hpp"

namespace lanbridge::homeassistant {

class HomeAssistant::Impl {
public:
    Impl(Context context, registry::Registry& registry, model::Outbox& outbox, Settings s, Hooks h)
        : settings(std::move(s)),
          hooks(std::move(h)),
          topics(settings.base_topic, settings.discovery_prefix),
          agenda(context),
          nursery(context.executor),
          publisher(registry, outbox, settings, topics, agenda),
          commands(context, registry, publisher, topics, hooks, nursery),
          lifecycle(registry, publisher, settings, topics, hooks, agenda) {
        nursery.start("homeassistant agenda", agenda.run());
    }

    Settings settings;
    Hooks hooks;
    Topics topics;
    Agenda agenda;
    Nursery nursery;
    Publisher publisher;
    Commands commands;
    Lifecycle lifecycle;
};

HomeAssistant::HomeAssistant(Context context, registry::Registry& registry, model::Outbox& outbox,
                             Settings settings, Hooks hooks)
    : impl_(std::make_unique<Impl>(context, registry, outbox, std::move(settings), std::move(hooks))) {
    registry.add_observer(*this);
    for (const auto& [id, device] : registry.devices()) impl_->publisher.described(*device, nullptr);
}

HomeAssistant::~HomeAssistant() = default;

void HomeAssistant::link_up() {
    impl_->lifecycle.link_up();
    impl_->publisher.link_up();
}

void HomeAssistant::link_down() { impl_->publisher.link_down(); }
void HomeAssistant::on_room() { impl_->publisher.drain(); }

std::vector<std::string> HomeAssistant::subscriptions() const {
    const auto& base = impl_->settings.base_topic;
    const auto& prefix = impl_->settings.discovery_prefix;
    // MQTT brokers deliver a message once for each filter that matches: these overlap nowhere.
    std::vector<std::string> filters{base + "/+/+/set", base + "/+/+/+/set", impl_->settings.status_topic};
    if (!impl_->settings.enabled) return filters;
    filters.push_back(prefix + "/+/+/config");
    filters.push_back(prefix + "/+/+/+/config");
    return filters;
}

bool HomeAssistant::incoming(std::string_view topic, std::string_view payload, bool retained,
                             bool duplicate) {
    return impl_->commands.incoming(topic, payload, retained, duplicate) ||
           impl_->lifecycle.incoming(topic, payload, retained);
}

void HomeAssistant::clear_everything() { impl_->publisher.clear_everything(); }
bool HomeAssistant::all_published() const { return impl_->publisher.idle(); }

Counters HomeAssistant::counters() const {
    auto counters = impl_->publisher.counters();
    counters.commands = impl_->commands.accepted();
    counters.commands_refused = impl_->commands.refused();
    counters.waiting_devices = impl_->publisher.waiting_devices();
    return counters;
}

void HomeAssistant::stop() { impl_->nursery.stop(); }
bool HomeAssistant::idle() const { return impl_->nursery.idle(); }

void HomeAssistant::device_described(const registry::Device& device, const model::DeviceDescription* before) {
    impl_->publisher.described(device, before);
}

void HomeAssistant::device_read(const registry::Device& device) { impl_->publisher.read(device); }

void HomeAssistant::value_changed(const registry::Device& device, std::size_t entity_index,
                                  std::size_t part_index) {
    impl_->publisher.value_changed(device, entity_index, part_index);
}

void HomeAssistant::availability_changed(const registry::Device& device) {
    impl_->publisher.availability_changed(device);
}

void HomeAssistant::entity_availability_changed(const registry::Device& device, std::size_t entity_index) {
    impl_->publisher.entity_availability_changed(device, entity_index);
}

/// The old state stands: said again, it makes Home Assistant's switch snap back. The registry logs why.
void HomeAssistant::command_failed(const registry::Device& device, const model::Command& command,
                                   const Error& error) {
    impl_->publisher.repeat(device, command.entity, command.part);
    impl_->commands.report(device.id(), command.entity, command.part, error);
}

void HomeAssistant::republish(const registry::Device& device) { impl_->publisher.republish(device); }
void HomeAssistant::device_removed(const registry::Device& last) { impl_->publisher.removed(last); }

}  // namespace lanbridge::homeassistant
