#include "app/commands/doctor.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>

#include "app/cli/arguments.hpp"
#include "app/cli/command.hpp"
#include "app/cli/command_loop.hpp"
#include "app/cli/data_directory.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/run_config.hpp"
#include "app/commands/doctor_checks.hpp"
#include "app/config/learnt_keys.hpp"

// lanbridge doctor
namespace lanbridge::app {
namespace {

/// What goes over the network, in an order in which one explains the next.
asio::awaitable<int> look_around(Context context, const Config& config, DoctorReport& report) {
    DaemonLink link(context, config, "doctor");
    const auto broker = co_await check_broker(context, config, link, report);
    co_await check_listener(context, config, broker, report);
    if (broker.daemon) {
        co_await check_served_devices(context, link, report);  // and how it looks for others
    } else {
        co_await check_configured_devices(context, config, broker, link, report);
        co_await check_discovery(context, config, report);
    }
    co_await link.close();
    co_return exit_done;
}

/// The report says it all; log lines in between would only repeat it.
void silence_log(const GlobalOptions& globals) {
    log::Settings settings;
    settings.level = globals.log_level.value_or(log::Level::off);
    log::configure(settings);
}

void add_options(CLI::App& app, DoctorOptions& options) {
    add_value(app, "--data-dir", "DIR", "The daemon's, where it was started with one",
              [&options](const std::string& text) -> Result<void> {
                  options.data_dir = text;
                  return {};
              });
    add_daemon_broker_flag(app, options.broker);
    app.footer(
        "Exit status 0 when all is well, 1 when something that is wanted does not work.\n"
        "Run it as the user of the daemon: \"sudo -u lanbridge lanbridge doctor\".");
}

}  // namespace

int run_doctor(const GlobalOptions& globals, const DoctorOptions& options) {
    RunOptions flags;
    flags.brokers = options.broker.brokers;
    flags.password_in_arguments = options.broker.password_in_arguments;
    const auto loaded = load_for_run(globals, flags, process_environment());
    silence_log(globals);
    DoctorReport report;
    check_configuration(loaded, report);
    const auto folder = data_directory_name(options.data_dir, process_environment());
    check_data(folder, report);
    CommandLoop loop;
    check_clock(loop.context().time.wall_s(), report);
    auto config = loaded.config;
    if (folder)
        if (const auto learnt = read_learnt_keys(*folder))
            for (const auto& entry : *learnt) config.meross.keys.push_back(entry.key);
    if (loaded.ok()) loop.run(look_around(loop.context(), config, report));
    fmt::print("{}", globals.json ? dump_json(report.json()) + '\n' : report.table());
    return report.well() ? exit_done : exit_failed;
}

void declare_doctor(CLI::App& app, Run& run) {
    auto options = std::make_shared<DoctorOptions>();
    add_options(app, *options);
    app.callback([options, &run] {
        run = [options](const GlobalOptions& globals) { return run_doctor(globals, *options); };
    });
}

}  // namespace lanbridge::app
