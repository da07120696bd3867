#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "app/signals.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"

namespace lanbridge::app {

/// The event loop of a command that is no daemon: one piece of work, then the exit code.
class CommandLoop {
public:
    CommandLoop() : context_(io_.get_executor(), time_, random_) {}
    CommandLoop(const CommandLoop&) = delete;
    CommandLoop& operator=(const CommandLoop&) = delete;

    const Context& context() const noexcept { return context_; }

    /// Runs until `work` has ended and returns what it returned; its exceptions are thrown here.
    /// `on_interrupt`: called for the first Ctrl-C (or SIGTERM), and has to bring `work` to its end; a second
    /// one ends the process. Without it the first one does.
    int run(asio::awaitable<int> work, std::function<void()> on_interrupt = {});

private:
    asio::io_context io_{1};
    SystemTime time_;
    SystemRandom random_;
    Context context_;
};

}  // namespace lanbridge::app
