#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>
#include <string_view>

#include "lanbridge/base/time.hpp"

namespace lanbridge::app {

/// Tells the service manager how we are, with the datagrams of sd_notify(3). Ours rather than libsystemd's:
/// it is one `sendto`, the same in every build and testable, where the library would be a dependency that can
/// be absent. Without a manager all of it does nothing.
class SystemdNotify {
public:
    /// Nobody listens.
    SystemdNotify() = default;
    /// `socket` is a path, or "@name" for an abstract one; `watchdog` 0 = the manager does not want signs of
    /// life.
    explicit SystemdNotify(std::string socket, std::chrono::microseconds watchdog = {});
    /// From NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, which are removed: children (mosquitto) would take
    /// them for theirs. Call once, before threads start.
    static SystemdNotify from_environment();

    bool active() const noexcept { return !socket_.empty(); }
    /// How often `watchdog_alive` is due: half of what the manager allows; 0 = never.
    std::chrono::microseconds watchdog_period() const noexcept { return watchdog_ / 2; }

    void ready(std::string_view status) const;
    void reloading() const;
    void stopping() const;
    void status(std::string_view text) const;
    void watchdog_alive() const;

    /// Sends signs of life from the event loop, so that a loop that hangs is noticed. Ends at once without a
    /// watchdog, else when cancelled.
    asio::awaitable<void> feed_watchdog(TimeSource& time) const;

private:
    void send(const std::string& message) const;
    std::string socket_;
    std::chrono::microseconds watchdog_{};
};

}  // namespace lanbridge::app
