#include "app/daemon/broker_test.hpp"

#include "lanbridge/mqtt/device_probe.hpp"

namespace lanbridge::app {
namespace {

mqtt::DeviceProbe probe_of(meross::PairingLogin login) {
    mqtt::DeviceProbe probe;
    probe.host = std::move(login.host);
    probe.port = login.port;
    probe.client_id = std::move(login.client_id);
    probe.username = std::move(login.username);
    probe.password = std::move(login.password);
    probe.own_read_topic = std::move(login.own_read_topic);
    probe.own_write_topic = std::move(login.own_write_topic);
    probe.foreign_topic = std::move(login.foreign_topic);
    return probe;
}

std::string seen_text(const mqtt::DeviceProbeReport& report) {
    std::string text = "the broker lets the device in, with " + report.tls_version + ", " + report.cipher +
                       " and MQTT " + report.mqtt_version;
    if (report.confined == mqtt::Confined::yes) text += "; it keeps it from the topics of other devices";
    if (report.confined == mqtt::Confined::no)
        text += "; beware: it lets it read the topics of other devices as well";
    for (const auto& warning : report.warnings) text += "; " + warning;
    return text;
}

}  // namespace

asio::awaitable<Result<std::string>> test_as_device(Context context, meross::PairingLogin login) {
    const auto place = login.host + ':' + std::to_string(login.port);
    auto probe = probe_of(std::move(login));
    auto report = co_await mqtt::probe_as_device(context, std::move(probe));
    if (!report) co_return std::move(report).error();
    if (!report->accepted) co_return Error(Errc::wrong_key, place + " refuses the device's login");
    if (!report->subscribed)
        co_return Error(Errc::unsupported, place +
                                               " does not let the device subscribe to its own topic: look at "
                                               "its access rules");
    co_return seen_text(*report);
}

}  // namespace lanbridge::app
