#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>

namespace lanbridge::app {

/// SIGHUP, SIGTERM and SIGINT as calls on the event loop.
class Signals {
public:
    struct Handlers {
        Handlers() = default;
        std::function<void()> reload;         ///< SIGHUP, every time
        std::function<void()> terminate;      ///< the first SIGTERM or SIGINT
        std::function<void()> terminate_now;  ///< the second one, and those after it
    };

    /// Takes the signals over until it is destroyed. Also ignores SIGPIPE for the whole process: a peer that
    /// goes while we write to it must be an error of that write.
    Signals(const boost::asio::any_io_executor& executor, Handlers handlers);
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;
    /// No handler is called any more, and the loop is not kept alive.
    ~Signals();

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace lanbridge::app
