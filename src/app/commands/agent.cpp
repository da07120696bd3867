#include "lanbridge/agent/agent.hpp"

#include <CLI/App.hpp>
#include <memory>
#include <string>
#include <vector>

#include "app/cli/command.hpp"

// lanbridge agent
namespace lanbridge::app {
namespace {

constexpr const char* help =
    "Takes openmiio_agent's arguments unchanged, and ignores unknown ones as it does:\n"
    "  miio central mqtt cache z3            modules to run\n"
    "  --zigbee.tcp=PORT --zigbee.baud=N     the Zigbee chip's serial line over TCP\n"
    "  --mqtt.sub=TOPIC                      one more subscription, for the trace log\n"
    "  --log.level=L --log.PART=L            trace debug info warn error disabled\n"
    "Beyond openmiio_agent:\n"
    "  --mqtt.user=NAME --mqtt.pass=@FILE    the broker asks the LAN for a password\n"
    "  --mqtt.bind=ADDRESS                   the broker is reached at this address only\n"
    "  --zigbee.allow=CIDR[,CIDR]            who may use the serial line\n"
    "  --zigbee.return=30s                   the vendor's Zigbee comes back after the last client\n"
    "  --zigbee.tty=DEVICE                   another serial device than the model's\n"
    "  --lua.budget=N                        VM instructions that a script may use for one message\n"
    "Files beside the program: its name with .lua (script) and .json (store). Logs go to stdout.\n"
    "A program of the name openmiio_agent, a link for one, behaves as this command.\n"
    "Example: lanbridge agent miio mqtt cache central z3 --zigbee.tcp=8888";

int run_agent(const std::vector<std::string>& words) {
    std::vector<const char*> argv{"lanbridge agent"};
    for (const auto& word : words) argv.push_back(word.c_str());
    return agent::run(static_cast<int>(argv.size()), argv.data());
}

}  // namespace

void declare_agent(CLI::App& app, Run& run) {
    app.footer(help);
    app.prefix_command();
    app.fallthrough(false);  // --log.level is the agent's own
    app.callback(
        [&app, &run] { run = [words = app.remaining()](const GlobalOptions&) { return run_agent(words); }; });
}

}  // namespace lanbridge::app
