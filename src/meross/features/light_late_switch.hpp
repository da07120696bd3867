#pragma once

#include <chrono>
#include <optional>

#include "lanbridge/base/time.hpp"

namespace lanbridge::meross {

/// Some firmware switches a lamp on by itself when it is given a colour or brightness (msl120j 3.1.4), other
/// firmware does not, and sending both anyway makes dimmers flicker. So one looks a moment later, switches on
/// what is still off, and knows it from then on.
class LateSwitch {
public:
    using TimePoint = TimeSource::Clock::time_point;
    enum class Step { nothing, ask, switch_on };

    /// This lamp stays off: switch it on together with what is set.
    bool needed() const noexcept { return needed_; }
    void set_needed(bool needed) noexcept { needed_ = needed; }

    /// A lamp that is not known to be on has taken a colour or brightness.
    void begin(TimePoint now) noexcept { enter(Stage::waiting, now + look_after); }
    void cancel() noexcept { stage_ = Stage::idle; }

    /// The relay as read; only what was asked for after the wait counts as "still off".
    void saw(bool on, TimePoint now) noexcept {
        if (on) return cancel();
        if (stage_ != Stage::asked) return;
        needed_ = true;
        enter(Stage::switching, now);
    }

    std::optional<TimePoint> wakes_at() const noexcept {
        if (stage_ == Stage::idle) return std::nullopt;
        return at_;
    }
    Step step(TimePoint now) noexcept {
        if (stage_ == Stage::idle || now < at_) return Step::nothing;
        const auto stage = stage_;
        const bool late = now > at_ + answer_patience;
        cancel();                        // an answer that has not come by now is not waited for
        if (late) return Step::nothing;  // the lamp was away: an old wish is not fulfilled
        if (stage == Stage::switching) return Step::switch_on;
        if (stage != Stage::waiting) return Step::nothing;
        enter(Stage::asked, now + answer_patience);
        return Step::ask;
    }

private:
    /// A lamp that switches itself on has done it by then.
    static constexpr std::chrono::seconds look_after{1};
    /// Longer than a request takes with its retry.
    static constexpr std::chrono::seconds answer_patience{15};

    enum class Stage { idle, waiting, asked, switching };
    void enter(Stage stage, TimePoint at) noexcept {
        stage_ = stage;
        at_ = at;
    }

    Stage stage_ = Stage::idle;
    TimePoint at_{};
    bool needed_ = false;
};

}  // namespace lanbridge::meross
