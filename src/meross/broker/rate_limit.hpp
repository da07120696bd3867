#pragma once

#include <algorithm>
#include <chrono>

#include "lanbridge/base/time.hpp"

namespace lanbridge::meross {

/// Lets so many through a second, and a burst of them at once.
class RateLimit {
public:
    RateLimit(double per_second, double burst) : per_second_(per_second), burst_(burst), left_(burst) {}

    bool pass(TimeSource::Clock::time_point now) {
        const auto passed = std::chrono::duration<double>(now - last_).count();
        left_ = std::min(burst_, left_ + passed * per_second_);
        last_ = now;
        if (left_ < 1) return false;
        left_ -= 1;
        return true;
    }

private:
    double per_second_;
    double burst_;
    double left_;
    TimeSource::Clock::time_point last_{};
};

}  // namespace lanbridge::meross
