#pragma once

#include <string>

#include "app/commands/request.hpp"
#include "app/commands/run.hpp"
#include "app/commands/simulate.hpp"

namespace CLI {
class App;
}

namespace lanbridge::app {

// The flags of the commands. The options are filled while `app` parses and have to outlive that.
void add_global_options(CLI::App& app, GlobalOptions& options);
void add_run_options(CLI::App& app, RunOptions& options);
void add_request_options(CLI::App& app, RequestOptions& options);
void add_simulate_options(CLI::App& app, SimulateOptions& options);

/// Beside a result on stdout: a password that everybody on this machine can see in the process list.
extern const std::string_view password_hint;

}  // namespace lanbridge::app
