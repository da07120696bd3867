#include "lanbridge/base/async.hpp"

#include "support/catch.hpp"
#include "support/virtual_time.hpp"

using namespace lanbridge;
using lanbridge::test::VirtualTime;

namespace {

asio::awaitable<void> poll_every(TimeSource& time, TimeSource::Clock::duration period, int& polls) {
    for (auto next = time.now() + period; !co_await time.sleep_until(next); next += period) ++polls;
}

asio::awaitable<Result<int>> slow_answer(TimeSource& time) {
    co_await time.sleep(5s);
    co_return 42;
}

asio::awaitable<void> ask_within(TimeSource& time, TimeSource::Clock::duration limit,
                                 std::optional<Result<int>>& out) {
    auto answer = co_await with_timeout(time, slow_answer(time), limit);
    out.emplace(std::move(answer));
}

asio::awaitable<void> work_inside(Gate& gate, TimeSource& time, int& inside, int& most) {
    auto pass = co_await gate.enter();
    if (!pass) co_return;
    most = std::max(most, ++inside);
    co_await time.sleep(1s);
    --inside;
}

asio::awaitable<void> count_wakes(TimeSource& time, Signal& signal, int& signalled, int& timed_out) {
    for (;;) {
        const bool raised = co_await wait_signal_until(time, signal, time.now() + 10s);
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) co_return;
        ++(raised ? signalled : timed_out);
    }
}

}  // namespace

TEST_CASE("a poller fires once per period on the virtual clock", "[base][time]") {
    asio::io_context io;
    VirtualTime time(io);
    Nursery nursery(io.get_executor());
    int polls = 0;
    nursery.start("poll", poll_every(time, 30s, polls));
    time.advance(29s);
    CHECK(polls == 0);
    time.advance(1h);
    CHECK(polls == 120);
    nursery.stop();
    time.settle();
    CHECK(nursery.idle());
}

TEST_CASE("with_timeout reports whichever comes first", "[base][async]") {
    asio::io_context io;
    VirtualTime time(io);
    Nursery nursery(io.get_executor());
    std::optional<Result<int>> in_time, too_late;
    nursery.start("in time", ask_within(time, 6s, in_time));
    nursery.start("too late", ask_within(time, 4s, too_late));
    time.advance(7s);
    REQUIRE(in_time.has_value());
    REQUIRE(in_time->has_value());
    CHECK(in_time->value() == 42);
    REQUIRE(too_late.has_value());
    REQUIRE(too_late->has_error());
    CHECK(too_late->error().is(Errc::timeout));
    CHECK(nursery.idle());
}

TEST_CASE("a gate admits no more than its slots and loses nobody", "[base][async]") {
    asio::io_context io;
    VirtualTime time(io);
    Nursery nursery(io.get_executor());
    Gate gate(io.get_executor(), 3);
    int inside = 0, most = 0;
    for (int i = 0; i < 10; ++i) nursery.start("worker", work_inside(gate, time, inside, most));
    time.advance(10s);
    CHECK(most == 3);
    CHECK(nursery.idle());

    for (int i = 0; i < 5; ++i) nursery.start("worker", work_inside(gate, time, inside, most));
    time.settle();
    nursery.stop();  // those waiting in the queue leave it
    time.settle();
    CHECK(nursery.idle());
    CHECK(gate.waiting() == 0);
}

TEST_CASE("a signal wakes its waiter at once and is kept while nobody waits", "[base][async]") {
    asio::io_context io;
    VirtualTime time(io);
    Nursery nursery(io.get_executor());
    Signal signal(io.get_executor());
    int signalled = 0, timed_out = 0;
    signal.notify();
    nursery.start("waiter", count_wakes(time, signal, signalled, timed_out));
    time.settle();
    CHECK(signalled == 1);
    signal.notify();
    time.settle();
    CHECK(signalled == 2);
    time.advance(25s);
    CHECK(signalled == 2);
    CHECK(timed_out == 2);
    nursery.stop();
    time.settle();
    CHECK(nursery.idle());
    CHECK(time.sleepers() == 0);
}

TEST_CASE("a task that is stopped before it began ends quietly", "[base][async]") {
    asio::io_context io;
    VirtualTime time(io);
    Nursery nursery(io.get_executor());
    int polls = 0;
    nursery.start("poll", poll_every(time, 30s, polls));
    nursery.stop();
    CHECK_NOTHROW(time.settle());
    CHECK(nursery.idle());
    time.advance(1h);
    CHECK(polls == 0);
}
