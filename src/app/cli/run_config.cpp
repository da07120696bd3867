#include "app/cli/run_config.hpp"

#include <algorithm>

#include "app/cli/options.hpp"

namespace lanbridge::app {

Config with_flags(Config config, const RunOptions& options) {
    if (options.brokers) config.mqtt.brokers = *options.brokers;
    for (const auto& host : options.meross) {
        if (std::ranges::find(config.meross.devices, host, &MerossDeviceConfig::host) !=
            config.meross.devices.end())
            continue;
        MerossDeviceConfig device;
        device.host = host;
        config.meross.devices.push_back(std::move(device));
    }
    auto& keys = config.meross.keys;
    for (const auto& key : options.meross_keys)
        if (std::ranges::find(keys, key) == keys.end()) keys.push_back(key);
    return config;
}

LoadedConfig load_for_run(const GlobalOptions& globals, const RunOptions& options,
                          const Environment& environment) {
    auto loaded = find_and_load_config(globals.config_file, environment);
    loaded.config = with_flags(std::move(loaded.config), options);
    if (options.password_in_arguments) loaded.warnings.emplace_back(password_hint);
    return loaded;
}

log::Settings log_settings(const Config& config, const GlobalOptions& globals) {
    log::Settings settings;
    settings.level = globals.log_level.value_or(config.log.level);
    settings.format = config.log.format;
    settings.levels = config.log.levels;
    return settings;
}

std::string problems_text(const LoadedConfig& loaded) {
    const auto count = loaded.problems.size();
    std::string out = "The configuration is not valid: ";
    out += (count == 1 ? "one mistake" : std::to_string(count) + " mistakes") + ".\n";
    for (const auto& problem : loaded.problems) out += "  " + problem.text() + '\n';
    return out;
}

}  // namespace lanbridge::app
