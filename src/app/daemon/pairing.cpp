#include "app/daemon/pairing.hpp"

#include "app/config/learnt_keys.hpp"
#include "app/daemon/broker_test.hpp"
#include "app/daemon/lan_address.hpp"
#include "app/daemon/settings.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/base/log.hpp"

namespace lanbridge::app {
namespace {

const log::Logger logger("app.pairing");

constexpr std::uint16_t plain_mqtt_port = 1883;
/// The broker starts anew for a new listener; our own link then comes back within a second or two.
constexpr auto link_patience = 10s;
constexpr auto glance = 200ms;
/// A device that was on line before its key changed is off line at the latest by then.
constexpr auto change_of_key = 5s;
/// A new device is taken in when it speaks; should that be missed, it is asked this often.
constexpr auto own_pace = 10s;

bool flag(const Json& args, std::string_view name) {
    const auto* value = find_member(args, {name});
    return value && value->is_boolean() && value->get<bool>();
}

/// Marks that something runs, as long as it lives.
class Busy {
public:
    explicit Busy(bool& mark) : mark_(mark) { mark_ = true; }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;
    ~Busy() { mark_ = false; }

private:
    bool& mark_;
};

Json broker_json(const meross::PairingBroker& broker, bool embedded) {
    return Json{
        {"host", broker.host}, {"port", broker.port}, {"embedded", embedded}, {"admits", broker.admits}};
}

Json paired_json(const meross::Paired& paired) {
    const auto& device = paired.device;
    return Json{{"device",
                 {{"uuid", device.uuid.value()},
                  {"mac", device.mac},
                  {"model", device.type},
                  {"firmware", device.firmware}}},
                {"broker", {{"host", paired.broker.host}, {"port", paired.broker.port}}},
                {"heard", paired.heard}};
}

}  // namespace

/// How the broker is to be named to the device.
struct Pairing::Wish {
    explicit Wish(const Json& args)
        : towards(string_or(args, {"towards"}, "")),
          broker_host(string_or(args, {"broker_host"}, "")),
          dry_run(flag(args, "dry_run")) {}
    std::string towards;      ///< the device's address, if it is in the LAN
    std::string broker_host;  ///< "" = found out
    bool dry_run;
};

asio::awaitable<Result<Json>> Pairing::handle(Json args) {
    if (const auto* what = find_member(args, {"prepare"})) {
        Json prepared = *what;
        co_return co_await prepare(std::move(prepared));
    }
    if (const auto* what = find_member(args, {"confirm"})) co_return confirm(*what);
    if (pairing_) co_return Error(Errc::busy, "another device is being paired");
    const Busy busy(pairing_);
    co_return co_await pair(std::move(args));
}

asio::awaitable<Result<Json>> Pairing::prepare(Json args) {
    auto device = parse_paired_device(args);
    if (!device) co_return std::move(device).error();
    Wish wish(args);
    auto broker = co_await open_broker(*std::move(device), std::move(wish));
    if (!broker) co_return std::move(broker).error();
    co_return broker_json(*broker, parts_.own_broker != nullptr);
}

Result<Json> Pairing::confirm(const Json& args) {
    const auto uuid = meross::parse_uuid(string_or(args, {"uuid"}, ""));
    if (!uuid) return Error(Errc::invalid_value, "\"uuid\" must be the device's uuid");
    PairedDevice named;
    named.uuid = *uuid;
    const auto device = recall_paired(parts_.memory, named.id());
    if (!device) return Error(Errc::not_found, "no account was prepared for " + uuid->value());
    confirmed(*device, flag(args, "heard"));
    return Json{{"id", device->id().value()}};
}

/// A device that is not there yet would only be missed: it is asked for once it was heard.
void Pairing::confirmed(const PairedDevice& device, bool heard) {
    const bool served = parts_.registry.find(device.id()) != nullptr;
    if (parts_.learn_key && (heard || served)) parts_.learn_key(device.uuid, device.key);
    remember_paired(parts_.memory, device, true);  // after it: what was removed once is forgotten there
    if (heard) return;
    logger.info("{} is bound to the broker at {}", device.id().value(), device.broker_host);
}

asio::awaitable<Result<meross::PairingBroker>> Pairing::open_broker(PairedDevice device, Wish wish) {
    const auto deadline = context_.time.now() + link_patience;
    while (opening_ && context_.time.now() < deadline) {
        const auto cancelled = co_await context_.time.sleep(glance);
        if (cancelled) co_return Error(Errc::cancelled);
    }
    if (opening_) co_return Error(Errc::busy, "the broker is being prepared for another device");
    const Busy busy(opening_);
    Result<meross::PairingBroker> broker = foreign_broker(wish);
    if (parts_.own_broker) {
        const auto listener = device_listener(parts_.config);
        auto host = wish.broker_host.empty() ? host_for_device(listener.address, wish.towards)
                                             : Result<std::string>(wish.broker_host);
        if (!host) co_return std::move(host).error();
        broker = meross::PairingBroker(*std::move(host), listener.port, !wish.dry_run);
    }
    if (!broker || wish.dry_run) co_return broker;
    device.broker_host = broker->host;
    auto admitted = co_await admit(std::move(device));
    if (!admitted) co_return std::move(admitted).error();
    co_return broker;
}

/// The configured broker, at the port where devices are usually let in: who may log in there is its owner's
/// business.
Result<meross::PairingBroker> Pairing::foreign_broker(const Wish& wish) const {
    const auto url = mqtt::parse_broker_url(parts_.client.statistics().broker);
    if (!url) return Error(Errc::link_down, "the daemon is not connected to its broker");
    auto host = wish.broker_host.empty() ? host_for_device(url->host, wish.towards)
                                         : Result<std::string>(wish.broker_host);
    if (!host) return std::move(host).error();
    const auto port = url->port == plain_mqtt_port ? meross::default_device_port : url->port;
    return meross::PairingBroker(*std::move(host), port, true);
}

/// A broker that would not start with the new account must not keep the next start from working either.
asio::awaitable<Result<void>> Pairing::admit(PairedDevice device) {
    const auto before = recall_paired(parts_.memory, device.id());
    if (before && *before == device && parts_.client.connected()) co_return Result<void>();
    // whoever pairs a device that was removed wants it back
    if (parts_.memory.recall(device.id(), model::removed_topic)) parts_.memory.forget(device.id());
    remember_paired(parts_.memory, device, !has_own_key(parts_.memory, device));
    if (!parts_.own_broker) co_return Result<void>();
    auto settings = broker_settings(parts_.config, parts_.data);
    auto without = settings;
    add_paired_devices(settings, parts_.config, parts_.memory);
    auto done = co_await parts_.own_broker->reload(std::move(settings));
    if (!done) {
        forget_account(parts_.memory, device.id(), before);
        add_paired_devices(without, parts_.config, parts_.memory);
        auto back = co_await parts_.own_broker->reload(std::move(without));
        if (!back) logger.error("the broker does not come back: {}", back.error().text());
        co_return done;
    }
    const auto deadline = context_.time.now() + link_patience;
    while (!parts_.client.connected() && context_.time.now() < deadline) {
        const auto cancelled = co_await context_.time.sleep(glance);
        if (cancelled) co_return Error(Errc::cancelled);
    }
    logger.info("the broker lets {} in, as user {}", device.id().value(), device.mac);
    co_return Result<void>();
}

Result<meross::PairingPlan> Pairing::plan_of(const Json& args) {
    meross::PairingPlan plan;
    plan.rebind = flag(args, "rebind");
    plan.dry_run = flag(args, "dry_run");
    if (const auto device = string_or(args, {"device"}, ""); !device.empty()) {
        auto endpoint = net::parse_endpoint(device);
        if (!endpoint) return std::move(endpoint).error().in("\"device\"");
        plan.device = *std::move(endpoint);
    } else if (plan.rebind) {
        return Error(Errc::invalid_value, "\"device\" must be the host[:port] of the device to re-bind");
    }
    plan.ssid = string_or(args, {"ssid"}, "");
    plan.wifi_password = Secret(string_or(args, {"wifi_password"}, ""));
    plan.bssid = string_or(args, {"bssid"}, "");
    plan.timezone = string_or(args, {"timezone"}, "");
    if (const auto* key = find_member(args, {"key"}); key && key->is_string())
        plan.old_key = Secret(key->get_ref<const std::string&>());
    plan.old_keys = parts_.config.meross.keys;
    if (auto learnt = read_learnt_keys(parts_.data))
        for (auto& known : *learnt) plan.old_keys.push_back(std::move(known.key));
    auto key = key_for_pairing(parts_.config.meross.keys, parts_.data, context_.random, !plan.dry_run);
    if (!key) return std::move(key).error();
    plan.key = *std::move(key);
    plan.reach_patience = 2min;
    return plan;
}

asio::awaitable<Result<Json>> Pairing::pair(Json args) {
    auto plan = plan_of(args);
    if (!plan) co_return std::move(plan).error();
    Json steps = Json::array();
    Wish wish(args);
    if (plan->rebind || is_loopback(plan->device.host)) wish.towards = plan->device.host;
    PairedDevice paired;
    bool was_online = false;
    meross::PairingHooks hooks;
    hooks.step = [&steps](const meross::PairingStep& step) {
        logger.info("{}", step.detail);
        steps.push_back({{"step", step.what}, {"text", step.detail}});
    };
    hooks.admit = [&](meross::PairingAccount account) {
        paired.uuid = account.device.uuid;
        paired.mac = account.device.mac;
        paired.key = account.key;
        paired.user_id = account.user_id;
        const auto* known = parts_.registry.find(paired.id());
        was_online = known && known->availability().online;
        return open_broker(paired, wish);
    };
    hooks.test = [this](meross::PairingLogin login) { return test_as_device(context_, std::move(login)); };
    hooks.heard = [&](meross::PairingDevice) {
        confirmed(paired, false);
        return wait_online(paired, was_online);
    };
    auto outcome = co_await meross::pair_device(context_, parts_.http, *std::move(plan), std::move(hooks));
    if (!outcome) co_return std::move(outcome).error();
    Json answer = paired_json(*outcome);
    answer["steps"] = std::move(steps);
    co_return answer;
}

asio::awaitable<Result<std::string>> Pairing::wait_online(PairedDevice paired, bool was_online) {
    const auto id = paired.id();
    auto look_again = context_.time.now() + own_pace;
    const auto trusted_from = context_.time.now() + (was_online ? change_of_key : 0s);
    for (;;) {
        const auto cancelled = co_await context_.time.sleep(glance);
        if (cancelled) co_return Error(Errc::cancelled);
        const auto* device = parts_.registry.find(id);
        const bool online = device && device->availability().online;
        if (!online && context_.time.now() >= look_again) {
            confirmed(paired, true);
            look_again += own_pace;
        }
        if (!online) continue;
        const bool by_broker = device->availability().transport == model::Transport::mqtt;
        if (!by_broker && context_.time.now() < trusted_from) continue;
        co_return "the device is there, as " + id.value();
    }
}

}  // namespace lanbridge::app
