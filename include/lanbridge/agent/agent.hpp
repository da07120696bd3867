#pragma once

namespace lanbridge::agent {

/// The gateway agent: runs until SIGINT or SIGTERM with the arguments of openmiio_agent, `argv[0]` included.
/// Returns the exit code: 0 after a signal, 1 when it could not start. Never throws.
int run(int argc, const char* const* argv);

/// Whether a program of this name is to behave as the agent: `openmiio_agent`, also with something appended.
bool is_agent_name(const char* program) noexcept;

}  // namespace lanbridge::agent
