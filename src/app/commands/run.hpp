#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "app/cli/global_options.hpp"
#include "app/config/values.hpp"
#include "lanbridge/base/secret.hpp"
#include "lanbridge/mqtt/broker_url.hpp"

namespace lanbridge::app {

/// The flags of `lanbridge run`.
struct RunOptions {
    RunOptions() = default;
    bool demo = false;
    bool once = false;
    std::optional<std::filesystem::path> data_dir;
    std::optional<std::vector<mqtt::BrokerUrl>> brokers;  ///< --mqtt; an empty list is the embedded broker
    bool password_in_arguments = false;                   ///< --mqtt has one in plain sight
    std::vector<HostPort> meross;
    std::vector<Secret> meross_keys;
};

/// The daemon. Returns the exit code.
int run_daemon(const GlobalOptions& globals, const RunOptions& options);

}  // namespace lanbridge::app
