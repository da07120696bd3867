#include "lanbridge/base/time_zone.hpp"

#include <date/tz.h>

#include <string>

namespace lanbridge {
namespace {

/// Some vendors write names that the tz database does not have.
std::string_view canonical(std::string_view zone) { return zone == "AEST" ? "Australia/Brisbane" : zone; }

}  // namespace

Result<ZonePeriod> zone_period(std::string_view zone, std::int64_t when) {
    try {
        const auto* found = date::locate_zone(std::string(canonical(zone)));
        const auto info = found->get_info(date::sys_seconds{std::chrono::seconds{when}});
        ZonePeriod period;
        period.begin = info.begin.time_since_epoch().count();
        period.end = info.end.time_since_epoch().count();
        period.offset_s = static_cast<int>(info.offset.count());
        period.dst = info.save.count() != 0;
        return period;
    } catch (const std::exception&) {  // the library reports unknown zones and missing data in no other way
        return Error(Errc::not_found, "time zone \"" + std::string(zone) + '"');
    }
}

bool known_zone(std::string_view zone) { return !zone.empty() && zone_period(zone, 0).has_value(); }

std::int64_t midnight_before(std::int64_t when, int offset_s) noexcept {
    constexpr std::int64_t day = 86400;
    const std::int64_t local = when + offset_s;
    const std::int64_t into_day = ((local % day) + day) % day;
    return when - into_day;
}

}  // namespace lanbridge
