#include "lanbridge/base/time_zone.hpp"

#include "support/catch.hpp"

using namespace lanbridge;

TEST_CASE("a zone has periods that meet without a gap", "[base][time_zone]") {
    constexpr std::int64_t november_2023 = 1700000109;
    const auto winter = zone_period("Europe/Rome", november_2023);
    REQUIRE(winter);
    CHECK(winter->begin == 1698541200);
    CHECK(winter->end == 1711846800);
    CHECK(winter->offset_s == 3600);
    CHECK_FALSE(winter->dst);
    const auto summer = zone_period("Europe/Rome", winter->end);
    REQUIRE(summer);
    CHECK(summer->begin == winter->end);
    CHECK(summer->offset_s == 7200);
    CHECK(summer->dst);
    CHECK(zone_period("Europe/Rome", winter->end - 1)->offset_s == 3600);
    CHECK(zone_period("America/St_Johns", november_2023)->offset_s == -12600);
    CHECK(zone_period("Asia/Kolkata", november_2023)->offset_s == 19800);
}

TEST_CASE("unknown zones are an error, not an exception", "[base][time_zone]") {
    for (const auto* bad : {"", "Europe/Nowhere", "../../etc/passwd", "Europe/Rome ", "\xff"}) {
        INFO(bad);
        CHECK(zone_period(bad, 0).error().is(Errc::not_found));
        CHECK_FALSE(known_zone(bad));
    }
    CHECK(known_zone("Etc/UTC"));
    CHECK(known_zone("AEST"));  // a name that some devices use
    CHECK(zone_period("AEST", 1700000109)->offset_s == 36000);
}

TEST_CASE("midnight is that of the clock ahead of UTC", "[base][time_zone]") {
    constexpr std::int64_t day = 86400;
    constexpr std::int64_t utc_midnight = 19675 * day;
    CHECK(midnight_before(utc_midnight, 0) == utc_midnight);
    CHECK(midnight_before(utc_midnight + day - 1, 0) == utc_midnight);
    CHECK(midnight_before(utc_midnight - 1, 0) == utc_midnight - day);
    CHECK(midnight_before(utc_midnight, 3600) == utc_midnight - 3600);
    CHECK(midnight_before(utc_midnight + day - 3600, 3600) == utc_midnight + day - 3600);
    CHECK(midnight_before(utc_midnight, -3600) == utc_midnight - day + 3600);
    CHECK(midnight_before(-1, 0) == -day);
}
