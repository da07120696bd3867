#include "app/cli/command_config.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>

#include "app/cli/arguments.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/options.hpp"
#include "app/cli/run_config.hpp"

namespace lanbridge::app {

Result<mqtt::BrokerUrl> broker_argument(const std::string& argument, bool& password_in_sight) {
    auto text = argument_text(argument);
    if (!text) return std::move(text).error();
    auto url = mqtt::parse_broker_url(*text);
    if (url) password_in_sight = !url->password.empty() && !argument.starts_with('@');
    return url;
}

void add_broker_flag(CLI::App& app, std::optional<std::vector<mqtt::BrokerUrl>>& brokers,
                     bool& password_in_sight, const std::string& description) {
    const auto store = [&brokers, &password_in_sight](const std::string& argument) -> Result<void> {
        const auto text = argument_text(argument);
        if (text && *text == "embedded") {
            brokers.emplace();
            return {};
        }
        auto url = broker_argument(argument, password_in_sight);
        if (!url) return std::move(url).error();
        brokers.emplace(1, std::move(*url));
        return {};
    };
    add_value(app, "--mqtt", "URL", description, store);
}

void add_daemon_broker_flag(CLI::App& app, BrokerFlag& flag) {
    add_broker_flag(app, flag.brokers, flag.password_in_arguments,
                    "The broker that the daemon uses, where the configuration does not name it");
}

std::optional<LoadedConfig> config_for_command(const GlobalOptions& globals, const BrokerFlag& flag) {
    RunOptions options;
    options.brokers = flag.brokers;
    options.password_in_arguments = flag.password_in_arguments;
    auto loaded = load_for_run(globals, options, process_environment());
    if (!loaded.ok()) {
        fmt::print(stderr, "{}\n", problems_text(loaded));
        return std::nullopt;
    }
    auto log_config = log_settings(loaded.config, globals);
    if (!globals.log_level) {
        log_config.level = log::Level::warn;
        log_config.levels["mqtt"] = log::Level::off;
    }
    log::configure(log_config);
    for (const auto& warning : loaded.warnings) fmt::print(stderr, "lanbridge: {}\n", warning);
    return loaded;
}

int fail_command(const GlobalOptions& globals, const Error& error) {
    if (globals.json) fmt::print("{}\n", dump_json(Json{{"error", error.text()}}));
    fmt::print(stderr, "lanbridge: {}\n", error.text());
    return exit_code_for(error);
}

}  // namespace lanbridge::app
