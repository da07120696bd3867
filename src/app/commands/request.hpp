#pragma once

#include <optional>
#include <string>

#include "app/cli/command_config.hpp"
#include "lanbridge/base/json.hpp"
#include "lanbridge/base/secret.hpp"

namespace lanbridge::app {

enum class RequestMethod { get, set, push };
enum class RequestVia { automatic, http, mqtt };

/// The arguments of `lanbridge request`.
struct RequestOptions {
    RequestOptions() = default;
    std::string target;      ///< host[:port], uuid or configured name
    std::string name_space;  ///< "Appliance.System.All"
    RequestMethod method = RequestMethod::get;
    std::optional<Json> payload;  ///< an object
    std::optional<Secret> key;    ///< "" is the empty key; absent: the configured ones
    RequestVia via = RequestVia::automatic;
    BrokerFlag broker;
};

/// One signed Meross request; prints the answer. Returns the exit code.
int run_request(const GlobalOptions& globals, const RequestOptions& options);

}  // namespace lanbridge::app
