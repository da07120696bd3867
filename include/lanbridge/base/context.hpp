#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "lanbridge/base/random.hpp"
#include "lanbridge/base/time.hpp"

namespace lanbridge {

/// What every active part is given: the loop it runs on, the time, and randomness. Copied freely; the
/// referred objects are owned by `main` (or the test) and outlive everything.
struct Context {
    asio::any_io_executor executor;
    TimeSource& time;
    Random& random;
};

}  // namespace lanbridge
