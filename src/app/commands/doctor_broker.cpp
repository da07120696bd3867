// What the doctor finds on the broker.
#include <fmt/format.h>

#include "app/commands/doctor_checks.hpp"
#include "lanbridge/net/process.hpp"

namespace lanbridge::app {
namespace {

/// A message to ourselves takes milliseconds; this is a slow radio link.
constexpr auto echo_patience = 2s;

struct Echo {
    explicit Echo(const asio::any_io_executor& executor) : came(executor) {}
    Signal came;
    bool heard = false;
    bool retained = false;
};

/// Publishes on a topic of nobody's and listens there. True when it came back, as `retained` says.
asio::awaitable<bool> echo(Context context, mqtt::Client& client, std::string topic, bool retained) {
    const auto state = std::make_shared<Echo>(context.executor);
    const auto handler = [state](const mqtt::Message& message) {
        if (message.payload.empty()) return;
        state->heard = true;
        state->retained = message.retained;
        state->came.notify();
    };
    const auto deadline = context.time.now() + echo_patience;
    if (retained) client.publish(topic, "doctor", 0, true);
    auto listening = client.subscribe(topic, 0, handler);
    if (!listening) co_return false;
    if (!retained) client.publish(topic, "doctor", 0, false);
    while (!state->heard && client.connected() && context.time.now() < deadline)
        co_await wait_signal_until(context.time, state->came, deadline);
    client.unsubscribe(*listening);
    if (retained) client.publish(topic, "", 0, true);
    co_return state->heard && state->retained == retained;
}

std::string user_of(const Config& config) {
    std::string user = config.mqtt.username;
    if (user.empty() && !config.mqtt.brokers.empty()) user = config.mqtt.brokers.front().username;
    return user.empty() ? std::string("who logs in without a name") : '"' + user + '"';
}

std::string rights_advice(const Config& config, const std::string& below) {
    return "give the user " + user_of(config) + " the right to read and write " + below + " on the broker";
}

bool wants_mqtt_devices(const Config& config) {
    for (const auto& device : config.meross.devices)
        if (device.protocol.value_or(config.meross.protocol) != DeviceProtocol::http) return true;
    return config.meross.devices.empty() && config.meross.discovery.mqtt;
}

void report_no_broker(const Config& config, const Error& why, DoctorReport& report) {
    if (why.is(Errc::wrong_key))
        return report.broken("broker", why.where, "set mqtt.username and mqtt.password to a user it knows");
    if (!config.mqtt.embedded())
        return report.broken("broker", why.text(),
                             "start it, or correct mqtt.broker; is a firewall between you and it?");
    if (auto program = net::find_program("mosquitto"); !program)
        return report.broken("broker", "the embedded broker needs mosquitto, which is not installed",
                             "apt-get install mosquitto, or set mqtt.broker to a broker");
    report.note("broker", "the embedded one, which runs with the daemon: \"lanbridge run\" starts it");
}

}  // namespace

asio::awaitable<BrokerState> check_broker(Context context, const Config& config, DaemonLink& link,
                                          DoctorReport& report) {
    BrokerState state;
    auto daemon = co_await link.find_daemon();
    state.connected = link.client().connected();
    state.daemon = daemon.has_value();
    if (!state.connected) {
        report_no_broker(config, daemon.error(), report);
        co_return state;
    }
    const auto now = link.client().statistics();
    report.fine("broker", link.where() + " lets us in");
    if (now.protocol == mqtt::Protocol::v5)
        report.fine("broker", "it speaks MQTT 5");
    else if (config.mqtt.protocol == mqtt::Protocol::v5)
        report.doubt("broker", "it speaks MQTT 3.1.1 only",
                     "nothing has to be done, but retained commands are recognised better with MQTT 5");
    else
        report.fine("broker", "MQTT 3.1.1, as configured");
    co_await check_rights(context, config, link, report);
    if (state.daemon)
        report.fine("daemon", "running, with base topic " + link.base());
    else
        report.note("daemon", "none is running on this broker with base topic " + link.base());
    co_return state;
}

asio::awaitable<void> check_rights(Context context, const Config& config, DaemonLink& link,
                                   DoctorReport& report) {
    constexpr std::string_view area = "rights";
    const auto name = "doctor_" + context.random.hex(4);
    auto& client = link.client();
    const auto& base = config.mqtt.base_topic;
    const bool own = co_await echo(context, client, base + '/' + name, false);
    if (!own)
        report.broken(area, "what we publish below " + base + "/ does not come back",
                      rights_advice(config, base + "/#"));
    else
        report.fine(area, "read and write below " + base + '/');
    bool retained = false;
    if (own) retained = co_await echo(context, client, base + '/' + name + "_kept", true);
    if (own && !retained)
        report.broken("retained", "the broker does not keep retained messages",
                      "turn them on: Home Assistant finds nothing after a restart without them");
    if (retained) report.fine("retained", "the broker keeps retained messages");
    if (config.homeassistant.enabled) {
        const auto& prefix = config.homeassistant.discovery_prefix;
        const bool discovery = co_await echo(context, client, prefix + '/' + name, false);
        if (discovery)
            report.fine(area, "read and write below " + prefix + '/');
        else
            report.broken(area, "what we publish below " + prefix + "/ does not come back",
                          rights_advice(config, prefix + "/#"));
    }
    if (!wants_mqtt_devices(config)) co_return;
    const bool devices = co_await echo(context, client, "/appliance/" + name + "/subscribe", false);
    if (devices)
        report.fine(area, "read and write below /appliance/, for devices on this broker");
    else
        report.doubt(
            area, "what we publish below /appliance/ does not come back",
            rights_advice(config, "/appliance/#") + "; without it devices are reached over HTTP only");
}

}  // namespace lanbridge::app
