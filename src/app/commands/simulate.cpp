#include "app/commands/simulate.hpp"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>

#include "app/cli/exit_code.hpp"
#include "app/cli/run_config.hpp"
#include "app/signals.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/sim/fleet.hpp"

namespace lanbridge::app {
namespace {

/// Simulated devices have no secrets: their key is shown, so that they can be spoken to.
void show(const GlobalOptions& globals, const sim::Fleet& fleet) {
    if (!globals.json) fmt::print("{:<22} {:<33} {:<12} {}\n", "ADDRESS", "UUID", "MODEL", "KEY");
    for (const auto& member : fleet.members()) {
        const auto& identity = member->device.identity();
        const auto model = member->device.blueprint().type();
        if (globals.json)
            fmt::print("{}\n", dump_json(Json{{"address", member->address()},
                                              {"uuid", identity.uuid.value()},
                                              {"model", model},
                                              {"key", identity.key.reveal()}}));
        else
            fmt::print("{:<22} {:<33} {:<12} {}\n", member->address(), identity.uuid.value(), model,
                       identity.key.empty() ? "\"\"" : identity.key.reveal());
    }
    std::fflush(stdout);
}

Result<sim::FleetSettings> fleet_settings(const SimulateOptions& options) {
    sim::FleetSettings settings;
    error_code ec;
    const auto host = options.listen.host == "localhost" ? std::string("127.0.0.1") : options.listen.host;
    settings.address = asio::ip::make_address_v4(host, ec);
    if (ec) return Error(Errc::invalid_value, "--listen wants an IPv4 address, not " + options.listen.host);
    settings.port = options.listen.port;
    if (options.key) settings.key = *options.key;
    return settings;
}

int run_fleet(const GlobalOptions& globals, const SimulateOptions& options, sim::FleetSettings settings) {
    asio::io_context io(1);
    SystemTime time;
    SystemRandom random;
    const Context context(io.get_executor(), time, random);
    sim::Fleet fleet(context, std::move(settings));
    for (const auto& path : options.paths) {
        if (auto added = fleet.add_path(path); !added) {
            fmt::print(stderr, "lanbridge: {}\n", added.error().text());
            return exit_failed;
        }
    }
    show(globals, fleet);
    Nursery nursery(io.get_executor());
    std::unique_ptr<Signals> signals;
    Signals::Handlers handlers;
    handlers.terminate = [&] {
        nursery.stop();
        fleet.close();
        signals.reset();
    };
    handlers.terminate_now = [] { std::_Exit(exit_failed); };
    signals = std::make_unique<Signals>(io.get_executor(), std::move(handlers));
    nursery.start("simulated devices", fleet.live());
    io.run();
    return exit_done;
}

}  // namespace

int run_simulation(const GlobalOptions& globals, const SimulateOptions& options) {
    log::Settings log_config;
    log_config.level = globals.log_level.value_or(log::Level::warn);
    log::configure(log_config);
    if (options.broker) {
        fmt::print(stderr,
                   "lanbridge: simulated devices do not speak MQTT in this version; leave --mqtt out\n");
        return exit_usage;
    }
    auto settings = fleet_settings(options);
    if (!settings) {
        fmt::print(stderr, "lanbridge: {}\n", settings.error().text());
        return exit_usage;
    }
    return run_fleet(globals, options, *std::move(settings));
}

}  // namespace lanbridge::app
