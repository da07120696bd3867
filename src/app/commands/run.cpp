#include "app/commands/run.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <memory>
#include <optional>

#include "app/cli/data_directory.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/run_config.hpp"
#include "app/config/unbuilt.hpp"
#include "app/daemon/daemon.hpp"
#include "app/signals.hpp"
#include "lanbridge/base/log.hpp"
#include "lanbridge/version.hpp"

namespace lanbridge::app {
namespace {

const log::Logger logger("app");

void say_warnings(const LoadedConfig& loaded) {
    for (const auto& warning : loaded.warnings) logger.warn("{}", warning);
    for (const auto& sentence : unbuilt_parts(loaded.config)) logger.warn("{}", sentence);
}

/// The process around the daemon's lives: signals, the store that all lives share, the service manager.
class Process {
public:
    Process(const GlobalOptions& globals, const RunOptions& options, LoadedConfig loaded,
            std::filesystem::path data)
        : globals_(globals),
          options_(options),
          loaded_(std::move(loaded)),
          data_(std::move(data)),
          context_(io_.get_executor(), time_, random_),
          notify_(SystemdNotify::from_environment()),
          nursery_(io_.get_executor()) {}

    int run() {
        auto store = registry::Store::open(context_, data_.string());
        if (!store) {
            logger.error("{}", store.error().text());
            return exit_failed;
        }
        store_ = std::move(*store);
        signals_ = std::make_unique<Signals>(io_.get_executor(), handlers());
        nursery_.start("watchdog", notify_.feed_watchdog(time_));
        asio::co_spawn(io_, live(), [](const std::exception_ptr& failure) {
            if (failure) std::rethrow_exception(failure);
        });
        io_.run();
        return code_;
    }

private:
    asio::awaitable<void> live() {
        for (bool again = true; again;) {
            DaemonSetup setup;
            setup.config = loaded_.config;
            setup.data = data_;
            setup.demo = options_.demo;
            setup.once = options_.once;
            Daemon daemon(context_, std::move(setup), *store_, notify_);
            daemon_ = &daemon;
            auto end = co_await daemon.run();
            daemon_ = nullptr;
            again = end && *end == Daemon::End::restart && !terminating_;
            if (again) logger.info("starting again");
            if (!end) {
                logger.error("{}", end.error().text());
                code_ = exit_code_for(end.error());
            }
        }
        signals_.reset();
        nursery_.stop();
        store_->stop();
    }

    Signals::Handlers handlers() {
        Signals::Handlers handlers;
        handlers.reload = [this] { reload(); };
        handlers.terminate = [this] {
            logger.info("stopping");
            terminating_ = true;
            if (daemon_) daemon_->stop();
        };
        handlers.terminate_now = [] { std::_Exit(exit_failed); };
        return handlers;
    }

    void reload() {
        notify_.reloading();
        auto fresh = load_for_run(globals_, options_, process_environment());
        if (!fresh.ok()) {
            logger.error("{}", problems_text(fresh));
            logger.error("the configuration is not reloaded; the one before stays in force");
            notify_.ready("running; the last reload was refused");
            return;
        }
        loaded_ = std::move(fresh);
        log::configure(log_settings(loaded_.config, globals_));
        say_warnings(loaded_);
        if (daemon_) daemon_->reconfigure(loaded_.config);
    }

    const GlobalOptions& globals_;
    const RunOptions& options_;
    LoadedConfig loaded_;
    std::filesystem::path data_;
    asio::io_context io_{1};
    SystemTime time_;
    SystemRandom random_;
    Context context_;
    SystemdNotify notify_;
    Nursery nursery_;
    std::unique_ptr<registry::Store> store_;
    std::unique_ptr<Signals> signals_;
    Daemon* daemon_ = nullptr;
    bool terminating_ = false;
    int code_ = exit_done;
};

}  // namespace

int run_daemon(const GlobalOptions& globals, const RunOptions& options) {
    auto loaded = load_for_run(globals, options, process_environment());
    if (!loaded.ok()) {
        fmt::print(stderr, "{}\n", problems_text(loaded));
        return exit_usage;
    }
    log::configure(log_settings(loaded.config, globals));
    logger.info("lanbridge {}, configuration: {}", version,
                loaded.file.empty() ? "defaults" : loaded.file.string());
    say_warnings(loaded);
    if (options.password_in_arguments)
        logger.warn(
            "--mqtt has a password that everybody on this machine can see; write it to a file and say --mqtt "
            "@FILE");
    auto data = data_directory(options.data_dir, process_environment());
    if (!data) {
        logger.error("{}", data.error().text());
        return exit_failed;
    }
    return Process(globals, options, std::move(loaded), *std::move(data)).run();
}

}  // namespace lanbridge::app
