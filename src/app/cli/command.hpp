#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "app/cli/global_options.hpp"

namespace CLI {
class App;
}

namespace lanbridge::app {

/// Does the command's work with the options that were parsed into it; the result is the exit code.
using Run = std::function<int(const GlobalOptions&)>;

/// One command of the command line: one file and one line in the table.
struct Command {
    std::string_view name;
    std::string_view purpose;  ///< a line in the overview
    /// Adds options to `app`; once they are parsed, fills `run`, which outlives `app`'s parsing.
    void (*declare)(CLI::App& app, Run& run);
};

std::span<const Command> commands();

/// Commands of the contract that this version does not have yet: they say so instead of being a typing error.
std::span<const std::string_view> later_commands();

void declare_agent(CLI::App& app, Run& run);
void declare_run(CLI::App& app, Run& run);
void declare_discover(CLI::App& app, Run& run);
void declare_request(CLI::App& app, Run& run);
void declare_key(CLI::App& app, Run& run);
void declare_pair(CLI::App& app, Run& run);
void declare_doctor(CLI::App& app, Run& run);
void declare_trace(CLI::App& app, Run& run);
void declare_watch(CLI::App& app, Run& run);
void declare_simulate(CLI::App& app, Run& run);
void declare_config(CLI::App& app, Run& run);
void declare_completion(CLI::App& app, Run& run);

}  // namespace lanbridge::app
