#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/config/values.hpp"
#include "lanbridge/base/log.hpp"
#include "lanbridge/base/secret.hpp"
#include "lanbridge/meross/device_options.hpp"
#include "lanbridge/mqtt/broker_url.hpp"
#include "lanbridge/mqtt/client.hpp"
#include "lanbridge/mqtt/embedded_broker.hpp"

// The configuration as values; defaults are those of the initializers, in one place. The types declare a
// constructor and so are no aggregates: g++ 12 miscompiles those in co_await expressions.
namespace lanbridge::app {

using std::chrono::milliseconds;

struct MqttConfig {
    MqttConfig() = default;
    std::vector<mqtt::BrokerUrl> brokers;  ///< tried in order; empty = the embedded one
    std::string username;                  ///< for brokers whose URL names no user
    Secret password;
    mqtt::TlsSettings tls;
    std::string client_id;  ///< "" = made once and kept in the data directory
    std::string base_topic = "lanbridge";
    mqtt::Protocol protocol = mqtt::Protocol::v5;

    bool embedded() const noexcept { return brokers.empty(); }
    friend bool operator==(const MqttConfig&, const MqttConfig&) = default;
};

struct EmbeddedBrokerConfig {
    EmbeddedBrokerConfig() = default;
    std::vector<mqtt::BrokerListener> listen{mqtt::BrokerListener()};
    std::optional<mqtt::BrokerListener> devices_listen;  ///< TLS
    std::vector<mqtt::BrokerUser> users;
    friend bool operator==(const EmbeddedBrokerConfig&, const EmbeddedBrokerConfig&) = default;
};

enum class DiscoveryForm { device, entity };

struct HomeAssistantConfig {
    HomeAssistantConfig() = default;
    bool enabled = true;
    std::string discovery_prefix = "homeassistant";
    DiscoveryForm discovery = DiscoveryForm::device;
    std::string status_topic = "homeassistant/status";
    friend bool operator==(const HomeAssistantConfig&, const HomeAssistantConfig&) = default;
};

enum class DeviceProtocol { automatic, http, mqtt };

struct TraceConfig {
    TraceConfig() = default;
    bool enabled = false;
    milliseconds duration = std::chrono::minutes(10);
    std::uint64_t max_size = 64 * 1024;  ///< bytes
    friend bool operator==(const TraceConfig&, const TraceConfig&) = default;
};

struct MerossDeviceConfig {
    MerossDeviceConfig() = default;
    std::optional<HostPort> host;  ///< absent: only reachable over MQTT
    std::string uuid;              ///< lower case; "" = whoever answers at `host`
    std::optional<Secret> key;     ///< absent: try `meross.keys`; "" = the empty key
    std::string name;
    std::optional<DeviceProtocol> protocol;     ///< absent: as `meross.protocol`
    std::optional<milliseconds> poll_interval;  ///< absent: as `meross.poll_interval`
    TraceConfig trace;
    std::string timezone;  ///< IANA name, written to a device that has none
    meross::DeviceOptions options;
    friend bool operator==(const MerossDeviceConfig&, const MerossDeviceConfig&) = default;
};

struct MerossDiscoveryConfig {
    MerossDiscoveryConfig() = default;
    bool udp = true;
    bool mqtt = true;
    bool dhcp = true;
    std::vector<Subnet> subnets;
    friend bool operator==(const MerossDiscoveryConfig&, const MerossDiscoveryConfig&) = default;
};

struct MerossConfig {
    MerossConfig() = default;
    std::vector<Secret> keys;
    milliseconds poll_interval = std::chrono::seconds(30);
    DeviceProtocol protocol = DeviceProtocol::automatic;
    MerossDiscoveryConfig discovery;
    std::vector<MerossDeviceConfig> devices;
    friend bool operator==(const MerossConfig&, const MerossConfig&) = default;
};

struct XiaomiGatewayConfig {
    XiaomiGatewayConfig() = default;
    std::string host;
    Secret token;  ///< 32 hex digits, or empty
    std::string mqtt_username;
    Secret mqtt_password;
    friend bool operator==(const XiaomiGatewayConfig&, const XiaomiGatewayConfig&) = default;
};

struct MiioDeviceConfig {
    MiioDeviceConfig() = default;
    std::string host;
    Secret token;
    std::string name;
    friend bool operator==(const MiioDeviceConfig&, const MiioDeviceConfig&) = default;
};

struct XiaomiConfig {
    XiaomiConfig() = default;
    std::vector<XiaomiGatewayConfig> gateways;
    std::vector<MiioDeviceConfig> devices;
    bool discover_udp = true;
    friend bool operator==(const XiaomiConfig&, const XiaomiConfig&) = default;
};

struct LogConfig {
    LogConfig() = default;
    log::Level level = log::Level::info;
    log::Format format = log::Format::automatic;
    std::map<std::string, log::Level> levels;
    log::Level mqtt = log::Level::off;  ///< of bridge/logging
    friend bool operator==(const LogConfig&, const LogConfig&) = default;
};

struct Config {
    Config() = default;
    MqttConfig mqtt;
    EmbeddedBrokerConfig embedded_broker;
    HomeAssistantConfig homeassistant;
    MerossConfig meross;
    XiaomiConfig xiaomi;
    LogConfig log;
    /// Paths that the file names, list positions left out ("meross.devices[].trace"): tells a default from
    /// the same value asked for. No part of comparisons.
    std::set<std::string> written;
};

}  // namespace lanbridge::app
