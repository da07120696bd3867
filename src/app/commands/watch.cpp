#include "app/commands/watch.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <cstdio>

#include "app/cli/arguments.hpp"
#include "app/cli/command.hpp"
#include "app/cli/command_loop.hpp"
#include "app/cli/daemon_link.hpp"
#include "app/cli/exit_code.hpp"

// lanbridge watch
namespace lanbridge::app {
namespace {

/// The list is retained, so it comes at once where it can be read.
constexpr auto list_patience = 3s;
/// In names that were just typed nothing else can be meant; a daemon that has just started knows them soon.
constexpr auto name_patience = 3s;

class Watch {
public:
    Watch(const GlobalOptions& globals, const WatchOptions& options, const Config& config)
        : globals_(globals),
          options_(options),
          link_(loop_.context(), config, "watch"),
          filter_(link_.base()),
          changed_(loop_.context().executor) {}

    int run() {
        return loop_.run(work(), [this] { end(exit_done); });
    }

private:
    asio::awaitable<int> work() {
        listen("/bridge/devices", [this](const mqtt::Message& message) {
            listed_ = devices_.take(message.payload) || listed_;
            changed_.notify();
        });
        listen("/bridge/state", [this](const mqtt::Message& message) { daemon_state(message.payload); });
        auto found = co_await link_.find_daemon();
        if (found) found = co_await choose();
        if (found) {
            link_.client().on_disconnected([](const std::string& why) {
                fmt::print(stderr, "lanbridge: connection lost ({}); waiting for it to come back\n", why);
            });
            const auto show = [this](const mqtt::Message& message) { take(message); };
            listen("/+/availability", show);
            listen("/+/+/+", show);
            while (!ended_) co_await changed_.wait();
        }
        co_await link_.close();
        if (!found) co_return fail_command(globals_, found.error());
        co_return code_;
    }

    void listen(const char* below, mqtt::MessageHandler handler) {
        if (auto done = link_.client().subscribe(link_.base() + below, 0, std::move(handler)); !done)
            fmt::print(stderr, "lanbridge: {}\n", done.error().text());
    }

    /// Whom the arguments mean.
    asio::awaitable<Result<void>> choose() {
        const auto& time = loop_.context().time;
        auto deadline = time.now() + list_patience;
        while (!ended_ && !listed_ && time.now() < deadline)
            co_await wait_signal_until(loop_.context().time, changed_, deadline);
        deadline = time.now() + name_patience;
        for (const auto& wanted : options_.devices) {
            while (!ended_ && !devices_.find(wanted) && time.now() < deadline)
                co_await wait_signal_until(loop_.context().time, changed_, deadline);
            const auto* device = devices_.find(wanted);
            if (!device && !ended_)
                co_return Error(Errc::not_found,
                                "no device \"" + wanted + "\"; there are " + devices_.names());
            if (device) chosen_.insert(device->id);
        }
        filter_.only(chosen_);
        co_return Result<void>();
    }

    void daemon_state(std::string_view state) {
        if (state == "offline" && alive_) fmt::print(stderr, "lanbridge: the daemon has stopped\n");
        if (state == "online" && !alive_ && told_) fmt::print(stderr, "lanbridge: the daemon is back\n");
        told_ = true;
        alive_ = state == "online";
    }

    void take(const mqtt::Message& message) {
        const auto change = filter_.take(message.topic, message.payload, message.retained, devices_);
        if (!change || ended_ || (change->retained && !options_.present)) return;
        const auto now = loop_.context().time.wall_ms();
        const auto line = globals_.json ? dump_json(change->json(now)) : change->line(now);
        const bool written = std::fwrite(line.data(), 1, line.size(), stdout) == line.size() &&
                             std::fputc('\n', stdout) != EOF && std::fflush(stdout) == 0;
        if (!written) end(exit_done);  // nobody reads any more: `lanbridge watch | head`
    }

    void end(int code) {
        code_ = code;
        ended_ = true;
        changed_.notify();
    }

    const GlobalOptions& globals_;
    const WatchOptions& options_;
    CommandLoop loop_;
    DaemonLink link_;
    WatchFilter filter_;
    KnownDevices devices_;
    std::set<std::string> chosen_;
    Signal changed_;
    bool listed_ = false;
    bool alive_ = false;
    bool told_ = false;
    bool ended_ = false;
    int code_ = exit_done;
};

void add_options(CLI::App& app, WatchOptions& options) {
    add_values(app, "device", "DEVICE", "By id, uuid or name; default: all",
               [&options](const std::string& text) -> Result<void> {
                   options.devices.push_back(text);
                   return {};
               });
    app.add_flag("--present", options.present,
                 "Begin with what is so now (marked = ); else only what changes from now on");
    add_daemon_broker_flag(app, options.broker);
    app.footer(
        "Prints time, device, entity, part and value of every change; ends with Ctrl-C.\n"
        "Examples:\n"
        "  lanbridge watch\n"
        "  lanbridge watch Kettle --present\n"
        "  lanbridge watch --json | jq .value");
}

}  // namespace

int run_watch(const GlobalOptions& globals, const WatchOptions& options) {
    const auto loaded = config_for_command(globals, options.broker);
    if (!loaded) return exit_usage;
    return Watch(globals, options, loaded->config).run();
}

void declare_watch(CLI::App& app, Run& run) {
    auto options = std::make_shared<WatchOptions>();
    add_options(app, *options);
    app.callback([options, &run] {
        run = [options](const GlobalOptions& globals) { return run_watch(globals, *options); };
    });
}

}  // namespace lanbridge::app
