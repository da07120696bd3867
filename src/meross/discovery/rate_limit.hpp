#pragma once

#include <algorithm>
#include <chrono>

#include "lanbridge/base/time.hpp"

namespace lanbridge::meross {

/// So many at once, and so many per second in the long run.
class RateLimit {
public:
    using Clock = TimeSource::Clock;
    RateLimit(double burst, double per_second) : burst_(burst), per_second_(per_second), left_(burst) {}

    bool take(Clock::time_point now) {
        const std::chrono::duration<double> passed = now - last_;
        left_ = std::min(burst_, left_ + passed.count() * per_second_);
        last_ = now;
        if (left_ < 1) return false;
        left_ -= 1;
        return true;
    }

private:
    double burst_;
    double per_second_;
    double left_;
    Clock::time_point last_{};
};

}  // namespace lanbridge::meross
