#include "app/daemon/daemon.hpp"

#include <boost/asio/post.hpp>

#include "app/config/digest.hpp"
#include "app/daemon/settings.hpp"
#include "lanbridge/base/log.hpp"
#include "lanbridge/version.hpp"

namespace lanbridge::app {
namespace {

const log::Logger logger("app");

/// SIGTERM has to be over within two seconds; the MQTT client needs most of it when the broker is slow.
constexpr auto flush_patience = 1200ms;
constexpr auto store_patience = 500ms;
/// For a change of names, which nobody waits for: thousands of topics may have to be cleared.
constexpr auto clear_patience = 10s;

/// Sections that a running life can take over; everything else needs a new life.
bool changes_in_place(std::string_view section) {
    return section == "meross" || section == "log" || section == "xiaomi";
}

}  // namespace

Daemon::Daemon(Context context, DaemonSetup setup, registry::Store& store, const SystemdNotify& notify)
    : context_(std::move(context)),
      setup_(std::move(setup)),
      store_(store),
      notify_(notify),
      ended_(context_.executor),
      nursery_(context_.executor) {}

Daemon::~Daemon() = default;

asio::awaitable<Result<Daemon::End>> Daemon::run() {
    auto id = client_id(setup_.config, setup_.data, context_.random);
    if (!id) co_return std::move(id).error();
    auto embedded = co_await open_broker();
    if (!embedded) co_return std::move(embedded).error();
    compose(*embedded, *id);
    connect_parts();
    Result<End> outcome = End::stopped;
    if (setup_.demo) {
        demo_ = std::make_unique<Demo>(context_);
        if (auto started = demo_->start(); !started) outcome = std::move(started).error().in("demo devices");
    }
    if (outcome) {
        start();
        if (setup_.once) {
            auto published = co_await publish_once();
            if (!published) outcome = std::move(published).error();
        } else if (!ending_) {
            co_await ended_.wait();
        }
    }
    co_await shut_down();
    if (outcome) outcome = end_;
    co_return outcome;
}

void Daemon::stop() {
    end_ = End::stopped;
    ending_ = true;
    ended_.notify();
}

void Daemon::restart() {
    end_ = End::restart;
    ending_ = true;
    ended_.notify();
}

asio::awaitable<Result<std::optional<mqtt::BrokerUrl>>> Daemon::open_broker() {
    std::optional<mqtt::BrokerUrl> url;
    if (!setup_.config.mqtt.embedded()) co_return url;
    auto settings = broker_settings(setup_.config, setup_.data);
    add_paired_devices(settings, setup_.config, store_);
    broker_ = std::make_unique<mqtt::EmbeddedBroker>(context_, std::move(settings));
    auto endpoint = co_await broker_->start();
    if (!endpoint) co_return std::move(endpoint).error();
    broker_is_ours_ = endpoint->ours;
    url = endpoint->url;
    co_return url;
}

void Daemon::compose(const std::optional<mqtt::BrokerUrl>& embedded, const std::string& id) {
    const auto& config = setup_.config;
    client_ = std::make_unique<mqtt::Client>(context_, client_settings(config, id, embedded));
    outbox_ = std::make_unique<MqttOutbox>(*client_);
    registry_ = std::make_unique<registry::Registry>(context_);
    registry_->set_memory(store_);
    admin_ = std::make_unique<admin::Admin>(context_, admin_settings(config), admin_hooks(), *registry_,
                                            store_, *outbox_);
    homeassistant_ = std::make_unique<homeassistant::HomeAssistant>(
        context_, *registry_, *outbox_, homeassistant_settings(config), homeassistant_hooks());
    http_ = std::make_unique<net::HttpClient>(context_);
    meross_link_ = std::make_unique<MerossLink>(*client_);
    meross_ = std::make_unique<meross::Integration>(context_, *http_, *meross_link_, *registry_, store_);
    finding_ = std::make_unique<Finding>(context_, *http_, *meross_, *registry_, store_,
                                         [this](const model::DeviceId& device) { return is_known(device); });
    traces_ = std::make_unique<TraceDesk>(context_, *meross_, *registry_, *admin_,
                                          (setup_.data / "traces").string());
}

/// Who hears what: the link's ups and downs, and the messages that come over it.
void Daemon::connect_parts() {
    client_->on_connected([this] {
        admin_->on_connected();
        homeassistant_->link_up();
    });
    client_->on_disconnected([this](const std::string&) { homeassistant_->link_down(); });
    client_->on_room([this] { homeassistant_->on_room(); });
    const auto to_homeassistant = [this](const mqtt::Message& message) {
        homeassistant_->incoming(message.topic, message.payload, message.retained, message.duplicate);
    };
    for (const auto& filter : homeassistant_->subscriptions()) {
        // A command that was published to be retained must not be taken for a live one.
        const auto replay =
            filter.ends_with("/set") ? mqtt::RetainedReplay::flagged : mqtt::RetainedReplay::send;
        if (auto done = client_->subscribe(filter, 0, to_homeassistant, replay); !done)
            logger.error("{}", done.error().text());
    }
    const auto to_admin = [this](const mqtt::Message& message) {
        admin_->on_message(message.topic, message.payload, message.retained);
    };
    if (auto done = client_->subscribe(admin_->request_filter(), 0, to_admin, mqtt::RetainedReplay::flagged);
        !done)
        logger.error("{}", done.error().text());
    connect_devices();
    add_requests();
    add_health();
}

/// Devices that are bound to the broker. With QoS 0, and nothing that was retained: only what is said now
/// counts.
void Daemon::connect_devices() {
    client_->on_connected([this] { meross_->broker_connected(); });
    client_->on_disconnected([this](const std::string&) { meross_->broker_lost(); });
    meross_->on_broker_question(
        [this](const meross::BrokerAddress& address) { return meross_link_->leads_to(address); });
    meross_->on_unknown([this] { admin_->unknown_changed(); });
    const auto to_meross = [this](const mqtt::Message& message) {
        meross_->on_message(message.topic, message.payload, message.retained);
    };
    auto done = client_->subscribe(meross::device_messages_filter, 0, to_meross, mqtt::RetainedReplay::none);
    if (!done) logger.error("{}", done.error().text());
}

void Daemon::start() {
    admin_->start();
    client_->start();
    meross_->configure(devices());
    finding_->start(setup_.config);
    traces_->configure(setup_.config);
    nursery_.start("summary", summarise());
    notify_.ready("running");
}

meross::Settings Daemon::devices() const {
    auto settings = meross_settings(setup_.config);
    add_learnt_keys(settings, setup_.data);
    if (!demo_) return settings;
    for (auto& device : demo_->devices()) settings.devices.push_back(std::move(device));
    return settings;
}

void Daemon::reconfigure(Config config) {
    if (ending_) return;             // the next life, if there is one, begins with the new configuration
    if (!meross_) return restart();  // still waiting for the broker: nothing is there to be told
    const auto changed = changed_sections(setup_.config, config);
    const bool restructured =
        config.mqtt.base_topic != setup_.config.mqtt.base_topic ||
        config.homeassistant.discovery_prefix != setup_.config.homeassistant.discovery_prefix;
    if (restructured) {  // nothing must stay behind under the old names
        homeassistant_->clear_everything();
        leave_no_trace_ = true;
    }
    setup_.config = std::move(config);
    if (changed.empty()) logger.info("reloaded: nothing has changed");
    for (auto section : changed) logger.info("reloaded: {} has changed", section);
    for (auto section : changed) {
        if (changes_in_place(section)) continue;
        logger.info("reconnecting for the change of {}", section);
        restart();
        return;
    }
    traces_->configure(setup_.config);
    meross_->configure(devices());  // also for keys that were learnt beside the configuration
    finding_->reconfigure(setup_.config);
    admin_->configure(config_digest(setup_.config), setup_.config.log.mqtt);
    notify_.ready("running");
}

/// First the devices, then the last words, then the link, then what is on disk.
asio::awaitable<void> Daemon::shut_down() {
    notify_.stopping();
    nursery_.stop();
    registry_->stop();
    finding_->stop();
    co_await meross_->stop();
    traces_->stop();
    const auto deadline = context_.time.now() + clear_patience;
    while (leave_no_trace_ && end_ == End::restart && client_->connected() &&
           !homeassistant_->all_published() && context_.time.now() < deadline)
        co_await context_.time.sleep(10ms);
    homeassistant_->stop();
    if (leave_no_trace_)
        admin_->clear_topics();
    else
        admin_->say_offline();
    admin_->stop();
    co_await client_->stop(flush_patience);
    if (demo_) demo_->stop();
    if (broker_) co_await broker_->stop();
    if (auto written = co_await store_.flush(store_patience); !written)
        logger.error("not everything could be written: {}", written.error().text());
    while (!wound_down()) co_await asio::post(context_.executor, asio::use_awaitable);
}

bool Daemon::wound_down() const {
    return nursery_.idle() && admin_->idle() && homeassistant_->idle() && finding_->idle() &&
           traces_->idle() && (!demo_ || demo_->idle());
}

}  // namespace lanbridge::app
