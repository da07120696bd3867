#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <utility>

#include "lanbridge/base/random.hpp"
#include "lanbridge/base/time.hpp"

namespace lanbridge {

/// What every active part is given: the loop it runs on, the time, and randomness. Copied freely; the
/// referred objects are owned by `main` (or the test) and outlive everything.
struct Context {
    // declared, hence no aggregate: g++ 12 miscompiles those in co_await expressions
    Context(asio::any_io_executor e, TimeSource& t, Random& r) : executor(std::move(e)), time(t), random(r) {}

    asio::any_io_executor executor;
    TimeSource& time;
    Random& random;
};

}  // namespace lanbridge
