#include "app/systemd_notify.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "lanbridge/base/log.hpp"

namespace lanbridge::app {
namespace {

std::optional<std::string> take_variable(const char* name) {
    const char* value = std::getenv(name);
    if (!value) return std::nullopt;
    std::string copy(value);
    ::unsetenv(name);
    return copy;
}

std::int64_t number_or_zero(const std::optional<std::string>& text) {
    std::int64_t value = 0;
    if (text) std::from_chars(text->data(), text->data() + text->size(), value);
    return value;
}

/// systemd compares it with the time of the reload's own READY=1.
std::int64_t monotonic_us() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1'000'000 + now.tv_nsec / 1000;
}

/// The text goes into one line of the message.
std::string one_line(std::string_view text) {
    std::string out(text);
    std::ranges::replace(out, '\n', ' ');
    return out;
}

}  // namespace

SystemdNotify::SystemdNotify(std::string socket, std::chrono::microseconds watchdog)
    : socket_(std::move(socket)), watchdog_(watchdog) {}

SystemdNotify SystemdNotify::from_environment() {
    auto socket = take_variable("NOTIFY_SOCKET");
    const auto period = number_or_zero(take_variable("WATCHDOG_USEC"));
    const auto pid = number_or_zero(take_variable("WATCHDOG_PID"));
    if (!socket || (!socket->starts_with('/') && !socket->starts_with('@'))) return SystemdNotify();
    const bool for_us = pid == 0 || pid == ::getpid();
    return SystemdNotify(std::move(*socket), std::chrono::microseconds(for_us && period > 0 ? period : 0));
}

void SystemdNotify::send(const std::string& message) const {
    if (!active()) return;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket_.size() >= sizeof address.sun_path) return;
    std::memcpy(address.sun_path, socket_.data(), socket_.size());
    if (socket_.front() == '@') address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
    const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return;
    const auto sent = ::sendto(fd, message.data(), message.size(), MSG_NOSIGNAL,
                               reinterpret_cast<const sockaddr*>(&address), length);
    if (sent < 0) {
        const error_code why(errno, boost::system::generic_category());
        log::Logger("app").debug("the service manager does not listen at {}: {}", socket_, why.message());
    }
    ::close(fd);
}

void SystemdNotify::ready(std::string_view status) const { send("READY=1\nSTATUS=" + one_line(status)); }
void SystemdNotify::reloading() const { send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", monotonic_us())); }
void SystemdNotify::stopping() const { send("STOPPING=1"); }
void SystemdNotify::status(std::string_view text) const { send("STATUS=" + one_line(text)); }
void SystemdNotify::watchdog_alive() const { send("WATCHDOG=1"); }

asio::awaitable<void> SystemdNotify::feed_watchdog(TimeSource& time) const {
    if (!active() || watchdog_period().count() == 0) co_return;
    const auto period = watchdog_period();
    for (;;) {
        watchdog_alive();
        const auto cancelled = co_await time.sleep(period);
        if (cancelled) co_return;
    }
}

}  // namespace lanbridge::app
