#include "meross/features/shutter_estimate.hpp"

#include <algorithm>
#include <cmath>

namespace lanbridge::meross {
namespace {

/// A device may go on telling its old state for so long after it has acknowledged a command.
constexpr auto start_lag = std::chrono::seconds(2);
/// A movement is noticed, and its end too, with up to a poll's delay.
constexpr auto run_tolerance = std::chrono::seconds(2);
/// How long after its due time the end of a movement may still be pushed.
constexpr auto push_tolerance = std::chrono::seconds(3);
constexpr auto stop_repeat = std::chrono::milliseconds(1500);
constexpr int max_stops = 3;
/// Longer than the longest run that can be set (120 s), and what a poll may miss of it.
constexpr auto longest_run = std::chrono::seconds(180);

using Seconds = std::chrono::duration<double>;

}  // namespace

void ShutterEstimate::set_runs(Millis opening, Millis closing) {
    if (opening.count() > 0) runs_[0] = opening;
    if (closing.count() > 0) runs_[1] = closing;
}

ShutterEstimate::Millis ShutterEstimate::run(ShutterMotion direction) const noexcept {
    if (direction == ShutterMotion::idle) return Millis(0);
    return runs_[direction == ShutterMotion::opening ? 0 : 1];
}

void ShutterEstimate::restore(double position, std::optional<int> reported) {
    position_ = std::clamp(position, 0.0, 100.0);
    reported_ = reported;
}

void ShutterEstimate::state_read(ShutterMotion state, TimePoint now) {
    shown_ = state;
    if (!travelling()) {
        if (state != ShutterMotion::idle) begin(state, now, true);
        return;
    }
    if (state == direction_) {
        seen_ = true;
        return;
    }
    if (!seen_ && now < since_ + start_lag) return;  // it has not begun yet
    finish(now);
    if (state != ShutterMotion::idle) begin(state, now, true);
}

/// While it moves, the position says where it came from, or anything in between. At rest, old firmware tells
/// the last end it has run into: news when it is another one than before, else nothing.
void ShutterEstimate::position_read(int reported, TimePoint) {
    if (reported > 0 && reported < 100) native_ = true;
    if (travelling()) return;
    unsettled_ = false;
    if (native_ || !position_ || reported_ != reported) position_ = reported;
    reported_ = reported;
}

void ShutterEstimate::driven(ShutterMotion direction, double target, bool stops, TimePoint now) {
    if (direction != direction_) {
        if (travelling()) finish(now);
        begin(direction, now, shown_ == direction);
    }
    target_ = std::clamp(target, 0.0, 100.0);
    stop_at_.reset();
    stops_sent_ = 0;
    if (!stops || !position_) return;
    const double way = direction == ShutterMotion::opening ? target_ - *position_ : *position_ - target_;
    const auto time = std::chrono::duration<double, std::milli>(std::max(way, 0.0) / 100 *
                                                                static_cast<double>(run(direction).count()));
    stop_at_ = since_ + std::chrono::duration_cast<TimeSource::Clock::duration>(time);
}

void ShutterEstimate::stopped(TimePoint now) {
    stop_at_.reset();
    if (!travelling()) return;
    target_ = position(now).value_or(target_);
    if (!seen_) finish(now);
}

void ShutterEstimate::stop_sent(TimePoint now) {
    stop_at_.reset();
    if (++stops_sent_ < max_stops) stop_at_ = now + stop_repeat;
}

std::optional<double> ShutterEstimate::position(TimePoint now) const {
    const auto whole = run(direction_);
    if (!position_ || !seen_ || whole.count() == 0) return position_;
    const double moved = 100 * (Seconds(now - since_) / Seconds(whole));
    if (direction_ == ShutterMotion::opening)
        return std::min(*position_ + moved, std::max(*position_, target_));
    return std::max(*position_ - moved, std::min(*position_, target_));
}

bool ShutterEstimate::doubtful(TimePoint now) const {
    if (!travelling()) return false;
    if (!seen_) return now >= since_ + start_lag;
    return now >= since_ + run(direction_) + push_tolerance;
}

bool ShutterEstimate::lost(TimePoint now) const { return travelling() && now >= since_ + longest_run; }

void ShutterEstimate::begin(ShutterMotion direction, TimePoint now, bool seen) {
    direction_ = direction;
    since_ = now;
    seen_ = seen;
    target_ = end();
    stop_at_.reset();
    stops_sent_ = 0;
}

/// The motor runs for its whole time even from near the end, so a whole run has come to the end for certain.
void ShutterEstimate::finish(TimePoint now) {
    const auto whole = run(direction_);
    const bool whole_run = seen_ && whole.count() > 0 && now - since_ + run_tolerance >= whole;
    position_ = whole_run && target_ == end() ? end() : position(now);
    direction_ = ShutterMotion::idle;
    seen_ = false;
    stop_at_.reset();
    unsettled_ = true;
}

}  // namespace lanbridge::meross
