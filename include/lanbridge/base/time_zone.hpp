#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "lanbridge/base/error.hpp"

namespace lanbridge {

/// A stretch of time with one offset from UTC.
struct ZonePeriod {
    std::int64_t begin = 0;  ///< epoch seconds UTC; very small for the first period of a zone
    std::int64_t end = 0;    ///< epoch seconds UTC, exclusive; very large for the last one
    int offset_s = 0;        ///< to be added to UTC
    bool dst = false;
};

/// The period in force at `when` (epoch seconds) in an IANA zone. Errors: `not_found` for an unknown zone or
/// a machine without zone data.
Result<ZonePeriod> zone_period(std::string_view zone, std::int64_t when);
bool known_zone(std::string_view zone);
/// Midnight at or before `when` on a clock that is `offset_s` ahead of UTC.
std::int64_t midnight_before(std::int64_t when, int offset_s) noexcept;

}  // namespace lanbridge
