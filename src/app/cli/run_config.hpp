#pragma once

#include "app/cli/global_options.hpp"
#include "app/commands/run.hpp"
#include "app/config/load.hpp"

namespace lanbridge::app {

/// The file's configuration with the command line's flags over it. Devices that the file names already are
/// not added a second time.
Config with_flags(Config config, const RunOptions& options);
/// Finds, reads and merges; at the start and again for every SIGHUP. Use `config` only when `ok()`.
LoadedConfig load_for_run(const GlobalOptions& globals, const RunOptions& options,
                          const Environment& environment);

/// What to give to `log::configure`.
log::Settings log_settings(const Config& config, const GlobalOptions& globals);

/// For people: every mistake on a line of its own, below a sentence that counts them.
std::string problems_text(const LoadedConfig& loaded);

}  // namespace lanbridge::app
