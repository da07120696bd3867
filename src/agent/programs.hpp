#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "agent/paths.hpp"
#include "lanbridge/base/context.hpp"

namespace lanbridge::agent {

/// The gateway's running programs, found by name through /proc: there may be no killall, and it would say
/// nothing of the outcome.
class Programs {
public:
    Programs(Context context, Paths paths) : context_(std::move(context)), paths_(std::move(paths)) {}

    /// Process ids, ascending, as killall finds them: the base name of the executable, the process name (of
    /// which the kernel keeps 15 bytes), or the base name of argv[0] is `name`. Never ourselves, the dead
    /// that nobody has reaped, nor the `tail NAME -f /dev/null` that stands in for a program.
    std::vector<int> find(std::string_view name) const;

    /// Asks all programs of these names to end (SIGTERM) and waits until they have, for up to 1.5 s; what
    /// still runs then is killed. Those that a watchdog starts meanwhile are left alone.
    asio::awaitable<void> end(std::vector<std::string> names) const;

private:
    bool is(int pid, std::string_view name) const;
    std::string folder(int pid) const { return paths_.at("/proc/" + std::to_string(pid)); }

    Context context_;
    Paths paths_;
};

}  // namespace lanbridge::agent
