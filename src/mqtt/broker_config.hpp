#pragma once

#include <string>
#include <vector>

#include "lanbridge/base/random.hpp"
#include "lanbridge/mqtt/embedded_broker.hpp"

namespace lanbridge::mqtt {

/// What mosquitto's files are made from.
struct BrokerPlan {
    BrokerPlan() = default;
    std::string folder;  ///< absolute; everything of the broker is in it
    std::vector<BrokerListener> listen;
    std::vector<BrokerUser> users;  ///< all that may log in
    bool anonymous = false;
    bool as_root = false;  ///< we run as root

    std::optional<BrokerListener> devices_listen;
    std::vector<DeviceLogin> devices;
    std::vector<std::string> device_names;
    std::string rights_plugin;  ///< mosquitto_dynamic_security.so

    std::string conf_file() const { return folder + "/mosquitto.conf"; }
    std::string password_file() const { return folder + "/passwords"; }
    std::string rights_file() const { return folder + "/device_rights.json"; }
    std::string pid_file() const { return folder + "/mosquitto.pid"; }
};

/// Errors: `invalid_value`, with the configuration's key and what to do; `not_found` for the plugin.
Result<BrokerPlan> plan_broker(const EmbeddedBrokerSettings& settings, bool as_root);

std::string mosquitto_conf(const BrokerPlan& plan);

/// Lines "name:$7$iterations$salt$hash" (PBKDF2 with SHA-512), as mosquitto_passwd writes them.
std::string password_lines(const std::vector<BrokerUser>& users, Random& random);

/// Whom we log in as: the configured credentials, else the first user, else nobody.
BrokerUser own_login(const EmbeddedBrokerSettings& settings);

/// Where a client on this machine reaches a listener.
BrokerUrl local_url(const BrokerListener& listener);

}  // namespace lanbridge::mqtt
