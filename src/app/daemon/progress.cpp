// What a person sees while the daemon starts, and `--once`.
#include "app/daemon/daemon.hpp"
#include "app/daemon/give_back.hpp"
#include "app/daemon/settings.hpp"
#include "lanbridge/base/log.hpp"

namespace lanbridge::app {
namespace {

const log::Logger logger("app");

/// How long the summary waits for the first devices.
constexpr auto summary_patience = 6s;
/// Contract of `--once`.
constexpr auto once_patience = 15s;
constexpr auto glance = 50ms;
/// Until the start's last work (orphan sweep, first save) is over.
constexpr auto settling_period = 10s;

/// How to see with one's own eyes what is published.
std::string look_command(const std::string& broker) {
    const auto url = mqtt::parse_broker_url(broker);
    if (!url) return "mosquitto_sub -v";
    return "mosquitto_sub -v -h " + url->host + " -p " + std::to_string(url->port);
}

}  // namespace

/// The start-up summary: what runs, what was found, what to do next.
asio::awaitable<void> Daemon::summarise() {
    const auto deadline = context_.time.now() + summary_patience;
    while (context_.time.now() < deadline && !(finding_->first_look_over() && meross_->all_tried() &&
                                               client_->connected() && homeassistant_->all_published())) {
        const auto cancelled = co_await context_.time.sleep(glance);
        if (cancelled) co_return;
    }
    const auto link = client_->statistics();
    const auto devices = registry_->devices().size() - 1;  // the bridge itself is one
    const auto unreached = meross_->unreached();
    const auto& base = setup_.config.mqtt.base_topic;
    if (link.connected)
        logger.info("broker: {} (MQTT {}{})", link.broker, mqtt::protocol_name(link.protocol),
                    broker_is_ours_ ? ", started by lanbridge" : "");
    else
        logger.warn("broker: not connected; what happens is above, and it will be tried again");
    logger.info("devices: {} known, {} of the configured ones have not answered yet", devices,
                unreached.size());
    for (const auto& endpoint : unreached) logger.info("  no answer from {}", endpoint);
    if (devices == 0 && unreached.empty())
        logger.info(
            "next: no Meross device has answered; see `lanbridge discover --subnet 192.168.1.0/24` (your "
            "network), or name them: --meross HOST --meross-key KEY, or `lanbridge config init`");
    if (link.connected) {
        logger.info("look: {} -t '{}/#'", look_command(link.broker), base);
        logger.info(
            "Home Assistant: add the MQTT integration with this broker; the devices appear by themselves");
    }
    const auto cancelled = co_await context_.time.sleep(settling_period);
    if (!cancelled) give_back_startup_memory();
}

asio::awaitable<Result<void>> Daemon::publish_once() {
    const auto deadline = context_.time.now() + once_patience;
    const auto finished = [this] {
        return client_->connected() && finding_->first_look_over() && meross_->all_tried() &&
               meross_->unreached().empty() && homeassistant_->all_published() &&
               client_->statistics().queued == 0;
    };
    while (!ending_ && !finished() && context_.time.now() < deadline) {
        const auto cancelled = co_await context_.time.sleep(glance);
        if (cancelled) co_return Error(Errc::cancelled);
    }
    if (!client_->connected()) co_return Error(Errc::unreachable, "the MQTT broker");
    const auto unreached = meross_->unreached();
    if (unreached.empty()) co_return Result<void>();
    std::string list;
    for (const auto& endpoint : unreached) list += (list.empty() ? "" : ", ") + endpoint;
    co_return Error(Errc::unreachable, list);
}

}  // namespace lanbridge::app
