#include "lanbridge/admin/admin.hpp"

#include <utility>

#include "admin/impl.hpp"

namespace lanbridge::admin {

Admin::Admin(Context context, Settings settings, Hooks hooks, registry::Registry& registry,
             model::Memory& memory, model::Outbox& outbox)
    : impl_(
          std::make_unique<Impl>(context, std::move(settings), std::move(hooks), registry, memory, outbox)) {
    registry.add_observer(*impl_);
    impl_->add_builtin_requests();
}

Admin::~Admin() = default;

void Admin::start() {
    auto& i = *impl_;
    i.bridge.enter();
    i.bridge.show_devices_online(i.online.size());
    i.logging.set_level(i.settings.mqtt_log_level);
    i.nursery.start("admin events", i.events.run());
    i.nursery.start("admin logging", i.logging.run());
    i.nursery.start("admin devices", i.keep_list());
    i.nursery.start("admin health", i.report_health());
}

void Admin::stop() {
    impl_->logging.set_level(log::Level::off);
    impl_->requests.stop();
    impl_->nursery.stop();
}

bool Admin::idle() const noexcept { return impl_->nursery.idle() && impl_->requests.idle(); }

void Admin::add_request(std::string name, Handler handler, TimeSource::Clock::duration limit) {
    impl_->add_hooked(name, std::move(handler), limit);
}

void Admin::add_request(std::string name, ReplyHandler handler, TimeSource::Clock::duration limit) {
    impl_->requests.add(std::move(name), std::move(handler), limit);
}

void Admin::add_health(std::string section, std::function<Json()> provider) {
    impl_->health_sections[std::move(section)] = std::move(provider);
}

void Admin::on_connected() {
    auto& i = *impl_;
    i.publish_state("online");
    i.last_info.clear();
    i.publish_info();
    i.list_dirty = i.list_forced = true;
    i.list_signal.notify();
}

bool Admin::on_message(std::string_view topic, std::string_view payload, bool retained) {
    return impl_->requests.on_message(topic, payload, retained);
}

std::string Admin::request_filter() const { return impl_->requests.filter(); }
std::string Admin::state_topic() const { return impl_->prefix + "state"; }
void Admin::say_offline() { impl_->publish_state("offline"); }
void Admin::clear_topics() {
    for (const auto* name : {"state", "info", "devices"})
        impl_->outbox.publish(model::Publication(impl_->prefix + name, "", 1, true));
}
void Admin::event(std::string_view type, Json data) { impl_->event(type, std::move(data)); }
void Admin::unknown_changed() { impl_->list_changed(); }
Json Admin::health() { return impl_->health(); }
model::DeviceId Admin::bridge_id() const { return impl_->bridge.id(); }

void Admin::configure(std::string configuration_digest, log::Level mqtt_log_level) {
    impl_->settings.configuration_digest = std::move(configuration_digest);
    impl_->settings.mqtt_log_level = mqtt_log_level;
    impl_->logging.set_level(mqtt_log_level);
    impl_->bridge.show_log_level();
    impl_->publish_info();
}

}  // namespace lanbridge::admin
