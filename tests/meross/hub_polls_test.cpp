#include "hub_bench.hpp"

#include "meross/features/names.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
namespace ns = lanbridge::meross::ns;

TEST_CASE("sixteen valves are asked in lists that a hub can answer", "[meross][hub][polls]") {
    HubHouse house;
    HubBench hub(house);
    hub.start(many_valves(16));
    const auto lengths = [&](std::string_view name, std::string_view key) {
        std::vector<std::size_t> sizes;
        for (const auto& payload : hub.polls(name)) sizes.push_back(payload.at(std::string(key)).size());
        return sizes;
    };
    using Sizes = std::vector<std::size_t>;
    CHECK(lengths("Hub.Mts100.All", "all") == Sizes{8, 8});
    CHECK(lengths("Hub.Battery", "battery") == Sizes{8, 8});
    CHECK(hub.polls("Hub.Mts100.Adjust") == std::vector{json(R"({"adjust":[]})")});
    CHECK(hub.polls("Hub.SubDevice.Version") == std::vector{json(R"({"version":[]})")});
    SECTION("an answer that was cut off is asked for in halves") {
        hub->take_polls_changed();
        hub->unanswered(ns::hub_valve_all, true);
        CHECK(hub->take_polls_changed());
        CHECK(lengths("Hub.Mts100.All", "all") == Sizes{4, 4, 4, 4});
    }
    SECTION("msh300hk 4.5.32: what Mts100.All does not say comes in pieces") {
        hub->unanswered(ns::hub_valve_all, false);
        const auto questions = hub->take_requests();
        for (const auto name :
             {ns::hub_valve_temperature, ns::hub_valve_mode, ns::hub_togglex, ns::hub_online}) {
            INFO(name);
            CHECK(asks(questions, name));
        }
        CHECK(hub.polls("Hub.Mts100.Temperature") == std::vector{json(R"({"temperature":[]})")});
        CHECK(hub.polls("Hub.Online") == std::vector{json(R"({"online":[]})")});
    }
    SECTION("where it does, the pieces are not asked for") {
        hub.read("Hub.Mts100.All", R"({"all":[{"id":"01000100","mode":{"state":1}}]})");
        CHECK(hub.polls("Hub.Mts100.Temperature").empty());
        CHECK(hub.polls("Hub.Online").empty());
        hub->unanswered(ns::hub_valve_all, false);
        CHECK(hub.polls("Hub.Online").empty());
    }
}

TEST_CASE("the hub itself has a signal and a led", "[meross][hub]") {
    auto abilities = hub_abilities();
    for (const auto* more : {"System.Runtime", "System.DNDMode", "Control.Sensor.LatestX", "Config.DeviceCfg",
                             "Control.ToggleX", "Control.PhysicalLock"})
        abilities.push_back(more);
    Bench bench(facts_of("msh450", abilities, R"({"hub":{"hubId":1,"subdevice":[]},"togglex":[]})"));
    auto keys = bench.keys();
    std::ranges::sort(keys);
    CHECK(keys == std::vector<std::string>{"led", "signal"});
}
