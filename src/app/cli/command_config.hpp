#pragma once

#include <optional>
#include <vector>

#include "app/cli/global_options.hpp"
#include "app/config/config.hpp"
#include "app/config/load.hpp"

namespace CLI {
class App;
}

namespace lanbridge::app {

/// `--mqtt URL`: another broker than the configured one.
struct BrokerFlag {
    BrokerFlag() = default;
    std::optional<std::vector<mqtt::BrokerUrl>> brokers;  ///< an empty list is the embedded broker
    bool password_in_arguments = false;                   ///< it has one in plain sight
};
void add_broker_flag(CLI::App& app, std::optional<std::vector<mqtt::BrokerUrl>>& brokers,
                     bool& password_in_sight, const std::string& description);
/// For commands that speak to the daemon, which may have been started with that flag.
void add_daemon_broker_flag(CLI::App& app, BrokerFlag& flag);

/// An argument that is one broker's URL, or @FILE. Errors: those of the URL and the file.
Result<mqtt::BrokerUrl> broker_argument(const std::string& argument, bool& password_in_sight);

/// What a command beside the daemon starts with: the configuration is read, the logs are quiet enough for
/// results to be read (warnings unless `--log-level` says more; the link to the broker only by its outcome).
/// Nothing where the configuration is invalid; its mistakes are then on stderr.
std::optional<LoadedConfig> config_for_command(const GlobalOptions& globals, const BrokerFlag& flag = {});

/// "lanbridge: …" on stderr, and the exit code that says the same. With `--json` also `{"error":…}` on
/// stdout.
int fail_command(const GlobalOptions& globals, const Error& error);

}  // namespace lanbridge::app
