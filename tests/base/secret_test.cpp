#include "lanbridge/base/secret.hpp"

#include <fmt/format.h>

#include <sstream>

#include "support/catch.hpp"

using namespace lanbridge;

TEST_CASE("a secret prints as stars, everywhere", "[base][secret]") {
    const Secret secret("hunter2");
    std::ostringstream stream;
    stream << secret;
    CHECK(stream.str() == "***");
    CHECK(std::string(format_as(secret)) == "***");
    std::ostringstream empty;
    empty << Secret();
    CHECK(empty.str() == "***");
}

TEST_CASE("a secret is copied, moved and compared by value", "[base][secret]") {
    Secret first("one");
    const Secret copy = first;
    CHECK(copy == first);
    CHECK(copy.reveal() == "one");
    const Secret taken = std::move(first);
    CHECK(taken.reveal() == "one");
    CHECK(first.empty());  // NOLINT(bugprone-use-after-move): a moved-from secret is empty by contract
    Secret assigned("another, much longer than the small buffer of a string");
    assigned = taken;
    CHECK(assigned == taken);
    assigned = Secret("three");
    CHECK(assigned.reveal() == "three");
    CHECK(assigned != taken);
    Secret& alias = assigned;
    assigned = alias;
    CHECK(assigned.reveal() == "three");
    assigned = std::move(alias);
    CHECK(assigned.reveal() == "three");
}
