#include "app/commands/discover.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <array>
#include <memory>

#include "app/cli/arguments.hpp"
#include "app/cli/command.hpp"
#include "app/cli/command_config.hpp"
#include "app/cli/command_loop.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/run_config.hpp"
#include "app/commands/lan_search.hpp"

namespace lanbridge::app {
namespace {

using Row = std::array<std::string, 6>;

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

Row row_of(const FoundDevice& device) {
    std::string by;
    for (const auto& name : device.found_by) by += (by.empty() ? "" : ",") + name;
    auto key = device.key;
    if (!device.key_from.empty()) key += " (" + device.key_from + ')';
    return {or_dash(device.address), or_dash(device.model), or_dash(device.firmware),
            or_dash(device.uuid),    std::move(by),         std::move(key)};
}

void print_table(const std::vector<FoundDevice>& devices) {
    std::vector<Row> rows{Row{"ADDRESS", "MODEL", "FIRMWARE", "UUID", "FOUND BY", "KEY"}};
    for (const auto& device : devices) rows.push_back(row_of(device));
    std::array<std::size_t, 6> widths{};
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i + 1 < row.size(); ++i) line += fmt::format("{:<{}}  ", row[i], widths[i]);
        fmt::print("{}{}\n", line, row.back());
    }
}

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json json_of(const FoundDevice& device) {
    return Json{{"kind", device.kind},
                {"address", or_null(device.address)},
                {"model", or_null(device.model)},
                {"firmware", or_null(device.firmware)},
                {"uuid", or_null(device.uuid)},
                {"mac", or_null(device.mac)},
                {"name", or_null(device.name)},
                {"found_by", device.found_by},
                {"key", device.key},
                {"key_from", or_null(device.key_from)},
                {"error", or_null(device.error)}};
}

void print_devices(const std::vector<FoundDevice>& devices, bool as_json) {
    if (!as_json) {
        if (!devices.empty()) print_table(devices);
        return;
    }
    Json list = Json::array();
    for (const auto& device : devices) list.push_back(json_of(device));
    fmt::print("{}\n", dump_json(list));
}

void print_advice(const LanSearch& search, const std::vector<FoundDevice>& devices) {
    for (const auto& remark : search.remarks()) fmt::print(stderr, "lanbridge: {}\n", remark);
    if (devices.empty())
        fmt::print(stderr,
                   "lanbridge: no devices found; not every firmware answers: try --subnet, such as "
                   "--subnet 192.168.1.0/24\n");
    const auto wrong = meross::key_state_name(meross::KeyState::wrong);
    if (const auto count = std::ranges::count(devices, wrong, &FoundDevice::key))
        fmt::print(stderr, "lanbridge: {} refuse every known key: add theirs to meross.keys\n",
                   count == 1 ? "one device would" : fmt::format("{} devices", count));
}

asio::awaitable<int> search_to_end(LanSearch& search) {
    co_await search.run();
    co_return search.blind() ? exit_failed : exit_done;
}

/// What the legs have to say comes as remarks, in one place.
void quieten(const GlobalOptions& globals, const Config& config) {
    if (globals.log_level) return;
    auto settings = log_settings(config, globals);
    settings.level = log::Level::error;
    settings.levels = {{"mqtt", log::Level::off}, {"meross.discovery", log::Level::off}};
    log::configure(settings);
}

void add_discover_options(CLI::App& app, DiscoverOptions& options) {
    add_value(app, "--timeout", "TIME", "How long to listen; default: 5s, and until every subnet is swept",
              [&options](const std::string& text) -> Result<void> {
                  auto time = parse_duration(text);
                  if (!time) return std::move(time).error();
                  if (time->count() <= 0) return Error(Errc::invalid_value, "a time such as 5s is needed");
                  options.timeout = *time;
                  return {};
              });
    add_values(app, "--subnet", "CIDR", "Ask every address of this network too; may be repeated",
               [&options](const std::string& text) -> Result<void> {
                   auto subnet = parse_subnet(text);
                   if (!subnet) return std::move(subnet).error();
                   options.subnets.push_back(std::move(*subnet));
                   return {};
               });
    app.footer(
        "Examples:\n"
        "  lanbridge discover\n"
        "  lanbridge discover --subnet 192.168.1.0/24      where devices do not answer broadcasts\n"
        "  lanbridge discover --timeout 10m                while a device is being switched on\n"
        "  sudo lanbridge discover                         hears DHCP requests as well");
}

}  // namespace

int run_discover(const GlobalOptions& globals, const DiscoverOptions& options) {
    const auto loaded = config_for_command(globals);
    if (!loaded) return exit_usage;
    quieten(globals, loaded->config);
    CommandLoop loop;
    LanSearch search(loop.context(), loaded->config, options);
    const int code = loop.run(search_to_end(search), [&search] { search.hurry(); });
    const auto devices = search.found();
    print_devices(devices, globals.json);
    print_advice(search, devices);
    return code;
}

void declare_discover(CLI::App& app, Run& run) {
    auto options = std::make_shared<DiscoverOptions>();
    add_discover_options(app, *options);
    app.callback([options, &run] {
        run = [options](const GlobalOptions& globals) { return run_discover(globals, *options); };
    });
}

}  // namespace lanbridge::app
