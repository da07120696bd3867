#include "app/commands/pair.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>

#include "app/cli/arguments.hpp"
#include "app/cli/command.hpp"
#include "app/cli/command_loop.hpp"
#include "app/cli/data_directory.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/prompt.hpp"
#include "app/commands/pair_session.hpp"
#include "app/config/environment.hpp"
#include "app/config/learnt_keys.hpp"

namespace lanbridge::app {
namespace {

Error usage(std::string advice) { return Error(Errc::invalid_value, std::move(advice)); }

Result<void> check_usage(const PairOptions& options) {
    if (options.ssid.empty() && options.rebind.empty())
        return usage(
            "which Wi-Fi network shall the device join? Give --ssid NAME; or --rebind TARGET for a device "
            "that is on the LAN already");
    if (!options.ssid.empty() && !options.rebind.empty())
        return usage("--rebind is for a device that keeps its network: leave out --ssid");
    if (!options.rebind.empty() && (options.device || options.wifi_password || !options.timezone.empty()))
        return usage(
            "--device, --wifi-password and --timezone are for a device in pairing mode, not for --rebind");
    if (options.rebind.empty() && options.key)
        return usage("--key is the present key of a device to --rebind; one in pairing mode has none");
    return {};
}

Result<Secret> wifi_password(const PairOptions& options) {
    if (!options.rebind.empty()) return Secret();
    if (options.wifi_password) return *options.wifi_password;
    auto asked = ask_secret("Password of the Wi-Fi network \"" + options.ssid + "\" (none: just Enter): ");
    if (asked) return *std::move(asked);
    return usage("the Wi-Fi password is missing: give --wifi-password @FILE, or - for standard input");
}

Result<meross::PairingPlan> plan_of(const PairOptions& options, const Config& config,
                                    const std::filesystem::path& data) {
    if (auto sound = check_usage(options); !sound) return std::move(sound).error();
    meross::PairingPlan plan;
    if (options.device) plan.device = *options.device;
    plan.rebind = !options.rebind.empty();
    plan.old_key = options.key;
    plan.old_keys = config.meross.keys;
    if (auto learnt = read_learnt_keys(data))
        for (auto& known : *learnt) plan.old_keys.push_back(std::move(known.key));
    plan.ssid = options.ssid;
    plan.bssid = options.bssid;
    plan.timezone = options.timezone;
    plan.dry_run = options.dry_run;
    if (options.wait) plan.reach_patience = plan.hear_patience = *options.wait;
    SystemRandom random;
    auto key = key_for_pairing(config.meross.keys, data, random, !options.dry_run);
    if (!key) return std::move(key).error();
    plan.key = *std::move(key);
    if (auto sound = meross::check_plan(plan); !sound) return std::move(sound).error();
    auto password = wifi_password(options);  // asked for last, when nothing else is missing
    if (!password) return std::move(password).error();
    plan.wifi_password = *std::move(password);
    if (auto sound = meross::check_plan(plan); !sound) return std::move(sound).error();
    return plan;
}

Store into_text(std::string& target) {
    return [&target](const std::string& text) -> Result<void> {
        if (text.empty()) return usage("must not be empty");
        target = text;
        return {};
    };
}

Store into_endpoint(std::optional<net::HttpEndpoint>& target) {
    return [&target](const std::string& text) -> Result<void> {
        auto endpoint = net::parse_endpoint(text);
        if (!endpoint) return std::move(endpoint).error();
        target = *std::move(endpoint);
        return {};
    };
}

Store into_broker(std::optional<HostPort>& target) {
    return [&target](const std::string& text) -> Result<void> {
        auto place = parse_host_port(text, meross::default_device_port);
        if (!place) return std::move(place).error();
        target = *std::move(place);
        return {};
    };
}

void add_device_options(CLI::App& app, PairOptions& options) {
    add_value(app, "--ssid", "NAME", "The Wi-Fi network that the device shall join (2.4 GHz)",
              into_text(options.ssid));
    add_value(app, "--wifi-password", "@FILE|-", "Its password; asked for where it is missing",
              [&options](const std::string& text) -> Result<void> {
                  auto secret = hidden_argument(text);
                  if (!secret) return std::move(secret).error();
                  options.wifi_password = *std::move(secret);
                  return {};
              });
    add_value(app, "--bssid", "ADDRESS", "One access point of several; default: the strongest",
              into_text(options.bssid));
    add_value(app, "--device", "HOST", "Where the device waits; default: 10.10.10.1",
              into_endpoint(options.device));
    add_value(app, "--rebind", "TARGET", "Re-bind a device that is on the LAN: host[:port], uuid or name",
              into_text(options.rebind));
    add_value(app, "--key", "KEY", "The key it has now; default: the known ones; @FILE reads it from a file",
              [&options](const std::string& text) -> Result<void> {
                  auto secret = secret_argument(text);
                  if (!secret) return std::move(secret).error();
                  options.key = *std::move(secret);
                  return {};
              });
    add_value(app, "--timezone", "ZONE", "Such as Europe/Rome", into_text(options.timezone));
    add_value(app, "--wait", "DURATION",
              "How long to wait for the device; default: 3m at its address, then 2m at the broker",
              [&options](const std::string& text) -> Result<void> {
                  auto wait = parse_duration(text);
                  if (!wait) return std::move(wait).error();
                  options.wait = *wait;
                  return {};
              });
}

void add_broker_options(CLI::App& app, PairOptions& options) {
    add_value(app, "--broker", "HOST[:PORT]",
              "A broker of your own, with TLS; default: that of the running daemon",
              into_broker(options.broker));
    add_value(app, "--broker-host", "HOST", "This machine's address as the device will see it",
              into_text(options.broker_host));
    add_daemon_broker_flag(app, options.daemon_broker);
    add_value(app, "--data-dir", "DIR", "Where a key that has to be made is kept",
              [&options](const std::string& text) -> Result<void> {
                  if (text.empty()) return usage("a folder is needed");
                  options.data_dir = text;
                  return {};
              });
    app.add_flag("--show-login", options.show_login, "Print the broker login that the device will use");
    app.add_flag("--dry-run", options.dry_run, "Show everything that would be sent, and change nothing");
}

}  // namespace

int run_pair(const GlobalOptions& globals, const PairOptions& options) {
    auto loaded = config_for_command(globals, options.daemon_broker);
    if (!loaded) return exit_usage;
    auto data = data_directory(options.data_dir, process_environment());
    if (!data) return fail_command(globals, data.error());
    auto plan = plan_of(options, loaded->config, *data);
    if (!plan && !plan.error().is(Errc::invalid_value)) return fail_command(globals, plan.error());
    if (!plan) {
        fmt::print(stderr, "lanbridge: {}\nSee: lanbridge pair --help\n", plan.error().where);
        return exit_usage;
    }
    CommandLoop loop;
    PairSession session(loop.context(), globals, options, loaded->config);
    return loop.run(session.run(*std::move(plan)));
}

void declare_pair(CLI::App& app, Run& run) {
    auto options = std::make_shared<PairOptions>();
    add_device_options(app, *options);
    add_broker_options(app, *options);
    app.footer(
        "Examples:\n"
        "  lanbridge pair --ssid Home                      a device in pairing mode; asks for the password\n"
        "  lanbridge pair --ssid Home --dry-run            what would be sent\n"
        "  lanbridge pair --rebind 192.168.1.20 --key @old.key\n"
        "  lanbridge pair --ssid Home --broker 192.168.1.5:8883");
    app.callback([options, &run] {
        run = [options](const GlobalOptions& globals) { return run_pair(globals, *options); };
    });
}

}  // namespace lanbridge::app
