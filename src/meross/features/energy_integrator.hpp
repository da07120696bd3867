#pragma once

#include <cstdint>

namespace lanbridge::meross {

/// Energy out of samples of power, by trapezoids. Our clock, since the device's has whole seconds only.
class EnergyIntegrator {
public:
    /// The longest poll interval that can be configured, and a minute: beyond it the device was away, and
    /// what it used meanwhile is unknown.
    static constexpr std::int64_t max_gap_ms = 61 * 60 * 1000;

    struct Slice {
        double wh = 0;
        double seconds = 0;
    };

    /// The energy since the sample before; nothing for the first one, after a gap, or when the clock went
    /// back.
    Slice add(double watts, std::int64_t wall_ms) noexcept {
        const std::int64_t passed = wall_ms - last_ms_;
        const bool usable = last_ms_ > 0 && passed > 0 && passed <= max_gap_ms;
        const double seconds = usable ? static_cast<double>(passed) / 1000 : 0;
        const Slice slice{(last_watts_ + watts) * seconds / 7200, seconds};
        last_ms_ = wall_ms;
        last_watts_ = watts;
        return slice;
    }

private:
    std::int64_t last_ms_ = 0;
    double last_watts_ = 0;
};

}  // namespace lanbridge::meross
