#include "meross/device/poll_schedule.hpp"

#include <algorithm>

#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;

namespace {

using TimePoint = PollSchedule::TimePoint;
TimePoint at(int seconds) { return TimePoint(std::chrono::hours(1) + std::chrono::seconds(seconds)); }

std::vector<Poll> plug_polls() {
    std::vector<Poll> polls;
    polls.emplace_back("Appliance.Control.ToggleX", Json{{"togglex", Json::array()}});
    polls.emplace_back("Appliance.Control.Electricity", Json{{"electricity", Json::object()}});
    polls.emplace_back("Appliance.Control.ConsumptionX", Json{{"consumptionx", Json::array()}}, 30);
    polls.emplace_back("Appliance.System.DNDMode", Json{{"DNDMode", Json::object()}});
    polls.emplace_back("Appliance.System.Runtime", Json{{"runtime", Json::object()}});
    return polls;
}

std::vector<std::string> names(const std::vector<PollSchedule::Batch>& batches) {
    std::vector<std::string> all;
    for (const auto& batch : batches)
        for (const auto& request : batch)
            all.push_back(request.name_space.substr(request.name_space.rfind('.') + 1));
    std::ranges::sort(all);
    return all;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("coming online reads everything that the digest did not show", "[meross][poll]") {
    PollSchedule schedule(plug_polls(), 5);
    const ResponseSizeModel sizes(5);
    const bool shown = GENERATE(true, false);
    if (shown) schedule.shown_by_digest("Appliance.Control.ToggleX");
    const auto batches = schedule.first_round(at(0), sizes);
    const Names others{"ConsumptionX", "DNDMode", "Electricity", "Runtime"};
    const Names all{"ConsumptionX", "DNDMode", "Electricity", "Runtime", "ToggleX"};
    CHECK(names(batches) == (shown ? others : all));
    for (const auto& batch : batches) CHECK(batch.size() <= 5);
}

TEST_CASE("a cycle asks for what is due, and lazy namespaces fill spare places", "[meross][poll]") {
    PollSchedule schedule(plug_polls(), 0);  // no packing: nothing lazy travels along
    schedule.shown_by_digest("Appliance.Control.ToggleX");
    const ResponseSizeModel sizes(0);
    schedule.first_round(at(0), sizes);
    for (const auto* ns : {"Electricity", "ConsumptionX"})
        schedule.answered("Appliance.Control." + std::string(ns), at(0));
    for (const auto* ns : {"DNDMode", "Runtime"})
        schedule.answered("Appliance.System." + std::string(ns), at(0));

    CHECK(names(schedule.cycle(at(30), false, false, sizes)) == Names{"Electricity", "ToggleX"});
    CHECK(names(schedule.cycle(at(60), false, false, sizes)) ==
          Names{"ConsumptionX", "Electricity", "ToggleX"});
    CHECK(names(schedule.cycle(at(90), true, false, sizes)) ==
          Names{"Electricity"});  // System.All was just read
    CHECK(names(schedule.cycle(at(301), false, false, sizes)) ==
          Names{"ConsumptionX", "DNDMode", "Electricity", "Runtime", "ToggleX"});

    PollSchedule packing(plug_polls(), 5);
    const ResponseSizeModel roomy(5);
    packing.first_round(at(0), roomy);
    for (const auto* ns : {"DNDMode", "Runtime"})
        packing.answered("Appliance.System." + std::string(ns), at(0));
    const auto batches = packing.cycle(at(30), false, false, roomy);
    CHECK(batches.size() == 1);
    CHECK(names(batches) == Names{"DNDMode", "Electricity", "Runtime", "ToggleX"});
}

TEST_CASE("a namespace that never answers is left alone until the device comes back", "[meross][poll]") {
    PollSchedule schedule(plug_polls(), 0);
    const ResponseSizeModel sizes(0);
    schedule.first_round(at(0), sizes);
    schedule.unanswered("Appliance.Control.Electricity");
    CHECK(std::ranges::count(names(schedule.cycle(at(30), false, false, sizes)), "Electricity") == 1);
    schedule.unanswered("Appliance.Control.Electricity");
    CHECK(std::ranges::count(names(schedule.cycle(at(60), false, false, sizes)), "Electricity") == 0);
    CHECK(std::ranges::count(names(schedule.first_round(at(90), sizes)), "Electricity") == 1);

    schedule.answered("Appliance.Control.Electricity", at(90));
    for (int i = 0; i < 5; ++i) schedule.unanswered("Appliance.Control.Electricity");  // it did answer once
    CHECK(std::ranges::count(names(schedule.cycle(at(120), false, false, sizes)), "Electricity") == 1);
}

TEST_CASE("what a device refuses is not asked again", "[meross][poll]") {
    PollSchedule schedule(plug_polls(), 0);
    const ResponseSizeModel sizes(0);
    schedule.first_round(at(0), sizes);
    schedule.refused("Appliance.System.DNDMode");
    CHECK(std::ranges::count(names(schedule.cycle(at(400), false, false, sizes)), "DNDMode") == 0);
}

TEST_CASE("only the first answer is a first answer", "[meross][poll]") {
    PollSchedule schedule(plug_polls(), 0);
    CHECK(schedule.answered("Appliance.System.Runtime", at(0)));
    CHECK_FALSE(schedule.answered("Appliance.System.Runtime", at(1)));
    CHECK_FALSE(schedule.answered("Appliance.Control.Unheard", at(1)));
}

TEST_CASE("questions asked by PUSH travel alone", "[meross][poll]") {
    std::vector<Poll> polls = plug_polls();
    polls.emplace_back("Appliance.Control.PhysicalLock", Json::object());
    polls.back().request.method = Method::push;
    PollSchedule schedule(std::move(polls), 5);
    const ResponseSizeModel sizes(5);
    for (const auto& batch : schedule.first_round(at(0), sizes))
        for (const auto& request : batch)
            if (request.method == Method::push) CHECK(batch.size() == 1);
}

TEST_CASE("probes of an absent device grow rarer by one period up to the heartbeat", "[meross][poll]") {
    const auto [period, expected] = GENERATE(table<int, std::vector<int>>({
        {30, {30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 295, 295, 295, 295}},
        {60, {60, 120, 180, 240, 300, 295, 295, 295, 295, 295, 295, 295, 295, 295}},
        {300, {300, 295, 295, 295, 295, 295, 295, 295, 295, 295, 295, 295, 295, 295}},
    }));
    ProbeDelay delay{std::chrono::seconds(period)};
    for (int step : expected) CHECK(delay.next().count() == step);
    delay.reset();
    CHECK(delay.next().count() == period);
}

TEST_CASE("what the device shows in its digest alone is read there", "[meross][poll]") {
    PollSchedule schedule(plug_polls(), 5);
    const ResponseSizeModel sizes(5);
    schedule.shown_by_digest("Appliance.Control.ToggleX");
    schedule.first_round(at(0), sizes);
    CHECK_FALSE(schedule.needs_digest());
    for (int i = 0; i < PollSchedule::max_silences; ++i) {
        CHECK_FALSE(schedule.needs_digest());
        schedule.unanswered("Appliance.Control.ToggleX");
        schedule.unanswered("Appliance.System.Runtime");  // in no digest: nothing to be gained
    }
    CHECK(schedule.needs_digest());
    schedule.answered("Appliance.Control.ToggleX", at(60));
    CHECK_FALSE(schedule.needs_digest());
}
