#pragma once

#include <functional>
#include <map>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"

namespace lanbridge::homeassistant {

/// Things to do later, in one coroutine. Entries must outlive nothing: they are dropped with the agenda.
class Agenda {
public:
    using Clock = TimeSource::Clock;
    using Task = std::function<void()>;

    explicit Agenda(Context context) : context_(context), signal_(context.executor) {}

    /// Calls `task` after `period`, never from within this call.
    void after(Clock::duration period, Task task);
    /// Calls `task` in the loop's next turn.
    void soon(Task task);
    Clock::time_point now() const { return context_.time.now(); }
    /// Between 0 and `longest`.
    Clock::duration random_up_to(Clock::duration longest);

    /// The coroutine; runs until it is cancelled.
    asio::awaitable<void> run();

private:
    void run_due();

    Context context_;
    Signal signal_;
    std::multimap<Clock::time_point, Task> entries_;
};

}  // namespace lanbridge::homeassistant
