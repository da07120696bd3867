#include "meross/features/local_day.hpp"

#include <chrono>

#include "lanbridge/base/time_zone.hpp"

namespace lanbridge::meross {
namespace {

/// The instant at which the device's wall clock showed `local` (seconds, as if UTC). `near` gives the first
/// guess of the offset; where the clocks changed between the two, the offset at the guess is the right one.
std::int64_t instant_of(const DeviceTime& zone, std::int64_t local, std::int64_t near) {
    const std::int64_t guess = local - device_offset_s(zone, near);
    return local - device_offset_s(zone, guess);
}

}  // namespace

std::int64_t local_midnight(const DeviceTime& zone, std::int64_t when) {
    const int offset = device_offset_s(zone, when);
    return instant_of(zone, midnight_before(when, offset) + offset, when);
}

std::int64_t midnight_before_midnight(const DeviceTime& zone, std::int64_t midnight) {
    constexpr std::int64_t half_a_day = 12 * 3600;  // lands in the day before, be it 23 or 25 hours long
    return local_midnight(zone, midnight - half_a_day);
}

std::int64_t local_month_start(const DeviceTime& zone, std::int64_t when) {
    namespace ch = std::chrono;
    const ch::sys_seconds local{ch::seconds(when + device_offset_s(zone, when))};
    const ch::year_month_day date{ch::floor<ch::days>(local)};
    const ch::sys_days first{date.year() / date.month() / ch::day(1)};
    return instant_of(zone, ch::sys_seconds(first).time_since_epoch().count(), when);
}

}  // namespace lanbridge::meross
