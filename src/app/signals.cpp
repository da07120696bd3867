#include "app/signals.hpp"

#include <boost/asio/signal_set.hpp>
#include <csignal>

namespace lanbridge::app {

struct Signals::State : std::enable_shared_from_this<State> {
    State(const boost::asio::any_io_executor& executor, Handlers h)
        : handlers(std::move(h)), set(executor, SIGHUP, SIGTERM, SIGINT) {}

    void wait() {
        // a signal may be in the loop's queue already when the owner goes: hence the weak pointer
        set.async_wait([weak = weak_from_this()](const boost::system::error_code& ec, int number) {
            const auto self = weak.lock();
            if (ec || !self) return;
            self->wait();
            self->handle(number);
        });
    }

    void handle(int number) {
        const auto& handler = number == SIGHUP ? handlers.reload
                              : terminating    ? handlers.terminate_now
                                               : handlers.terminate;
        if (number != SIGHUP) terminating = true;
        if (handler) handler();
    }

    Handlers handlers;
    boost::asio::signal_set set;
    bool terminating = false;
};

Signals::Signals(const boost::asio::any_io_executor& executor, Handlers handlers)
    : state_(std::make_shared<State>(executor, std::move(handlers))) {
    std::signal(SIGPIPE, SIG_IGN);
    state_->wait();
}

Signals::~Signals() = default;

}  // namespace lanbridge::app
