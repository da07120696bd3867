#pragma once

#include <algorithm>
#include <cstdint>

namespace lanbridge::sim {

/// The air around a thermostat: a room that is warmed or cooled within minutes, so that there is something to
/// see, and that cools down by itself.
class Air {
public:
    explicit Air(double celsius) : celsius_(celsius) {}
    double celsius() const noexcept { return celsius_; }
    /// `drive` 1: heated, -1: cooled, 0: left alone.
    void pass(double seconds, int drive) {
        if (drive != 0) {
            celsius_ = std::clamp(celsius_ + drive * driven_per_s * seconds, coldest, warmest);
        } else {
            const auto step = idle_per_s * seconds;
            celsius_ += std::clamp(outside - celsius_, -step, step);
        }
    }

private:
    static constexpr double driven_per_s = 0.01, idle_per_s = 0.002;
    static constexpr double outside = 16, coldest = -10, warmest = 45;
    double celsius_;
};

/// Time in equal steps, however often one looks.
class Pace {
public:
    static constexpr std::int64_t step_ms = 5000;
    /// Calls `step(seconds)` for every step since the last call. More than an hour of a device that nobody
    /// looked at is not made up for.
    template <class Step>
    void run(std::int64_t now_ms, Step step) {
        constexpr std::int64_t longest_ms = 3'600'000;
        last_ms_ = std::max(last_ms_, now_ms - longest_ms);
        for (; now_ms - last_ms_ >= step_ms; last_ms_ += step_ms) step(static_cast<double>(step_ms) / 1000);
    }

private:
    std::int64_t last_ms_ = 0;
};

}  // namespace lanbridge::sim
