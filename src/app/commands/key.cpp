#include "app/commands/key.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <memory>

#include "app/cli/arguments.hpp"
#include "app/cli/command.hpp"
#include "app/cli/command_config.hpp"
#include "app/cli/command_loop.hpp"
#include "app/cli/data_directory.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/prompt.hpp"
#include "app/config/environment.hpp"
#include "app/config/learnt_keys.hpp"

namespace lanbridge::app {
namespace {

std::optional<Secret> ask_code() { return ask_secret("Two-factor code: "); }

/// What is missing is asked for. Errors: `invalid_value` where there is nobody to ask.
Result<meross::AccountLogin> login_of(const KeyOptions& options) {
    meross::AccountLogin login;
    login.email = options.email;
    login.region = options.region;
    login.code = options.code;
    login.ask_code = &ask_code;
    if (login.email.empty()) login.email = ask_line("E-mail address of the account: ").value_or("");
    if (login.email.empty())
        return Error(Errc::invalid_value, "whose account? Give its e-mail address: lanbridge key EMAIL");
    auto password = options.password;
    if (!password) password = ask_secret("Password of " + login.email + ": ");
    if (!password || password->empty())
        return Error(Errc::invalid_value,
                     "the account's password is missing: give --password @FILE, or - for standard input");
    login.password = *std::move(password);
    return login;
}

Json device_json(const meross::AccountDevice& device) {
    Json shown{{"uuid", device.uuid},         {"name", device.name},         {"model", device.type},
               {"hardware", device.hardware}, {"firmware", device.firmware}, {"online", device.online}};
    Json behind = Json::array();
    for (const auto& subdevice : device.subdevices)
        behind.push_back({{"id", subdevice.id}, {"model", subdevice.type}, {"name", subdevice.name}});
    if (!behind.empty()) shown["subdevices"] = std::move(behind);
    return shown;
}

void show_json(const meross::Account& account, const std::string& stored, bool with_key) {
    Json devices = Json::array();
    for (const auto& device : account.devices) devices.push_back(device_json(device));
    Json shown{{"email", account.email},
               {"user_id", account.user_id},
               {"devices", std::move(devices)},
               {"notes", account.notes},
               {"stored", stored}};
    if (with_key) shown["key"] = account.key.reveal();
    fmt::print("{}\n", dump_json(shown));
}

void show_devices(const meross::Account& account) {
    std::size_t width = 4;
    for (const auto& device : account.devices) width = std::max(width, device.name.size());
    if (!account.devices.empty()) fmt::print("{:<{}}  {:<10}  {}\n", "NAME", width, "MODEL", "UUID");
    for (const auto& device : account.devices) {
        fmt::print("{:<{}}  {:<10}  {}\n", device.name, width, device.type, device.uuid);
        for (const auto& behind : device.subdevices)
            fmt::print("  {:<{}}  {:<8}  {}\n", behind.name, width, behind.type, behind.id);
    }
    fmt::print("{} devices belong to the account {}\n", account.devices.size(), account.email);
}

void show_text(const meross::Account& account, const std::string& stored, bool with_key) {
    show_devices(account);
    for (const auto& note : account.notes) fmt::print(stderr, "lanbridge: {}\n", note);
    if (with_key) fmt::print("key: {}\n", account.key.reveal());
    fmt::print("Their key is kept in {}, which lanbridge run reads at its start and at a reload{}\n", stored,
               with_key ? "" : "; --show prints it");
}

asio::awaitable<int> ask_service(Context context, const GlobalOptions& globals, const KeyOptions& options,
                                 meross::AccountLogin login, std::filesystem::path data) {
    auto service = options.service.value_or(meross::vendor_service(options.region));
    fmt::print(
        stderr,
        "This asks the vendor's account service at {} once; nothing else of lanbridge leaves the LAN.\n",
        service.text());
    meross::HttpsPoster poster(context);
    auto account = co_await meross::fetch_account(context, poster, std::move(service), std::move(login));
    if (!account) co_return fail_command(globals, account.error());
    const auto file = learnt_keys_file(data).string();
    if (auto kept = keep_learnt_key(data, LearntKey(account->key, "account", account->email)); !kept)
        co_return fail_command(globals, kept.error().in("the key could not be kept"));
    if (globals.json)
        show_json(*account, file, options.show);
    else
        show_text(*account, file, options.show);
    co_return exit_done;
}

/// Stores what `parse` makes of the argument.
template <class T, class Parse>
Store into(T& target, Parse parse) {
    return [&target, parse](const std::string& text) -> Result<void> {
        auto value = parse(text);
        if (!value) return std::move(value).error();
        target = std::move(*value);
        return {};
    };
}

}  // namespace

int run_key(const GlobalOptions& globals, const KeyOptions& options) {
    if (!config_for_command(globals)) return exit_usage;
    auto data = data_directory(options.data_dir, process_environment());
    if (!data) return fail_command(globals, data.error());
    auto login = login_of(options);
    if (!login) {
        fmt::print(stderr, "lanbridge: {}\nSee: lanbridge key --help\n", login.error().where);
        return exit_usage;
    }
    CommandLoop loop;
    return loop.run(ask_service(loop.context(), globals, options, *std::move(login), *std::move(data)));
}

void declare_key(CLI::App& app, Run& run) {
    auto options = std::make_shared<KeyOptions>();
    app.add_option("email", options->email, "The account's e-mail address; asked for where it is missing")
        ->type_name("EMAIL");
    add_value(app, "--password", "@FILE|-", "The account's password; asked for where it is missing",
              into(options->password, &hidden_argument));
    add_value(app, "--region", "eu|us|ap", "Where the account was made; default: eu",
              [options](const std::string& text) -> Result<void> {
                  if (text != "eu" && text != "us" && text != "ap") return Error(Errc::invalid_value);
                  options->region = text;
                  return {};
              });
    add_value(app, "--mfa", "CODE",
              "Two-factor code; asked for where it is needed; @FILE reads it from a file",
              into(options->code, &secret_argument));
    add_value(
        app, "--service", "URL", "Another service than the vendor's",
        into(options->service, [](const std::string& text) { return meross::parse_service_url(text); }));
    add_value(app, "--data-dir", "DIR", "Where the key is kept; the folder of the daemon, to be found there",
              [options](const std::string& text) -> Result<void> {
                  if (text.empty()) return Error(Errc::invalid_value, "a folder is needed");
                  options->data_dir = text;
                  return {};
              });
    app.add_flag("--show", options->show, "Print the key as well");
    app.footer(
        "Examples:\n"
        "  lanbridge key me@example.com\n"
        "  sudo lanbridge key me@example.com --region us --data-dir /var/lib/lanbridge");
    app.callback([options, &run] {
        run = [options](const GlobalOptions& globals) { return run_key(globals, *options); };
    });
}

}  // namespace lanbridge::app
