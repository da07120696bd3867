#include "meross/features/shutter_estimate.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using meross::ShutterEstimate;
using test::WithinAbs;
using Motion = meross::ShutterMotion;

namespace {

constexpr ShutterEstimate::TimePoint start{};

ShutterEstimate::TimePoint at(double seconds) {
    return start + std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

/// 50 s from end to end, at rest, as firmware 2.1.2 has it.
ShutterEstimate resting(double position, int reported) {
    ShutterEstimate estimate;
    estimate.set_runs(50s, 50s);
    estimate.restore(position, reported);
    estimate.state_read(Motion::idle, start);
    estimate.position_read(reported, start);
    return estimate;
}

double where(const ShutterEstimate& estimate, double seconds) {
    return estimate.position(at(seconds)).value();
}

}  // namespace

TEST_CASE("a movement is counted from where it began, between the ends", "[meross][shutter]") {
    struct Row {
        double from;
        Motion direction;
        double seconds;
        double expected;
    };
    for (const Row& row : {Row{0, Motion::opening, 11, 22}, Row{22, Motion::closing, 5, 12},
                           Row{22, Motion::closing, 30, 0}, Row{40, Motion::opening, 15, 70},
                           Row{90, Motion::opening, 20, 100}, Row{50, Motion::opening, 0, 50}}) {
        INFO(row.from << " for " << row.seconds << " s");
        auto estimate = resting(row.from, 0);
        estimate.state_read(row.direction, start);
        CHECK_THAT(where(estimate, row.seconds), WithinAbs(row.expected, 1e-9));
    }
}

TEST_CASE("a target between the ends is a stop on time", "[meross][shutter]") {
    struct Row {
        double from;
        double target;
        double stop_after;
    };
    for (const Row& row :
         {Row{40, 70, 15.0}, Row{70, 40, 15.0}, Row{0, 1, 0.5}, Row{100, 99, 0.5}, Row{22, 50, 14.0}}) {
        INFO(row.from << " to " << row.target);
        auto estimate = resting(row.from, 0);
        const auto direction = row.target > row.from ? Motion::opening : Motion::closing;
        estimate.driven(direction, row.target, true, start);
        REQUIRE(estimate.stop_at().has_value());
        CHECK(*estimate.stop_at() == at(row.stop_after));
        estimate.state_read(direction, at(0.2));
        CHECK_THAT(where(estimate, 49), WithinAbs(row.target, 1e-9));  // never beyond it
    }
}

TEST_CASE("a stop is repeated until the shutter rests, three times at most", "[meross][shutter]") {
    auto estimate = resting(40, 0);
    estimate.driven(Motion::opening, 70, true, start);
    estimate.state_read(Motion::opening, at(0.5));
    estimate.stop_sent(at(15));
    CHECK(estimate.stop_at() == at(16.5));
    SECTION("it rests") {
        estimate.state_read(Motion::idle, at(15.2));
        CHECK_FALSE(estimate.stop_at().has_value());
        CHECK_THAT(where(estimate, 20), WithinAbs(70, 1e-9));
    }
    SECTION("it does not") {
        estimate.stop_sent(at(16.5));
        CHECK(estimate.stop_at() == at(18));
        estimate.stop_sent(at(18));
        CHECK_FALSE(estimate.stop_at().has_value());
    }
}

TEST_CASE("a whole run sets the estimate right, a stopped one does not", "[meross][shutter]") {
    auto estimate = resting(22, 0);
    estimate.driven(Motion::closing, 0, false, start);
    estimate.state_read(Motion::closing, at(0.1));
    CHECK(where(estimate, 12) == 0);  // and the motor runs on
    CHECK(estimate.travelling());
    estimate.state_read(Motion::idle, at(50));
    CHECK(where(estimate, 51) == 0);

    estimate = resting(22, 0);
    estimate.driven(Motion::opening, 100, false, start);
    estimate.state_read(Motion::opening, at(0.1));
    estimate.stopped(at(10));
    CHECK_THAT(where(estimate, 20), WithinAbs(42, 1e-9));  // it does not count on
    estimate.state_read(Motion::idle, at(10.5));
    CHECK_THAT(where(estimate, 20), WithinAbs(42, 1e-9));
}

TEST_CASE("a command that has no effect leaves the estimate alone", "[meross][shutter]") {
    auto estimate = resting(40, 0);
    estimate.driven(Motion::opening, 100, false, start);
    estimate.state_read(Motion::idle, at(0.5));  // it has not begun yet
    CHECK(estimate.travelling());
    CHECK(where(estimate, 1) == 40);
    CHECK_FALSE(estimate.doubtful(at(1)));
    CHECK(estimate.doubtful(at(2)));
    estimate.state_read(Motion::idle, at(2.5));
    CHECK_FALSE(estimate.travelling());
    CHECK(where(estimate, 9) == 40);
}

TEST_CASE("it turns round in mid-run", "[meross][shutter]") {
    auto estimate = resting(0, 0);
    estimate.state_read(Motion::opening, start);
    estimate.state_read(Motion::closing, at(20));  // at a wall switch
    CHECK_THAT(where(estimate, 20), WithinAbs(40, 1e-9));
    CHECK_THAT(where(estimate, 30), WithinAbs(20, 1e-9));
    estimate.driven(Motion::opening, 50, true, at(30));
    CHECK(estimate.stop_at() == at(45));
    estimate.state_read(Motion::closing, at(30.2));  // late news
    CHECK(estimate.stop_at() == at(45));
    estimate.state_read(Motion::opening, at(30.6));
    CHECK_THAT(where(estimate, 40), WithinAbs(40, 1e-9));
}

TEST_CASE("at rest, old firmware tells the last end; only another one is news", "[meross][shutter]") {
    auto estimate = resting(22, 0);
    CHECK(where(estimate, 0) == 22);
    estimate.position_read(100, at(30));  // somebody has opened it unseen
    CHECK(where(estimate, 30) == 100);
    CHECK_FALSE(estimate.native());
}

TEST_CASE("a position between the ends shows that the device knows it", "[meross][shutter]") {
    auto estimate = resting(22, 0);
    estimate.position_read(37, at(30));
    CHECK(estimate.native());
    CHECK(where(estimate, 30) == 37);
    estimate.position_read(0, at(60));
    CHECK(where(estimate, 60) == 0);
    estimate.state_read(Motion::opening, at(60));
    estimate.position_read(0, at(63));  // it lags
    CHECK_THAT(where(estimate, 65), WithinAbs(10, 1e-9));
    estimate.state_read(Motion::idle, at(85));
    CHECK(estimate.unsettled());
    estimate.position_read(48, at(85.1));
    CHECK_FALSE(estimate.unsettled());
    CHECK(where(estimate, 86) == 48);
}

TEST_CASE("without run times nothing is counted", "[meross][shutter]") {
    ShutterEstimate estimate;
    CHECK_FALSE(estimate.position(start).has_value());
    estimate.position_read(100, start);
    estimate.state_read(Motion::closing, at(1));
    CHECK(where(estimate, 30) == 100);
    CHECK(estimate.lost(at(181)));
}
