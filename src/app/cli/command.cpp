#include "app/cli/command.hpp"

#include <array>

namespace lanbridge::app {
namespace {

constexpr std::array table{
    Command{"run", "Bring the devices into Home Assistant: the daemon", &declare_run},
    Command{"discover", "List the devices on the local network", &declare_discover},
    Command{"request", "Send one signed request to a Meross device", &declare_request},
    Command{"key", "Ask the vendor's account service once for the keys of your devices", &declare_key},
    Command{"pair", "Bind a Meross device to a broker of your own", &declare_pair},
    Command{"watch", "Print state changes as they happen, from the running daemon", &declare_watch},
    Command{"trace", "Have the running daemon record what a device says, obfuscated", &declare_trace},
    Command{"doctor", "Explain what works and what does not, and what to do", &declare_doctor},
    Command{"simulate", "Simulated devices on real sockets, from recordings", &declare_simulate},
    Command{"agent", "The gateway agent, in place of openmiio_agent on a Xiaomi gateway", &declare_agent},
    Command{"config", "Check a configuration file, write a starter, print the schema", &declare_config},
    Command{"completion", "Print shell completion", &declare_completion},
};

constexpr std::array<std::string_view, 1> later{"miio"};

}  // namespace

std::span<const Command> commands() { return table; }
std::span<const std::string_view> later_commands() { return later; }

}  // namespace lanbridge::app
