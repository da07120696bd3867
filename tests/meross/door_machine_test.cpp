#include "meross/features/door_machine.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using meross::DoorMachine;
using State = meross::DoorState;

namespace {

constexpr DoorMachine::TimePoint start{};

/// What happens to a door at a time, and what it then is.
struct Step {
    double seconds;
    enum { open_it, close_it, contact_open, contact_closed, nothing } event;
    State state;
    bool timed_out = false;
};
struct Story {
    const char* title;
    std::vector<Step> steps;
};

const std::vector<Story>& stories() {
    static const std::vector<Story> all{
        {"it opens",
         {{0, Step::contact_closed, State::closed},
          {1, Step::open_it, State::opening},
          {1.5, Step::contact_closed, State::opening},
          {2, Step::contact_open, State::opening},
          {30.9, Step::nothing, State::opening},
          {31, Step::nothing, State::open}}},
        {"it closes when the contact says so",
         {{0, Step::contact_open, State::open},
          {1, Step::close_it, State::closing},
          {20, Step::contact_open, State::closing},
          {33, Step::contact_closed, State::closed}}},
        {"it does not open",
         {{0, Step::contact_closed, State::closed},
          {1, Step::open_it, State::opening},
          {30, Step::contact_closed, State::opening},
          {31, Step::nothing, State::closed, true},
          {40, Step::open_it, State::opening, true},
          {41, Step::contact_open, State::opening, true},
          {70, Step::nothing, State::open}}},
        {"it does not close in time, and later does",
         {{0, Step::contact_open, State::open},
          {0, Step::close_it, State::closing},
          {34, Step::contact_open, State::closing},
          {35, Step::nothing, State::open, true},
          {36, Step::contact_open, State::open, true},
          {50, Step::contact_closed, State::closed}}},
        {"somebody else moves it",
         {{0, Step::contact_closed, State::closed},
          {9, Step::contact_open, State::open},
          {60, Step::contact_closed, State::closed}}},
        {"it turns round while it opens",
         {{0, Step::contact_closed, State::closed},
          {1, Step::open_it, State::opening},
          {2, Step::contact_open, State::opening},
          {12, Step::contact_closed, State::closed}}},
        {"it is closed again before it is open",
         {{0, Step::contact_closed, State::closed},
          {1, Step::open_it, State::opening},
          {2, Step::contact_open, State::opening},
          {5, Step::close_it, State::closing},
          {9, Step::contact_closed, State::closed}}},
    };
    return all;
}

}  // namespace

TEST_CASE("a door between its contact and time", "[meross][garage]") {
    for (const auto& story : stories()) {
        DoorMachine door;
        door.set_durations(30s, 30s);
        CHECK(door.state() == State::unknown);
        for (const auto& step : story.steps) {
            INFO(story.title << " at " << step.seconds << " s");
            const auto now =
                start + std::chrono::milliseconds(static_cast<std::int64_t>(step.seconds * 1000));
            if (step.event == Step::open_it || step.event == Step::close_it)
                door.commanded(step.event == Step::open_it, now);
            if (step.event == Step::contact_open || step.event == Step::contact_closed)
                door.contact(step.event == Step::contact_open, now);
            door.tick(now);
            CHECK(door.state() == step.state);
            CHECK(door.timed_out() == step.timed_out);
            CHECK(door.deadline().has_value() == door.moving());
        }
    }
}

TEST_CASE("a closing is measured once, and only to its end", "[meross][garage]") {
    DoorMachine door;
    door.contact(true, start);
    door.commanded(false, start);
    CHECK_FALSE(door.take_closing_time().has_value());
    door.contact(false, start + 32s);
    CHECK(door.take_closing_time() == DoorMachine::Millis(32000));
    CHECK_FALSE(door.take_closing_time().has_value());
    door.contact(true, start + 40s);
    door.contact(false, start + 50s);  // by hand
    CHECK_FALSE(door.take_closing_time().has_value());
}

TEST_CASE("a door is asked once more before it counts as failed", "[meross][garage]") {
    DoorMachine door;
    door.contact(false, start);
    door.commanded(true, start);
    CHECK_FALSE(door.doubtful(start + 20s));
    CHECK(door.doubtful(start + 28s));
    door.contact(true, start + 28s);
    CHECK_FALSE(door.doubtful(start + 29s));
    door.tick(start + 30s);
    door.commanded(false, start + 40s);
    CHECK_FALSE(door.doubtful(start + 69s));
    CHECK(door.doubtful(start + 70s));
}
