#include "lanbridge/meross/protocol/multiple.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;

namespace {

using Batches = std::vector<std::vector<std::size_t>>;

std::vector<PackItem> items(std::initializer_list<double> estimates) {
    std::vector<PackItem> made;
    for (double estimate : estimates)
        made.emplace_back(Request("N" + std::to_string(made.size()), Method::get, Json::object()), estimate);
    return made;
}

const ResponseSizeModel three(3);  // at most 2400 characters
const ResponseSizeModel five(5);   // at most 4000

}  // namespace

TEST_CASE("a poll is packed up to the device's number of commands", "[meross][packing]") {
    const auto plan = plan_batches(items({300, 300, 300, 300, 300}), {}, 3, three);
    CHECK(plan.due_batches == Batches{{0, 1, 2}, {3, 4}});
    CHECK(plan.lazy_in_batch == Batches{{}, {}});
}

TEST_CASE("without Multiple everything travels alone", "[meross][packing]") {
    const auto plan = plan_batches(items({300, 300}), items({100}), 1, three);
    CHECK(plan.due_batches == Batches{{0}, {1}});
    CHECK(plan.lazy_in_batch == Batches{{}, {}});
    CHECK(plan_batches(items({300}), {}, 0, three).due_batches == Batches{{0}});
    CHECK(plan_batches({}, items({100}), 3, three).due_batches.empty());
}

TEST_CASE("what fills an answer by itself goes alone and at once", "[meross][packing]") {
    const auto plan = plan_batches(items({300, 2400, 300}), {}, 3, three);
    CHECK(plan.due_batches == Batches{{1}, {0, 2}});
}

TEST_CASE("a batch is sent before it grows too long", "[meross][packing]") {
    // 300 for the envelope: 300 + 1000 + 1100 is the limit itself and still fits
    CHECK(plan_batches(items({1000, 1100}), {}, 3, three).due_batches == Batches{{0, 1}});
    CHECK(plan_batches(items({1000, 1101}), {}, 3, three).due_batches == Batches{{0}, {1}});
    // fits an answer of its own but not one with an envelope around it
    CHECK(plan_batches(items({2200, 300}), {}, 3, three).due_batches == Batches{{0}, {1}});
}

TEST_CASE("System.All is never packed", "[meross][packing]") {
    auto due = items({300, 1000, 300});
    due[1].request.name_space = "Appliance.System.All";
    auto lazy = items({100, 100});
    lazy[0].request.name_space = "Appliance.System.All";
    const auto plan = plan_batches(due, lazy, 5, five);
    CHECK(plan.due_batches == Batches{{1}, {0, 2}});
    CHECK(plan.lazy_in_batch == Batches{{}, {1}});
}

TEST_CASE("spare slots are offered to the lazy ones, in order, as far as they fit", "[meross][packing]") {
    const auto lazy = items({2000, 500, 700, 400, 100});
    // 300 + 1000 = 1300: 2000 does not fit, 500 does (1800), 700 no longer, 400 does (2200)
    const auto plan = plan_batches(items({1000}), lazy, 5, three);
    CHECK(plan.due_batches == Batches{{0}});
    CHECK(plan.lazy_in_batch == Batches{{1, 3, 4}});
    // the sum must stay below the limit
    CHECK(plan_batches(items({1000}), items({1100}), 3, three).lazy_in_batch == Batches{{}});
    CHECK(plan_batches(items({1000}), items({1099}), 3, three).lazy_in_batch == Batches{{0}});
}

TEST_CASE("a lazy one volunteers once, and not beside one that goes alone", "[meross][packing]") {
    const auto plan = plan_batches(items({300, 300, 1900, 300}), items({100, 100, 100}), 3, three);
    CHECK(plan.due_batches == Batches{{0, 1}, {2}, {3}});
    CHECK(plan.lazy_in_batch == Batches{{0}, {1}, {2}});
    const auto alone = plan_batches(items({5000}), items({100}), 3, three);
    CHECK(alone.lazy_in_batch == Batches{{}});
}

TEST_CASE("a full batch takes no volunteers", "[meross][packing]") {
    const auto plan = plan_batches(items({300, 300, 300}), items({10}), 3, three);
    CHECK(plan.due_batches == Batches{{0, 1, 2}});
    CHECK(plan.lazy_in_batch == Batches{{}});
}
