#include "app/cli/options.hpp"

#include <CLI/App.hpp>
#include <array>
#include <memory>

#include "app/cli/arguments.hpp"
#include "app/cli/command.hpp"
#include "app/cli/command_config.hpp"

namespace lanbridge::app {
namespace {

Error usage(std::string advice) { return Error(Errc::invalid_value, std::move(advice)); }

template <class T>
Store into(T& target, std::function<Result<T>(const std::string&)> parse) {
    return [&target, parse = std::move(parse)](const std::string& text) -> Result<void> {
        auto value = parse(text);
        if (!value) return std::move(value).error();
        target = std::move(*value);
        return {};
    };
}

Store into_secret(std::optional<Secret>& target) {
    return [&target](const std::string& text) -> Result<void> {
        auto secret = secret_argument(text);
        if (!secret) return std::move(secret).error();
        target = std::move(*secret);
        return {};
    };
}

/// One of the words of `type`, "a|b|c", by its position.
template <class T, std::size_t N>
Store into_choice(T& target, const std::array<std::pair<std::string_view, T>, N>& choices) {
    return [&target, choices](const std::string& text) -> Result<void> {
        for (const auto& [word, value] : choices) {
            if (word != text) continue;
            target = value;
            return {};
        }
        return usage({});
    };
}

Result<std::optional<Json>> payload_argument(const std::string& text) {
    // CLI11 2.3 and newer take the argument "{}" for an empty list and hand on their own mark for it.
    if (text == "%%") return std::optional<Json>(Json::object());
    auto payload = parse_json(text);
    if (!payload) return usage("not JSON: " + payload.error().text());
    if (!payload->is_object()) return usage("expected a JSON object such as {\"togglex\":{\"onoff\":1}}");
    return std::optional<Json>(std::move(*payload));
}

Store append_host(std::vector<HostPort>& hosts) {
    return [&hosts](const std::string& text) -> Result<void> {
        constexpr std::uint16_t http_port = 80;
        auto host = parse_host_port(text, http_port);
        if (!host) return std::move(host).error();
        hosts.push_back(std::move(*host));
        return {};
    };
}

Store append_secret(std::vector<Secret>& secrets) {
    return [&secrets](const std::string& text) -> Result<void> {
        auto secret = secret_argument(text);
        if (!secret) return std::move(secret).error();
        secrets.push_back(std::move(*secret));
        return {};
    };
}

}  // namespace

const std::string_view password_hint =
    "everybody on this machine can see the password of --mqtt in the process list; write the URL into a file "
    "and give "
    "--mqtt @FILE";

void add_global_options(CLI::App& app, GlobalOptions& options) {
    add_value(app, "--config", "FILE", "Configuration file, instead of the default ones",
              [&options](const std::string& text) -> Result<void> {
                  options.config_file = text;
                  return {};
              });
    add_value(app, "--log-level", "trace|debug|info|warn|error|off",
              "What is logged to stderr; wins over the file",
              [&options](const std::string& text) -> Result<void> {
                  log::Level level{};
                  if (!log::parse_level(text, level)) return usage({});
                  options.log_level = level;
                  return {};
              });
    app.add_flag("--json", options.json, "Results on stdout as JSON");
}

void add_run_options(CLI::App& app, RunOptions& options) {
    app.add_flag("--demo", options.demo, "Add simulated devices, to see everything without hardware");
    add_value(app, "--data-dir", "DIR", "Where known devices and learnt keys are kept",
              [&options](const std::string& text) -> Result<void> {
                  if (text.empty()) return usage("a folder is needed");
                  options.data_dir = text;
                  return {};
              });
    add_broker_flag(
        app, options.brokers, options.password_in_arguments,
        "embedded, or mqtt://[user:password@]host[:port], or mqtts://…; @FILE reads it from a file");
    add_values(app, "--meross", "HOST[:PORT]", "A Meross device; may be repeated",
               append_host(options.meross));
    add_values(app, "--meross-key", "KEY", "A key to try; may be repeated; @FILE reads it from a file",
               append_secret(options.meross_keys));
    app.add_flag("--once", options.once, "Publish every device once, leave bridge/state offline, and exit");
    app.footer(
        "Examples:\n"
        "  lanbridge run                       embedded broker, no file needed\n"
        "  lanbridge run --demo                with simulated devices\n"
        "  lanbridge run --mqtt mqtt://192.168.1.5 --meross 192.168.1.20 --meross-key @meross.key");
}

void add_request_options(CLI::App& app, RequestOptions& options) {
    using Method = std::pair<std::string_view, RequestMethod>;
    using Via = std::pair<std::string_view, RequestVia>;
    app.add_option("target", options.target, "host[:port], uuid or configured name")
        ->required()
        ->type_name("TARGET");
    app.add_option("namespace", options.name_space, "Such as Appliance.System.All")
        ->required()
        ->type_name("NAMESPACE");
    add_value(app, "--method", "GET|SET|PUSH", "Default: GET",
              into_choice(options.method,
                          std::array{Method{"GET", RequestMethod::get}, Method{"SET", RequestMethod::set},
                                     Method{"PUSH", RequestMethod::push}}));
    add_value(app, "--payload", "JSON", "Default: what the namespace wants for a GET",
              into<std::optional<Json>>(options.payload, &payload_argument));
    add_value(app, "--key", "KEY",
              "Default: the configured ones; \"\" is the empty key; @FILE reads it from a file",
              into_secret(options.key));
    add_value(
        app, "--via", "auto|http|mqtt", "Default: auto",
        into_choice(options.via, std::array{Via{"auto", RequestVia::automatic}, Via{"http", RequestVia::http},
                                            Via{"mqtt", RequestVia::mqtt}}));
    add_broker_flag(app, options.broker.brokers, options.broker.password_in_arguments,
                    "The broker for --via mqtt, instead of the configured one");
    app.footer(
        "Examples:\n"
        "  lanbridge request 192.168.1.20 Appliance.System.All --key @meross.key\n"
        "  lanbridge request Kettle Appliance.Control.ToggleX --method SET \\\n"
        "    --payload '{\"togglex\":{\"channel\":0,\"onoff\":1}}'\n"
        "  lanbridge request 2109…b2c3 Appliance.System.All --via mqtt --mqtt mqtt://192.168.1.5");
}

void add_simulate_options(CLI::App& app, SimulateOptions& options) {
    add_values(app, "path", "PATH",
               "Recordings, device descriptions, folders of them, or built-in ones such as mss310",
               [&options](const std::string& text) -> Result<void> {
                   options.paths.push_back(text);
                   return {};
               })
        ->required();
    add_value(app, "--listen", "ADDRESS[:PORT]",
              "Default: 127.0.0.1 and free ports; else ports from PORT upward",
              into<HostPort>(options.listen, [](const std::string& text) { return parse_listen(text, 0); }));
    add_value(app, "--key", "KEY", "The devices' key; @FILE reads it from a file", into_secret(options.key));
    add_value(
        app, "--mqtt", "URL",
        "Let the devices connect to this broker too: together with the URL's user over mqtt://, each by "
        "itself with a device's credentials over mqtts://; @FILE reads it from a file",
        [&options](const std::string& text) -> Result<void> {
            auto url = broker_argument(text, options.password_in_arguments);
            if (!url) return std::move(url).error();
            options.broker = std::move(*url);
            return {};
        });
    app.add_flag("--own-connections", options.own_connections, "Over mqtt:// too, each device by itself");
    app.add_flag("--discovery", options.discovery, "Answer discovery on UDP port 9988");
    app.add_flag("--factory-new", options.factory_new,
                 "Devices wait in AP mode at the printed address, to be paired");
    add_value(app, "--wifi-ssid", "SSID",
              "The network that devices in AP mode can join; default: lanbridge, password simulated",
              into<std::string>(options.wifi_ssid,
                                [](const std::string& text) { return Result<std::string>(text); }));
    add_value(app, "--wifi-password", "PASSWORD", "Its password; @FILE reads it from a file",
              into_secret(options.wifi_password));
    app.footer(
        "Examples:\n"
        "  lanbridge simulate recordings/ --listen 127.0.0.1:8100 --key secret\n"
        "  lanbridge simulate mss310 mss425f --mqtt mqtt://127.0.0.1 --key secret\n"
        "  lanbridge simulate mss110-new         a device to be paired");
}

namespace {

/// Ties a command's options to its function.
template <class Options>
void declare(CLI::App& app, Run& run, void (*add)(CLI::App&, Options&),
             int (*work)(const GlobalOptions&, const Options&)) {
    auto options = std::make_shared<Options>();
    add(app, *options);
    app.callback([options, work, &run] {
        run = [options, work](const GlobalOptions& globals) { return work(globals, *options); };
    });
}

}  // namespace

void declare_run(CLI::App& app, Run& run) { declare(app, run, &add_run_options, &run_daemon); }
void declare_request(CLI::App& app, Run& run) { declare(app, run, &add_request_options, &run_request); }
void declare_simulate(CLI::App& app, Run& run) { declare(app, run, &add_simulate_options, &run_simulation); }

}  // namespace lanbridge::app
