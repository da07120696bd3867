#include "lanbridge/base/random.hpp"

#include "lanbridge/base/backoff.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace std::chrono_literals;

TEST_CASE("seeded randomness repeats, the system's does not", "[base][random]") {
    SeededRandom a(7);
    SeededRandom b(7);
    SeededRandom c(8);
    const auto first = a.hex(16);
    CHECK(first.size() == 32);
    CHECK(first.find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(b.hex(16) == first);
    CHECK(c.hex(16) != first);
    CHECK(a.hex(16) != first);
    SystemRandom system;
    CHECK(system.hex(16) != system.hex(16));
    CHECK(system.hex(0).empty());
}

TEST_CASE("unit values stay in [0, 1) and spread", "[base][random]") {
    SeededRandom random(1);
    double low = 1;
    double high = 0;
    double sum = 0;
    constexpr int draws = 10'000;
    for (int i = 0; i < draws; ++i) {
        const double value = random.unit();
        low = std::min(low, value);
        high = std::max(high, value);
        sum += value;
    }
    CHECK(low >= 0);
    CHECK(low < 0.01);
    CHECK(high < 1);
    CHECK(high > 0.99);
    CHECK_THAT(sum / draws, lanbridge::test::WithinAbs(0.5, 0.02));
}

TEST_CASE("waits double up to the longest, each with its jitter", "[base][backoff]") {
    SeededRandom random(3);
    Backoff backoff(1s, 30s);
    for (int step = 1; step <= 64; ++step) {
        INFO(step);
        const auto nominal = step >= 6 ? 30'000ms : 1000ms * (1 << (step - 1));
        const auto wait = backoff.next(random);
        CHECK(backoff.failures() >= std::min(step, 21));
        CHECK(wait >= nominal * 3 / 4);
        CHECK(wait <= std::min<Backoff::Duration>(nominal * 5 / 4, 30s));
    }
    backoff.reset();
    CHECK(backoff.failures() == 0);
    CHECK(backoff.next(random) <= 1250ms);
}

TEST_CASE("a crowd does not come back in step", "[base][backoff]") {
    SeededRandom random(3);
    Backoff first(10s, 60s);
    Backoff second(10s, 60s);
    CHECK(first.next(random) != second.next(random));
}
