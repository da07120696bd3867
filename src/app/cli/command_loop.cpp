#include "app/cli/command_loop.hpp"

#include <boost/asio/co_spawn.hpp>
#include <cstdlib>

#include "app/cli/exit_code.hpp"

namespace lanbridge::app {

int CommandLoop::run(asio::awaitable<int> work, std::function<void()> on_interrupt) {
    std::unique_ptr<Signals> signals;
    if (on_interrupt) {
        Signals::Handlers handlers;
        handlers.terminate = std::move(on_interrupt);
        handlers.terminate_now = [] { std::_Exit(exit_failed); };
        signals = std::make_unique<Signals>(io_.get_executor(), std::move(handlers));
    }
    int code = exit_failed;
    asio::co_spawn(io_, std::move(work), [&](const std::exception_ptr& failure, int result) {
        signals.reset();  // or the loop would not end
        if (failure) std::rethrow_exception(failure);
        code = result;
    });
    io_.run();
    return code;
}

}  // namespace lanbridge::app
