#pragma once

namespace lanbridge::app {

/// The whole program: parses, runs the command, returns the exit code. Never throws.
int run_command_line(int argc, const char* const* argv);

}  // namespace lanbridge::app
