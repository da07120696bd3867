#include "mqtt/flight.hpp"
#include "mqtt/inbox.hpp"
#include "support/catch.hpp"

using namespace lanbridge::mqtt;

TEST_CASE("bounds of bytes can be tighter", "[mqtt][queues]") {
    Flight flight(100);
    flight.begin(1, 20);
    CHECK(flight.admit(60));
    CHECK_FALSE(flight.admit(60));
    Inbox inbox(100);
    inbox.push(Incoming("t", std::string(60, 'x'), 0, false, false));
    inbox.push(Incoming("t", std::string(60, 'x'), 0, false, false));
    CHECK(inbox.size() == 1);
    CHECK(inbox.dropped() == 1);
}

TEST_CASE("the flight is bounded in messages and tells when it is half empty", "[mqtt][flight]") {
    Flight flight;
    flight.begin(1, 100);
    for (std::size_t i = 0; i < Flight::most_messages; ++i) REQUIRE(flight.admit(10));
    CHECK(flight.room() == 0);
    CHECK_FALSE(flight.admit(10));
    std::size_t told = 0, gone = 0;
    while (flight.size() > 0) {
        ++gone;
        if (!flight.done(1, 10, 0).tell) continue;
        ++told;
        CHECK(gone == Flight::most_messages / 2);
    }
    CHECK(told == 1);
    CHECK(flight.room() == Flight::most_messages);
}

TEST_CASE("the flight is bounded in bytes, but takes one message of any size", "[mqtt][flight]") {
    Flight flight;
    flight.begin(1, 100);
    CHECK(flight.admit(Flight::most_bytes * 2));
    CHECK(flight.room() == 0);
    CHECK_FALSE(flight.admit(1));
    CHECK(flight.done(1, Flight::most_bytes * 2, 0).tell);
    CHECK(flight.admit(1));
}

TEST_CASE("what was under way on an old connection does not count on the new one", "[mqtt][flight]") {
    Flight flight;
    flight.begin(1, 100);
    REQUIRE(flight.admit(10));
    REQUIRE(flight.admit(10));
    CHECK(flight.begin(2, 100) == 2);
    REQUIRE(flight.admit(10));
    CHECK_FALSE(flight.empty_or_tell());
    CHECK_FALSE(flight.done(1, 10, 0).any());  // a late word about the old one
    CHECK(flight.size() == 1);
    CHECK(flight.done(2, 10, 0).tell);  // and this was the last: told
    CHECK(flight.empty_or_tell());
}

TEST_CASE("no more QoS 1 messages are let out than the broker takes", "[mqtt][flight]") {
    Flight flight;
    flight.begin(1, 20);
    int sent = 0;
    for (int i = 0; i < 30; ++i) {
        REQUIRE(flight.admit(1));
        sent += flight.may_send(1) ? 1 : 0;
    }
    CHECK(sent == 20);
    CHECK(flight.may_send(0));
    int acknowledged = 0;
    while (!flight.done(1, 1, 1).send) ++acknowledged;
    CHECK(acknowledged + 1 == 10);  // half of the window
    CHECK(flight.may_send(1));

    flight.begin(2, 65535);
    for (sent = 0; flight.may_send(1); ++sent) REQUIRE(flight.admit(1));
    CHECK(sent == static_cast<int>(Flight::widest_window));
}

TEST_CASE("the inbox wakes the loop once and counts what it cannot take", "[mqtt][inbox]") {
    Inbox inbox;
    CHECK(inbox.push(Incoming("t", "p", 0, false, false)));
    CHECK_FALSE(inbox.push(Incoming("t", "p", 0, false, false)));
    CHECK(inbox.take().size() == 2);
    CHECK(inbox.push(Incoming("t", "p", 0, false, false)));
    for (std::size_t i = 0; i < Inbox::most_messages + 4; ++i)
        inbox.push(Incoming("t", "p", 0, false, false));
    CHECK(inbox.size() == Inbox::most_messages);
    CHECK(inbox.dropped() == 5);

    inbox.take();
    inbox.push(Incoming("t", std::string(Inbox::most_bytes, 'x'), 0, false, false));
    CHECK(inbox.dropped() == 6);
    CHECK(inbox.size() == 0);
}
