#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <csignal>
#include <cstdlib>

#include "app/signals.hpp"
#include "app/systemd_notify.hpp"
#include "config_support.hpp"
#include "lanbridge/base/async.hpp"
#include "support/catch.hpp"
#include "support/virtual_time.hpp"

using namespace lanbridge;
using namespace lanbridge::app;
using namespace lanbridge::test;
using namespace std::chrono_literals;

namespace {

/// What systemd has at the other end.
class Manager {
public:
    explicit Manager(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        if (::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            throw std::runtime_error("cannot bind " + path);
    }
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;
    ~Manager() { ::close(fd_); }
    /// The next message, or "".
    std::string next() const {
        char buffer[512];
        const auto size = ::recv(fd_, buffer, sizeof buffer, 0);
        return size > 0 ? std::string(buffer, static_cast<std::size_t>(size)) : std::string();
    }

private:
    int fd_;
};

}  // namespace

TEST_CASE("the service manager hears how we are", "[app][systemd]") {
    const TemporaryFolder folder;
    const auto path = (folder.path() / "notify").string();
    const Manager manager(path);
    const SystemdNotify notify(path);
    notify.ready("5 devices\nfine");
    CHECK(manager.next() == "READY=1\nSTATUS=5 devices fine");
    notify.reloading();
    const auto reloading = manager.next();
    CHECK_THAT(reloading, ContainsSubstring("RELOADING=1\nMONOTONIC_USEC="));
    notify.status("x");
    CHECK(manager.next() == "STATUS=x");
    notify.stopping();
    CHECK(manager.next() == "STOPPING=1");
    CHECK(manager.next().empty());
}

TEST_CASE("without a manager, or with one that is gone, nothing happens", "[app][systemd]") {
    const SystemdNotify nobody;
    CHECK_FALSE(nobody.active());
    nobody.ready("x");
    SystemdNotify("/nowhere/socket").ready("x");
    SystemdNotify("/" + std::string(200, 'x')).ready("x");
}

TEST_CASE("the environment is read once and kept from children", "[app][systemd]") {
    ::setenv("NOTIFY_SOCKET", "/run/x", 1);
    ::setenv("WATCHDOG_USEC", "10000000", 1);
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    CHECK(SystemdNotify::from_environment().watchdog_period() == 5s);
    CHECK(std::getenv("NOTIFY_SOCKET") == nullptr);
    CHECK_FALSE(SystemdNotify::from_environment().active());
    ::setenv("NOTIFY_SOCKET", "/run/x", 1);
    ::setenv("WATCHDOG_USEC", "10000000", 1);
    ::setenv("WATCHDOG_PID", "1", 1);
    CHECK(SystemdNotify::from_environment().watchdog_period() == 0s);
}

TEST_CASE("signs of life come at half of the watchdog's time", "[app][systemd]") {
    const TemporaryFolder folder;
    const auto path = (folder.path() / "notify").string();
    const Manager manager(path);
    const SystemdNotify notify(path, 10s);
    asio::io_context io;
    VirtualTime time(io);
    Nursery nursery(io.get_executor());
    nursery.start("watchdog", notify.feed_watchdog(time));
    time.advance(1s);
    CHECK(manager.next() == "WATCHDOG=1");
    CHECK(manager.next().empty());
    time.advance(5s);
    CHECK(manager.next() == "WATCHDOG=1");
    nursery.stop();
    time.advance(20s);
    CHECK(manager.next().empty());
    CHECK(nursery.idle());
}

TEST_CASE("signals become calls; a second SIGTERM means at once", "[app][signals]") {
    asio::io_context io;
    std::string calls;
    Signals::Handlers handlers;
    handlers.reload = [&] { calls += 'r'; };
    handlers.terminate = [&] { calls += 't'; };
    handlers.terminate_now = [&] { calls += 'n'; };
    auto signals = std::make_unique<Signals>(io.get_executor(), std::move(handlers));
    const auto raise = [&](int number) {
        std::raise(number);
        for (const auto before = calls; calls == before;)
            if (io.run_one_for(2s) == 0) break;
    };
    raise(SIGHUP);
    raise(SIGHUP);
    raise(SIGTERM);
    raise(SIGHUP);
    raise(SIGINT);
    raise(SIGTERM);
    CHECK(calls == "rrtrnn");
    signals.reset();
    io.restart();
    io.run_for(2s);
    CHECK(io.stopped());  // nothing keeps the loop alive
}
