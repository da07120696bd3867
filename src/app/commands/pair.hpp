#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/cli/command_config.hpp"
#include "app/cli/global_options.hpp"
#include "app/config/values.hpp"
#include "lanbridge/base/secret.hpp"
#include "lanbridge/meross/pairing.hpp"

namespace lanbridge::app {

/// The arguments of `lanbridge pair`.
struct PairOptions {
    PairOptions() = default;
    std::string ssid;
    std::optional<Secret> wifi_password;
    std::string bssid;
    std::optional<net::HttpEndpoint> device;  ///< absent: 10.10.10.1
    std::string rebind;              ///< host[:port], uuid, id or name of a device on the LAN; "" = none
    std::optional<Secret> key;       ///< that a device to re-bind has now
    std::string broker_host;         ///< this machine as devices see it; "" = found out
    std::optional<HostPort> broker;  ///< absent: the running daemon's
    std::string timezone;
    std::optional<milliseconds> wait;  ///< for the device, first at its address and then at the broker
    bool dry_run = false;
    bool show_login = false;
    std::optional<std::filesystem::path> data_dir;
    BrokerFlag daemon_broker;
};

/// Binds a device, telling each step. Returns the exit code.
int run_pair(const GlobalOptions& globals, const PairOptions& options);

}  // namespace lanbridge::app
