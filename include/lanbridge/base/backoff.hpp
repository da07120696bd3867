#pragma once

#include <algorithm>
#include <chrono>

#include "lanbridge/base/random.hpp"

namespace lanbridge {

/// Doubling waits between attempts, with jitter so that a crowd does not come back in step.
class Backoff {
public:
    using Duration = std::chrono::milliseconds;
    Backoff(Duration first, Duration longest) : first_(first), longest_(longest) {}

    /// The wait before the next attempt: between 75 % and 125 % of the step, never above the longest.
    Duration next(Random& random) {
        const auto step = std::min<Duration>(first_ * (1LL << std::min(failures_++, 20)), longest_);
        const auto spread = static_cast<double>(step.count()) * (0.75 + random.unit() / 2);
        return std::min(Duration(static_cast<Duration::rep>(spread)), longest_);
    }
    void reset() noexcept { failures_ = 0; }
    int failures() const noexcept { return failures_; }

private:
    Duration first_;
    Duration longest_;
    int failures_ = 0;
};

}  // namespace lanbridge
