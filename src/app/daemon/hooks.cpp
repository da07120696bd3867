// What the parts of the daemon ask of each other: requests, health, who is known.
#include <algorithm>
#include <cmath>

#include "app/daemon/daemon.hpp"
#include "app/daemon/meross_request.hpp"
#include "app/daemon/settings.hpp"
#include "lanbridge/base/log.hpp"

namespace lanbridge::app {
namespace {

const log::Logger logger("app");

Json client_health(const mqtt::ClientStatistics& now) {
    return Json{{"connected", now.connected}, {"published", now.published},
                {"refused", now.refused},     {"undelivered", now.undelivered},
                {"received", now.received},   {"received_dropped", now.received_dropped},
                {"connects", now.connects},   {"queued", now.queued},
                {"receiving", now.receiving}};
}

Json device_health(const meross::Integration& meross) {
    Json devices = Json::object();
    for (const auto& device : meross.health())
        devices[device.id.value()] = {{"errors", device.errors},
                                      {"latency_ms", static_cast<double>(device.latency.count()) / 1000},
                                      {"clock_skew_s", std::round(device.clock_skew_s)},
                                      {"distrusted_pushes", device.distrusted}};
    return devices;
}

Json inbound_health(const meross::InboundCounters& now) {
    return Json{{"messages", now.messages},
                {"malformed", now.malformed},
                {"foreign", now.foreign},
                {"strangers", now.strangers},
                {"throttled", now.throttled}};
}

asio::awaitable<Result<Json>> clear(homeassistant::HomeAssistant& homeassistant) {
    homeassistant.clear_everything();
    co_return Result<Json>(Json::object());
}

}  // namespace

admin::Hooks Daemon::admin_hooks() {
    admin::Hooks hooks;
    hooks.broker = [this] { return broker_info(); };
    hooks.restart = [this] { restart(); };
    hooks.set_log_level = [this](log::Level level) {
        log::Settings settings;
        settings.level = level;
        settings.format = setup_.config.log.format;
        settings.levels = setup_.config.log.levels;
        log::configure(settings);
    };
    hooks.remove_device = [this](const model::DeviceId& device) -> Result<void> {
        if (!meross_->remove(device)) registry_->remove(device);
        return {};
    };
    hooks.unknown = [this](const model::DeviceId& device) {
        Json list = Json::array();
        for (auto& [name, payload] : meross_->unknown(device)) {
            list.push_back(Json{{"name", name}});
            if (!payload.empty()) list.back()["payload"] = payload;
        }
        return list;
    };
    hooks.discover = [this](const Json&) { return finding_->discover(); };
    hooks.clear_homeassistant = [this](const Json&) { return clear(*homeassistant_); };
    return hooks;
}

homeassistant::Hooks Daemon::homeassistant_hooks() {
    homeassistant::Hooks hooks;
    hooks.is_known = [this](const model::DeviceId& device) { return is_known(device); };
    hooks.device_error = [this](const model::DeviceId& device, std::string_view entity, std::string_view part,
                                const Error& error) {
        admin_->event(
            "device_error",
            Json{{"device", device.value()}, {"entity", entity}, {"part", part}, {"error", error.text()}});
    };
    return hooks;
}

/// Configured or remembered: such a device keeps its topics while it has not answered yet.
bool Daemon::is_known(const model::DeviceId& device) const {
    const auto remembered = store_.known();
    if (std::ranges::find(remembered, device) != remembered.end()) return true;
    return std::ranges::any_of(setup_.config.meross.devices, [&](const auto& configured) {
        return !configured.uuid.empty() &&
               device.value() == "meross_" + meross::mac_digits_of(meross::Uuid(configured.uuid));
    });
}

Json Daemon::broker_info() const {
    const auto now = client_->statistics();
    return Json{
        {"url", now.broker}, {"embedded", broker_is_ours_}, {"protocol", mqtt::protocol_name(now.protocol)}};
}

void Daemon::add_requests() {
    admin_->add_request("request",
                        admin::ReplyHandler([this](Json args) { return meross_request(std::move(args)); }));
    pairing_ = std::make_unique<Pairing>(context_, pairing_parts());
    admin_->add_request("pair",
                        admin::Handler([this](Json args) { return pairing_->handle(std::move(args)); }),
                        Pairing::limit);
}

PairingParts Daemon::pairing_parts() {
    PairingParts parts(setup_.config, store_, *http_, *registry_, *client_);
    parts.data = setup_.data;
    if (broker_is_ours_) parts.own_broker = broker_.get();
    parts.learn_key = [this](const meross::Uuid& uuid, const Secret& key) { meross_->learn_key(uuid, key); };
    return parts;
}

void Daemon::add_health() {
    admin_->add_health("mqtt", [this] { return client_health(client_->statistics()); });
    admin_->add_health("meross", [this] { return device_health(*meross_); });
    admin_->add_health("meross_mqtt", [this] { return inbound_health(meross_->inbound()); });
    admin_->add_health("discovery", [this] { return finding_->health(); });
    admin_->add_health("http", [this] { return Json{{"waiting", http_->waiting()}}; });
    admin_->add_health("homeassistant", [this] {
        const auto now = homeassistant_->counters();
        return Json{{"published", now.published},
                    {"commands", now.commands},
                    {"commands_refused", now.commands_refused},
                    {"waiting_devices", now.waiting_devices}};
    });
    admin_->add_health("store", [this] {
        const auto& trouble = store_.trouble();
        return trouble ? Json{{"error", trouble->text()}} : Json{{"error", nullptr}};
    });
}

/// The request `request`: through the running session where there is one, else over the broker to a uuid,
/// else straight to the host.
asio::awaitable<admin::Reply> Daemon::meross_request(Json args) {
    auto parsed = parse_meross_request(args);
    if (!parsed) co_return admin::Reply(std::move(parsed).error());
    auto answer = co_await route_request(*std::move(parsed));
    if (!answer) co_return admin::Reply(std::move(answer).error());
    co_return meross_reply(*answer);
}

asio::awaitable<Result<meross::Message>> Daemon::route_request(MerossRequest request) {
    const auto* device = registry_->find_any(request.target);
    if (device && !request.key)
        co_return co_await meross_->request(device->id(), std::move(request.request), request.via);
    auto uuid = meross::parse_uuid(device ? device->description().serial_number : request.target);
    const bool has_address = device && !device->description().address.empty();
    const bool mqtt = request.via == model::Transport::mqtt || !has_address;
    if (uuid && mqtt && request.via != model::Transport::http) {
        const auto& keys = setup_.config.meross.keys;
        auto key = request.key ? *request.key : keys.empty() ? Secret() : keys.front();
        co_return co_await meross_->request_over_mqtt(*std::move(uuid), std::move(key),
                                                      std::move(request.request));
    }
    if (request.via == model::Transport::mqtt)
        co_return Error(Errc::not_found,
                        request.target + ": over MQTT a device is named by its uuid, id or name");
    auto target =
        one_shot_target(request, setup_.config, device ? device->description().address : std::string());
    if (!target) co_return std::move(target).error();
    co_return co_await meross::request_once(context_, *http_, *std::move(target), std::move(request.request));
}

}  // namespace lanbridge::app
