#include "admin/impl.hpp"

#include <ctime>
#include <functional>
#include <utility>

#include "admin/device_list.hpp"

namespace lanbridge::admin {
namespace {

/// Changes come in groups, most of all at the start; a group is published once.
constexpr auto list_delay = std::chrono::milliseconds(200);
constexpr auto list_period = std::chrono::seconds(5);
constexpr auto health_period = std::chrono::minutes(1);
/// The start of 500 devices; what exceeds it is counted in `bridge/health`.
constexpr std::size_t event_capacity = 1024;

std::string iso_time(std::int64_t epoch_s) {
    const auto when = static_cast<std::time_t>(epoch_s);
    std::tm fields{};
    gmtime_r(&when, &fields);
    char text[32];
    const auto length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S+00:00", &fields);
    return std::string(text, length);
}

Json about(const registry::Device& device) {
    Json data = Json::object();
    data["id"] = device.id().value();
    data["name"] = device.description().name;
    data["model"] = device.description().model_id;
    data["address"] = device.description().address;
    return data;
}

Json counts_json(const Counts& counts) {
    Json json = Json::object();
    json["devices"] = counts.devices;
    json["online"] = counts.online;
    json["entities"] = counts.entities;
    json["candidates"] = counts.candidates;
    return json;
}

}  // namespace

Admin::Impl::Impl(Context c, Settings s, Hooks h, registry::Registry& r, model::Memory& m, model::Outbox& o)
    : context(c),
      settings(std::move(s)),
      hooks(std::move(h)),
      registry(r),
      memory(m),
      outbox(o),
      prefix(settings.base_topic + "/bridge/"),
      started_wall_s(c.time.wall_s()),
      started(c.time.now()),
      bridge(
          r, settings.base_topic, settings.version, [this](log::Level level) { return set_level(level); },
          [this] { return restart_soon(); }),
      requests(c, o, prefix),
      events(c, o, event_capacity),
      logging(c, o, prefix + "logging"),
      last_use(process_use()),
      list_signal(c.executor),
      nursery(c.executor) {}

void Admin::Impl::device_described(const registry::Device& device, const model::DeviceDescription* before) {
    if (device.description().is_bridge) return;
    if (before && before->name != device.description().name) {
        Json data = about(device);
        data["from"] = before->name;
        event("device_renamed", std::move(data));
    }
    list_changed();
}

void Admin::Impl::availability_changed(const registry::Device& device) {
    if (device.description().is_bridge) return;
    list_changed();
    const bool is_online = device.availability().online;
    if (is_online == online.contains(device.id())) return;
    if (is_online)
        online.insert(device.id());
    else
        online.erase(device.id());
    Json data = about(device);
    data["transport"] = model::transport_name(device.availability().transport);
    data["reason"] = model::reason_name(device.availability().reason);
    if (!is_online) data["detail"] = device.availability().detail;
    event(is_online ? "device_found" : "device_lost", std::move(data));
    bridge.show_devices_online(online.size());
}

void Admin::Impl::command_failed(const registry::Device& device, const model::Command& command,
                                 const Error& error) {
    Json data = about(device);
    data["entity"] = command.entity;
    data["part"] = command.part;
    data["error"] = error.text();
    event("device_error", std::move(data));
}

void Admin::Impl::device_removed(const registry::Device& last) {
    if (last.description().is_bridge) return;
    event("device_removed", about(last));
    if (online.erase(last.id()) > 0) bridge.show_devices_online(online.size());
    list_changed();
}

void Admin::Impl::list_changed() {
    list_dirty = true;
    list_signal.notify();
}

void Admin::Impl::event(std::string_view type, Json data) {
    Json json = Json::object();
    json["type"] = type;
    json["data"] = std::move(data);
    events.push(prefix + "event", dump_json(json));
}

bool Admin::Impl::publish_state(std::string_view state) {
    return outbox.publish(model::Publication(prefix + "state", std::string(state), 1, true));
}

/// Only where it differs from what was published last.
bool Admin::Impl::publish_info() {
    Json info = Json::object();
    info["version"] = settings.version;
    info["start_time"] = iso_time(started_wall_s);
    info["counts"] = counts_json(count(registry));
    info["broker"] = hooks.broker ? hooks.broker() : Json();
    info["configuration"] = Json::object();
    info["configuration"]["digest"] = settings.configuration_digest;
    auto text = dump_json(info);
    if (text == last_info) return true;
    if (!outbox.publish(model::Publication(prefix + "info", text, 1, true))) return false;
    last_info = std::move(text);
    return true;
}

asio::awaitable<bool> Admin::Impl::publish_list() {
    auto text = co_await device_list(registry, hooks.unknown);
    const auto hash = std::hash<std::string>()(text);
    if (hash == last_list && !std::exchange(list_forced, false)) co_return true;
    if (!outbox.publish(model::Publication(prefix + "devices", std::move(text), 1, true))) co_return false;
    last_list = hash;
    co_return true;
}

/// `bridge/devices`, and the counts in `bridge/info`.
asio::awaitable<void> Admin::Impl::keep_list() {
    for (;;) {
        while (!list_dirty) {
            const bool signalled = co_await list_signal.wait();
            if (!signalled) co_return;
        }
        auto cancelled = co_await context.time.sleep(list_delay);
        if (cancelled) co_return;
        list_dirty = false;
        // Without a broker the next `on_connected` asks again.
        if (outbox.room() > 0) {
            const bool published = co_await publish_list();
            if (!publish_info() || !published) list_dirty = list_forced = true;
        }
        cancelled = co_await context.time.sleep(list_period - list_delay);
        if (cancelled) co_return;
    }
}

asio::awaitable<void> Admin::Impl::report_health() {
    for (auto next = context.time.now() + health_period;; next += health_period) {
        const auto cancelled = co_await context.time.sleep_until(next);
        if (cancelled) co_return;
        const auto use = process_use();
        const std::chrono::duration<double> period = health_period;
        cpu_percent = (use.cpu_s - last_use.cpu_s) / period.count() * 100;
        last_use = use;
        outbox.publish(model::Publication(prefix + "health", dump_json(health()), 0, false));
    }
}

Json Admin::Impl::health() {
    const std::chrono::duration<double> uptime = context.time.now() - started;
    const auto use = process_use();
    Json json = Json::object();
    json["uptime_s"] = static_cast<std::int64_t>(uptime.count());
    json["rss_bytes"] = use.resident_bytes;
    json["cpu_s"] = use.cpu_s;
    json["cpu_percent"] = cpu_percent;
    json["counts"] = counts_json(count(registry));
    json["commands_pending"] = registry.commands_pending();
    json["observations_dropped"] = registry.observations_dropped();
    json["requests"] = requests.health();
    json["events_queued"] = events.queued();
    json["events_dropped"] = events.dropped();
    json["log_records_dropped"] = logging.dropped();
    for (const auto& [section, provider] : health_sections) json[section] = provider();
    return json;
}

}  // namespace lanbridge::admin
