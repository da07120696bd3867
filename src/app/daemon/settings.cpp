#include "app/daemon/settings.hpp"

#include <algorithm>

#include "app/config/digest.hpp"
#include "app/config/learnt_keys.hpp"
#include "lanbridge/base/files.hpp"
#include "lanbridge/base/log.hpp"
#include "lanbridge/version.hpp"

namespace lanbridge::app {
namespace {

const log::Logger logger("app");

meross::Protocol protocol_of(DeviceProtocol protocol) {
    switch (protocol) {
        case DeviceProtocol::http:
            return meross::Protocol::http;
        case DeviceProtocol::mqtt:
            return meross::Protocol::mqtt;
        case DeviceProtocol::automatic:
            break;
    }
    return meross::Protocol::automatic;
}

meross::DeviceSettings device_settings(const MerossConfig& all, const MerossDeviceConfig& device) {
    meross::DeviceSettings settings;
    if (device.host) settings.endpoint = endpoint_of(*device.host);
    settings.protocol = protocol_of(device.protocol.value_or(all.protocol));
    if (!device.uuid.empty()) settings.uuid = meross::Uuid(device.uuid);
    settings.key = device.key;
    settings.name = device.name;
    settings.poll_interval =
        std::chrono::duration_cast<std::chrono::seconds>(device.poll_interval.value_or(all.poll_interval));
    settings.timezone = device.timezone;
    settings.options = device.options;
    return settings;
}

}  // namespace

net::HttpEndpoint endpoint_of(const HostPort& host) {
    constexpr std::uint16_t http_port = 80;
    return net::HttpEndpoint(host.host, host.port == 0 ? http_port : host.port);
}

mqtt::EmbeddedBrokerSettings broker_settings(const Config& config, const std::filesystem::path& data) {
    mqtt::EmbeddedBrokerSettings settings;
    settings.data_directory = data.string();
    settings.listen = config.embedded_broker.listen;
    settings.users = config.embedded_broker.users;
    settings.credentials = mqtt::BrokerUser(config.mqtt.username, config.mqtt.password);
    return settings;
}

mqtt::ClientSettings client_settings(const Config& config, const std::string& client_id,
                                     const std::optional<mqtt::BrokerUrl>& embedded) {
    mqtt::ClientSettings settings;
    settings.brokers = embedded ? std::vector<mqtt::BrokerUrl>{*embedded} : config.mqtt.brokers;
    settings.username = config.mqtt.username;
    settings.password = config.mqtt.password;
    settings.tls = config.mqtt.tls;
    settings.client_id = client_id;
    settings.protocol = config.mqtt.protocol;
    settings.will.topic = config.mqtt.base_topic + "/bridge/state";
    settings.will.payload = "offline";
    return settings;
}

homeassistant::Settings homeassistant_settings(const Config& config) {
    homeassistant::Settings settings;
    settings.enabled = config.homeassistant.enabled;
    settings.base_topic = config.mqtt.base_topic;
    settings.discovery_prefix = config.homeassistant.discovery_prefix;
    settings.status_topic = config.homeassistant.status_topic;
    settings.discovery = config.homeassistant.discovery == DiscoveryForm::entity
                             ? homeassistant::DiscoveryForm::entity
                             : homeassistant::DiscoveryForm::device;
    settings.origin.sw_version = version;
    return settings;
}

admin::Settings admin_settings(const Config& config) {
    admin::Settings settings;
    settings.base_topic = config.mqtt.base_topic;
    settings.version = version;
    settings.configuration_digest = config_digest(config);
    settings.mqtt_log_level = config.log.mqtt;
    return settings;
}

meross::Settings meross_settings(const Config& config) {
    meross::Settings settings;
    settings.keys = config.meross.keys;
    settings.sniff = config.meross.discovery.mqtt;
    settings.poll_interval = std::chrono::duration_cast<std::chrono::seconds>(config.meross.poll_interval);
    settings.found_protocol = protocol_of(config.meross.protocol);
    for (const auto& device : config.meross.devices)
        settings.devices.push_back(device_settings(config.meross, device));
    return settings;
}

void add_learnt_keys(meross::Settings& settings, const std::filesystem::path& data) {
    auto learnt = read_learnt_keys(data);
    if (!learnt) {
        logger.warn("{}; the keys in it are not used", learnt.error().text());
        return;
    }
    for (auto& known : *learnt)
        if (std::ranges::find(settings.keys, known.key) == settings.keys.end())
            settings.keys.push_back(std::move(known.key));
}

Result<std::string> client_id(const Config& config, const std::filesystem::path& data, Random& random) {
    if (!config.mqtt.client_id.empty()) return config.mqtt.client_id;
    constexpr std::size_t longest = 200;
    const auto file = (data / "client_id").string();
    if (auto kept = read_file(file, longest)) {
        const auto end = kept->find_last_not_of(" \r\n\t");
        if (end != std::string::npos) return kept->substr(0, end + 1);
    } else if (!kept.error().is(Errc::not_found)) {
        return std::move(kept).error();
    }
    const auto fresh = "lanbridge_" + random.hex(4);
    if (auto written = write_file_atomically(file, fresh + '\n'); !written) return std::move(written).error();
    return fresh;
}

}  // namespace lanbridge::app
