#pragma once

#include <optional>

#include "lanbridge/base/time.hpp"
#include "lanbridge/meross/protocol/time_rules.hpp"

namespace lanbridge::meross {

/// When a device's clock and time zone rules are to be looked after. Pure. Facts: docs/protocols/meross.md,
/// "Clock and time zone".
class ClockCare {
public:
    using TimePoint = TimeSource::Clock::time_point;
    /// A device that does not correct its clock is not asked more often.
    static constexpr auto clock_period = std::chrono::seconds(1800);
    static constexpr auto zone_right_period = std::chrono::seconds(604'800);
    static constexpr auto zone_wrong_period = std::chrono::seconds(86'400);

    void sample(std::int64_t now_s, std::int64_t device_timestamp) { skew_.sample(now_s, device_timestamp); }
    double skew_s() const noexcept { return skew_.seconds(); }
    bool wrong() const noexcept { return skew_.exceeds_tolerance(); }

    /// A query makes the device ask for the time, which the broker's agent answers. Counts as asked.
    bool ask_now(TimePoint now) {
        if (!wrong() || (asked_at_ && now - *asked_at_ < clock_period)) return false;
        asked_at_ = now;
        return true;
    }
    /// Where nothing can be done about it, it is at least said, once a week. Counts as said.
    bool complain_now(TimePoint now) {
        if (!wrong() || (complained_at_ && now - *complained_at_ < zone_right_period)) return false;
        complained_at_ = now;
        return true;
    }
    bool zone_due(TimePoint now) const { return !wrong() && now >= zone_at_; }
    void zone_checked(TimePoint now, bool right) {
        zone_at_ = now + (right ? zone_right_period : zone_wrong_period);
    }

private:
    ClockSkew skew_;
    std::optional<TimePoint> asked_at_;
    std::optional<TimePoint> complained_at_;
    TimePoint zone_at_{};
};

}  // namespace lanbridge::meross
