#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/cli/global_options.hpp"
#include "app/config/values.hpp"
#include "lanbridge/base/secret.hpp"
#include "lanbridge/mqtt/broker_url.hpp"

namespace lanbridge::app {

/// The arguments of `lanbridge simulate`.
struct SimulateOptions {
    SimulateOptions() = default;
    std::vector<std::string>
        paths;  ///< recordings, descriptions, folders of them, built-in names; at least one
    HostPort listen{"127.0.0.1", 0};  ///< ports upward from this one; 0 = free ones
    std::optional<Secret> key;
    std::optional<mqtt::BrokerUrl> broker;
    bool password_in_arguments = false;
    bool own_connections = false;  ///< each device connects by itself; always so over TLS
    bool factory_new = false;
    std::string wifi_ssid;  ///< what devices in AP mode can join; "" = the simulation's own network
    std::optional<Secret> wifi_password;
    bool discovery = false;  ///< answers on UDP 9988
};

/// Simulated devices until a signal ends them. Returns the exit code.
int run_simulation(const GlobalOptions& globals, const SimulateOptions& options);

}  // namespace lanbridge::app
