#include "lanbridge/agent/agent.hpp"

#include <limits.h>
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <exception>

#include "agent/composition.hpp"
#include "lanbridge/base/log.hpp"

namespace lanbridge::agent {
namespace {

constexpr int exit_done = 0;
constexpr int exit_fatal = 1;
/// After a signal. The firmware's watchdogs wait for their programs' turn.
constexpr auto stop_limit = 3s;

std::string program_path(const char* fallback) {
    std::array<char, PATH_MAX> path{};
    const auto size = ::readlink("/proc/self/exe", path.data(), path.size() - 1);
    if (size <= 0) return fallback;
    return std::string(path.data(), static_cast<std::size_t>(size));
}

/// The layers below speak only of what the agent's own lines do not say.
void quieten_layers() {
    log::Settings settings;
    settings.level = log::Level::warn;
    settings.levels["mqtt"] = log::Level::error;
    log::configure(settings);
}

/// The agent between its start and the signal that ends it.
class Life {
public:
    Life(Settings settings, const std::string& program)
        : context_(io_.get_executor(), time_, random_),
          signals_(io_, SIGINT, SIGTERM),
          agent_(context_, std::move(settings), program) {}

    int run() {
        signals_.async_wait([this](error_code ec, int signal) {
            if (!ec) end(signal);
        });
        agent_.start();
        io_.run();
        return exit_done;
    }

private:
    void end(int signal) {
        signals_.clear();  // a second one ends us at once
        agent_.journal().note("exit", {Field("signal", signal == SIGINT ? "interrupt" : "terminated")});
        asio::co_spawn(io_, close(), asio::detached);
    }

    asio::awaitable<void> close() {
        auto stopping = with_timeout(time_, stop(), stop_limit);
        static_cast<void>(co_await std::move(stopping));
        for (int i = 0; i < 50 && !agent_.idle(); ++i) co_await time_.sleep(20ms);
        io_.stop();  // what is left could only wait for ever
    }
    asio::awaitable<Result<void>> stop() {
        co_await agent_.stop();
        co_return Result<void>();
    }

    asio::io_context io_{1};
    SystemTime time_;
    SystemRandom random_;
    Context context_;
    asio::signal_set signals_;
    Agent agent_;
};

}  // namespace

bool is_agent_name(const char* program) noexcept {
    const std::string_view path(program);
    const auto slash = path.rfind('/');
    return path.substr(slash == std::string_view::npos ? 0 : slash + 1).starts_with("openmiio_agent");
}

int run(int argc, const char* const* argv) {
    try {
        std::signal(SIGPIPE, SIG_IGN);
        quieten_layers();
        const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
        Life life(make_settings(parse_arguments(words)), program_path(argc > 0 ? argv[0] : "openmiio_agent"));
        return life.run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "openmiio_agent: internal error: %s\n", error.what());
    }
    return exit_fatal;
}

}  // namespace lanbridge::agent
