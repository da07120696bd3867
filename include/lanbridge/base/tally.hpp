#pragma once

#include <cstdint>

#include "lanbridge/base/time.hpp"

namespace lanbridge {

/// Turns a stream of like events, which a stranger can cause at any rate, into few log lines: the first is
/// spoken of at once, later ones are summed up.
class Tally {
public:
    using Clock = TimeSource::Clock;
    explicit Tally(Clock::duration quiet = std::chrono::minutes(10)) : quiet_(quiet) {}

    /// Counts one. How many to speak of now (those since the last line, this one included); 0 = keep silent.
    std::uint64_t note(Clock::time_point now) {
        ++total_;
        if (total_ > 1 && now < speak_after_) return 0;
        speak_after_ = now + quiet_;
        const auto news = total_ - spoken_of_;
        spoken_of_ = total_;
        return news;
    }
    std::uint64_t total() const noexcept { return total_; }

private:
    Clock::duration quiet_;
    Clock::time_point speak_after_{};
    std::uint64_t total_ = 0;
    std::uint64_t spoken_of_ = 0;
};

}  // namespace lanbridge
