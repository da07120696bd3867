// Probes for the compiler, not for this project: g++ 12 destroys some temporaries of co_await expressions
// twice. These are the forms that the project uses instead; each must construct and destroy every object
// exactly once.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <set>
#include <string>

#include "lanbridge/base/async.hpp"
#include "support/catch.hpp"
#include "support/run.hpp"

using namespace lanbridge;

namespace {

/// Notices what is destroyed twice, destroyed without having been constructed, or never destroyed.
class Ledger {
public:
    void born(const void* object) {
        ++births_;
        faults_ += alive_.insert(object).second ? 0 : 1;
    }
    void died(const void* object) { faults_ += alive_.erase(object) == 1 ? 0 : 1; }
    void clear() {
        births_ = faults_ = 0;
        alive_.clear();
    }
    int births() const noexcept { return births_; }
    int faults() const noexcept { return faults_; }
    std::size_t alive() const noexcept { return alive_.size(); }

private:
    std::set<const void*> alive_;
    int births_ = 0;
    int faults_ = 0;
};

Ledger ledger;

/// A member that is not trivial to copy; it owns nothing, so that a fault is counted rather than a crash.
class Counted {
public:
    explicit Counted(int v = 0) : value(v) { ledger.born(this); }
    Counted(const Counted& other) : value(other.value) { ledger.born(this); }
    Counted(Counted&& other) noexcept : value(other.value) { ledger.born(this); }
    Counted& operator=(const Counted&) = default;
    Counted& operator=(Counted&&) noexcept = default;
    ~Counted() { ledger.died(this); }
    int value;
};

struct Aggregate {
    Counted first;
    Counted second;
};
static_assert(std::is_aggregate_v<Aggregate>);

struct Constructed {
    explicit Constructed(int v) : first(v), second(v + 1) {}
    Counted first;
    Counted second;
};
static_assert(!std::is_aggregate_v<Constructed>);

asio::awaitable<void> suspend() {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
}

template <class T>
asio::awaitable<int> sum(T taken) {
    co_await suspend();
    co_return taken.first.value + taken.second.value;
}
asio::awaitable<int> sum_of(const Constructed& taken) {
    co_await suspend();
    co_return taken.first.value + taken.second.value;
}
asio::awaitable<int> value_or_zero(std::optional<Constructed> taken) {
    co_await suspend();
    co_return taken ? taken->first.value : 0;
}

Aggregate make_aggregate(int v) { return Aggregate{Counted(v), Counted(v + 1)}; }

// The forms themselves.

asio::awaitable<int> named_then_moved() {
    Aggregate named{Counted(1), Counted(2)};
    co_return co_await sum(std::move(named));
}
asio::awaitable<int> named_then_copied() {
    const Aggregate named{Counted(1), Counted(2)};
    const int once = co_await sum(named);
    co_return once + named.first.value - 1;
}
asio::awaitable<int> returned_by_a_function() { co_return co_await sum(make_aggregate(1)); }
asio::awaitable<int> temporary_with_constructor() { co_return co_await sum(Constructed(1)); }
asio::awaitable<int> temporary_by_reference() { co_return co_await sum_of(Constructed(1)); }
asio::awaitable<int> optional_of_named() {
    std::optional<Constructed> named(std::in_place, 3);
    co_return co_await value_or_zero(std::move(named));
}
asio::awaitable<Aggregate> returned_aggregate() {
    co_await suspend();
    co_return Aggregate{Counted(1), Counted(2)};
}
asio::awaitable<int> uses_returned_aggregate() {
    auto got = co_await returned_aggregate();
    co_return got.first.value + got.second.value;
}
asio::awaitable<Result<Constructed>> result_of(bool good) {
    co_await suspend();
    if (!good) co_return Error(Errc::timeout, "a context long enough to leave the small buffer of a string");
    co_return Constructed(1);
}
asio::awaitable<int> uses_results() {
    auto good = co_await result_of(true);
    auto bad = co_await result_of(false);
    co_return good&& bad.error().is(Errc::timeout) ? good->first.value + good->second.value : 0;
}
asio::awaitable<int> lambda_by_reference() {
    Constructed named(1);
    const auto work = [&named]() -> asio::awaitable<int> { return sum(named); };
    co_return co_await work();
}
asio::awaitable<int> under_a_deadline() {
    SystemTime time;
    auto got = co_await with_timeout(time, result_of(true), 1h);
    co_return got ? got->first.value + got->second.value : 0;
}
asio::awaitable<int> in_a_loop() {
    int last = 0;
    for (int i = 1; i <= 10; ++i) {
        Aggregate named{Counted(1), Counted(2)};
        last = co_await sum(std::move(named));
    }
    co_return last;
}

}  // namespace

TEST_CASE("coroutine forms that this project uses destroy everything once", "[toolchain]") {
    struct Probe {
        const char* name;
        asio::awaitable<int> (*form)();
    };
    const Probe probes[] = {
        {"named, then moved", named_then_moved},
        {"named, then copied", named_then_copied},
        {"a function's return value", returned_by_a_function},
        {"a temporary with a constructor of its own", temporary_with_constructor},
        {"the same by reference", temporary_by_reference},
        {"a named optional", optional_of_named},
        {"an aggregate as co_return's value", uses_returned_aggregate},
        {"results, good and bad", uses_results},
        {"a named lambda that captures by reference", lambda_by_reference},
        {"under a deadline", under_a_deadline},
        {"in a loop", in_a_loop},
    };
    for (const auto& [name, form] : probes) {
        INFO(name);
        ledger.clear();
        {
            asio::io_context io;
            CHECK(test::run(io, form()) == 3);
        }
        CHECK(ledger.births() >= 2);
        CHECK(ledger.faults() == 0);
        CHECK(ledger.alive() == 0);
    }
}

TEST_CASE("the ledger notices what goes wrong", "[toolchain]") {
    ledger.clear();
    alignas(Counted) unsigned char room[sizeof(Counted)];
    auto* object = new (room) Counted(1);
    CHECK(ledger.alive() == 1);
    object->~Counted();
    CHECK(ledger.faults() == 0);
    ledger.died(room);  // as a second destructor call would report
    CHECK(ledger.faults() == 1);
    ledger.clear();
}
