#pragma once

#include <algorithm>

#include "lanbridge/base/time.hpp"

namespace lanbridge::agent {

/// When a lost or refused link is dialled again: at once while it works, more slowly the less it does.
class Redial {
public:
    using Moment = TimeSource::Clock::time_point;
    static constexpr auto after_failure = 10s;    ///< openmiio_agent's
    static constexpr auto at_most_every = 100ms;  ///< two programs that flap together cost this at most
    static constexpr auto short_life = 1s;
    static constexpr int short_lives_in_a_row = 3;  ///< then the other side accepts but does not work
    static constexpr auto after_short_lives = 1s;

    void dialled(Moment now) { dialled_ = now; }
    void connected(Moment now) {
        connected_ = now;
        failed_ = false;
    }
    /// When to dial again.
    Moment failed(Moment now) {
        failed_ = true;
        return now + after_failure;
    }
    Moment lost(Moment now) {
        short_lives_ = now - connected_ < short_life ? short_lives_ + 1 : 0;
        if (short_lives_ >= short_lives_in_a_row) return now + after_short_lives;
        return std::max(now, dialled_ + at_most_every);
    }
    /// Nobody is there, so what is to be sent would be outdated when somebody comes.
    bool given_up() const noexcept { return failed_; }

private:
    Moment dialled_{};
    Moment connected_{};
    int short_lives_ = 0;
    bool failed_ = false;
};

}  // namespace lanbridge::agent
