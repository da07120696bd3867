#include "meross/device/clock_care.hpp"

#include "meross/device/addresses.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;

namespace {

ClockCare::TimePoint at(int seconds) {
    return ClockCare::TimePoint(std::chrono::seconds(1'000'000 + seconds));
}
net::HttpEndpoint endpoint(const char* host) { return net::HttpEndpoint(host); }

}  // namespace

TEST_CASE("a clock is wrong once the average says so, and is then asked about now and then",
          "[meross][clock]") {
    ClockCare care;
    care.sample(1000, 998);
    CHECK_FALSE(care.wrong());
    CHECK_FALSE(care.ask_now(at(0)));
    for (int i = 0; i < 10; ++i) care.sample(1000, 900);
    REQUIRE(care.wrong());
    CHECK(care.ask_now(at(0)));
    CHECK_FALSE(care.ask_now(at(1799)));
    CHECK(care.ask_now(at(1800)));
    CHECK_FALSE(care.zone_due(at(0)));  // with a wrong clock its rules cannot be judged
    for (int i = 0; i < 60; ++i) care.sample(1000, 1000);
    CHECK_FALSE(care.wrong());
}

TEST_CASE("a clock that cannot be set right is complained of once a week", "[meross][clock]") {
    ClockCare care;
    for (int i = 0; i < 10; ++i) care.sample(1000, 2000);  // it may be ahead, too
    CHECK(care.complain_now(at(0)));
    CHECK_FALSE(care.complain_now(at(600'000)));
    CHECK(care.complain_now(at(605'000)));
}

TEST_CASE("right time zone rules are looked at again in a week, wrong ones the next day", "[meross][clock]") {
    ClockCare care;
    CHECK(care.zone_due(at(0)));
    care.zone_checked(at(0), true);
    CHECK_FALSE(care.zone_due(at(604'799)));
    CHECK(care.zone_due(at(604'800)));
    care.zone_checked(at(0), false);
    CHECK(care.zone_due(at(86'400)));
}

TEST_CASE("a device is looked for at home and where it was found since", "[meross][addresses]") {
    Addresses nowhere;
    CHECK_FALSE(nowhere.current());
    CHECK_FALSE(nowhere.try_other());
    CHECK(nowhere.sighted(endpoint("a")));
    CHECK(nowhere.current() == endpoint("a"));
    CHECK_FALSE(nowhere.sighted(endpoint("a")));

    Addresses configured(endpoint("home"), endpoint("home"));
    CHECK(configured.at_home());
    CHECK_FALSE(configured.try_other());  // there is no other one
    CHECK(configured.sighted(endpoint("b")));
    CHECK_FALSE(configured.at_home());
    CHECK(configured.try_other());
    CHECK(configured.current() == endpoint("home"));
    CHECK(configured.try_other());
    CHECK(configured.current() == endpoint("b"));
    CHECK(configured.sighted(endpoint("home")));
    CHECK(configured.at_home());
}
