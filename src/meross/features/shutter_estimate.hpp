#pragma once

#include <array>
#include <chrono>
#include <optional>

#include "lanbridge/base/time.hpp"

namespace lanbridge::meross {

/// What a shutter's motor does; the numbers are the device's.
enum class ShutterMotion { idle = 0, opening = 1, closing = 2 };

/// Where a shutter is, as far as it can be told: old firmware reports nothing but the last end that it has
/// reached, and every firmware lags behind a movement. A value on given times; it asks for nothing and sends
/// nothing. Positions are percent, 100 = open.
class ShutterEstimate {
public:
    using TimePoint = TimeSource::Clock::time_point;
    using Millis = std::chrono::milliseconds;

    /// What the motor needs from end to end; zero = not known.
    void set_runs(Millis opening, Millis closing);
    /// Positions between the ends are the device's own, and it can be sent to them.
    void set_native() noexcept { native_ = true; }
    bool native() const noexcept { return native_; }
    /// As it was before a restart. `reported`: what the device said then.
    void restore(double position, std::optional<int> reported);

    // What the device says.
    void state_read(ShutterMotion state, TimePoint now);
    void position_read(int reported, TimePoint now);

    // What has been acknowledged.
    /// Sent on its way to an end, or with `stops` to be stopped at `target`.
    void driven(ShutterMotion direction, double target, bool stops, TimePoint now);
    void stopped(TimePoint now);
    /// A stop is on its way; it is due again until the device says that it rests.
    void stop_sent(TimePoint now);

    /// When the motor must be stopped; nothing = not at all.
    std::optional<TimePoint> stop_at() const noexcept { return stop_at_; }
    std::optional<double> position(TimePoint now) const;
    /// As last told by the device; nothing before it has.
    std::optional<ShutterMotion> shown() const noexcept { return shown_; }
    std::optional<int> reported() const noexcept { return reported_; }
    Millis run(ShutterMotion direction) const noexcept;

    /// Under way, or about to be.
    bool travelling() const noexcept { return direction_ != ShutterMotion::idle; }
    /// It has rested since a movement and not told its position yet.
    bool unsettled() const noexcept { return unsettled_; }
    /// The movement should be over, or should have been seen: whatever is pushed, better ask.
    bool doubtful(TimePoint now) const;
    /// Nothing moves that long; the device says nonsense or is not heard.
    bool lost(TimePoint now) const;

private:
    void begin(ShutterMotion direction, TimePoint now, bool seen);
    void finish(TimePoint now);
    double end() const noexcept { return direction_ == ShutterMotion::opening ? 100 : 0; }

    std::array<Millis, 2> runs_{};  // opening, closing
    bool native_ = false;
    std::optional<ShutterMotion> shown_;
    std::optional<double> position_;  // at rest, or where the movement began
    std::optional<int> reported_;     // by the device, at rest
    bool unsettled_ = false;

    ShutterMotion direction_ = ShutterMotion::idle;
    bool seen_ = false;  // the device says that it moves
    TimePoint since_{};
    double target_ = 0;
    std::optional<TimePoint> stop_at_;
    int stops_sent_ = 0;
};

}  // namespace lanbridge::meross
