#pragma once

#include <filesystem>
#include <string>

#include "app/config/config.hpp"
#include "lanbridge/admin/admin.hpp"
#include "lanbridge/homeassistant/homeassistant.hpp"
#include "lanbridge/meross/integration.hpp"
#include "lanbridge/mqtt/client.hpp"
#include "lanbridge/mqtt/embedded_broker.hpp"

// What the configuration means to each layer.
namespace lanbridge::app {

mqtt::EmbeddedBrokerSettings broker_settings(const Config& config, const std::filesystem::path& data);
/// `embedded` is where the embedded broker listens; without one the configured brokers count.
mqtt::ClientSettings client_settings(const Config& config, const std::string& client_id,
                                     const std::optional<mqtt::BrokerUrl>& embedded);
homeassistant::Settings homeassistant_settings(const Config& config);
admin::Settings admin_settings(const Config& config);
meross::Settings meross_settings(const Config& config);
/// Keys from `keys.json`, to be tried after those of the configuration.
void add_learnt_keys(meross::Settings& settings, const std::filesystem::path& data);
net::HttpEndpoint endpoint_of(const HostPort& host);

/// The configured client id, else one that is made once and kept in the data directory. Errors: those of
/// files.
Result<std::string> client_id(const Config& config, const std::filesystem::path& data, Random& random);

}  // namespace lanbridge::app
