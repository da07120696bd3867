#pragma once

#include <chrono>
#include <optional>

#include "lanbridge/base/time.hpp"

namespace lanbridge::meross {

enum class DoorState { unknown, closed, opening, open, closing };

/// What a garage door does between two words of its contact, which sits at the closed end: it opens at once
/// when the door starts to open, and closes only when the door is all the way down. A value on given times.
class DoorMachine {
public:
    using TimePoint = TimeSource::Clock::time_point;
    using Millis = std::chrono::milliseconds;

    /// How long the door may take; both apply to what begins from now on.
    void set_durations(Millis opening, Millis closing) noexcept {
        opening_ = opening;
        closing_ = closing;
    }

    /// The opener has sent its pulse.
    void commanded(bool open, TimePoint now);
    /// What the contact says.
    void contact(bool open, TimePoint now);
    /// Lets time take effect.
    void tick(TimePoint now);

    DoorState state() const noexcept { return state_; }
    std::optional<bool> contact() const noexcept { return contact_; }
    /// Whether the last movement did not end in time.
    bool timed_out() const noexcept { return timed_out_; }
    bool moving() const noexcept { return state_ == DoorState::opening || state_ == DoorState::closing; }
    /// When a movement has failed or, opening, is over.
    std::optional<TimePoint> deadline() const noexcept;
    /// It is about to fail: whatever is pushed, better ask.
    bool doubtful(TimePoint now) const noexcept;
    /// How long the last closing took, once after it has ended.
    std::optional<Millis> take_closing_time() noexcept;

private:
    void rest(bool open, bool timed_out) noexcept;

    Millis opening_{30000};
    Millis closing_{30000};
    DoorState state_ = DoorState::unknown;
    std::optional<bool> contact_;
    bool passed_ = false;  // opening, the contact has opened
    bool timed_out_ = false;
    TimePoint since_{};
    TimePoint until_{};
    std::optional<Millis> closing_time_;
};

}  // namespace lanbridge::meross
