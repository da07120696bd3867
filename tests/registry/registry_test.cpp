#include "lanbridge/registry/registry.hpp"

#include <chrono>
#include <iostream>
#include <limits>

#include "registry/fixture.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::registry;
using namespace lanbridge::registry::test;
using model::DeviceId;
using model::Value;
using Events = std::vector<std::string>;

namespace {

std::vector<model::EntityDescription> plug_entities() {
    return {model::make_switch("switch_0"), model::make_sensor("power", "power", "W", "measurement"),
            model::make_enum_sensor("mode", {"idle", "busy"})};
}

}  // namespace

TEST_CASE("only differences are emitted", "[registry]") {
    World world;
    world.plug("meross_1", plug_entities());
    CHECK(world.witness.take() == Events{"new meross_1"});
    world.plug("meross_1", plug_entities());
    CHECK(world.witness.take().empty());

    world.observe("meross_1", {"switch_0", true});
    world.observe("meross_1", {"switch_0", true});
    CHECK(world.witness.take() == Events{"switch_0/state=on"});

    world.online("meross_1");
    world.online("meross_1");
    CHECK(world.witness.take() == Events{"online ok"});

    world.registry.first_read_done(DeviceId("meross_1"));
    world.registry.first_read_done(DeviceId("meross_1"));
    CHECK(world.witness.take() == Events{"read meross_1"});
}

TEST_CASE("numbers compare by value, and unknown is a value of its own", "[registry]") {
    World world;
    world.plug("meross_1", plug_entities());
    world.witness.take();
    world.observe("meross_1", {"power", Value(std::int64_t{5})});
    world.observe("meross_1", {"power", Value(5.0)});
    CHECK(world.witness.take() == Events{"power/state=5"});
    world.observe("meross_1", {"power", Value()});
    CHECK(world.witness.take() == Events{"power/state=?"});
    world.observe("meross_1", {"power", Value(std::numeric_limits<double>::quiet_NaN())});
    CHECK(world.witness.take().empty());
}

TEST_CASE("a value remembers when and over which way it was seen, changed or not", "[registry]") {
    World world;
    world.plug("meross_1", plug_entities());
    world.observe("meross_1", {"power", Value(5.0)});
    const auto first = world.registry.find(DeviceId("meross_1"))->value("power")->observed_ms;
    world.time.advance(10s);
    world.observe("meross_1", {"power", Value(5.0)});
    const auto* seen = world.registry.find(DeviceId("meross_1"))->value("power");
    CHECK(seen->observed_ms == first + 10'000);
    CHECK(seen->via == model::Transport::http);
}

TEST_CASE("what no description has is dropped and counted", "[registry]") {
    World world;
    world.plug("meross_1", plug_entities());
    world.witness.take();
    world.observe("meross_1", {"unheard", true});
    world.observe("meross_1", {"switch_0", "unheard", true});
    world.observe("meross_2", {"switch_0", true});
    CHECK(world.witness.take().empty());
    CHECK(world.registry.observations_dropped() == 3);
}

TEST_CASE("values are carried over by entity and part when the set changes", "[registry]") {
    World world;
    world.plug("meross_1", plug_entities());
    world.observe("meross_1", {"power", Value(5.0)});
    world.observe("meross_1", {"switch_0", true});
    world.registry.set_entity_availability(DeviceId("meross_1"), "switch_0", false);
    world.witness.take();

    auto entities = plug_entities();
    entities.insert(entities.begin(), model::make_button("a_first_one"));
    entities.push_back(model::make_switch("switch_1"));
    world.plug("meross_1", entities);
    CHECK(world.witness.take() == Events{"changed meross_1"});
    const auto* device = world.registry.find(DeviceId("meross_1"));
    CHECK(FakeDriver::show(device->value("power")->value) == "5");
    CHECK(FakeDriver::show(device->value("switch_0")->value) == "on");
    CHECK(device->value("switch_1")->observed_ms == 0);
    std::vector<std::string> unavailable;
    for (std::size_t i = 0; i < device->entities().entities().size(); ++i)
        if (!device->entity_available(i)) unavailable.push_back(device->entities().entities()[i].key);
    CHECK(unavailable == Events{"switch_0"});
}

TEST_CASE("an unlisted state of an enum sensor is described before it is emitted", "[registry]") {
    World world;
    world.plug("meross_1", plug_entities());
    world.plug("meross_2", plug_entities());
    world.witness.take();
    world.observe("meross_1", {"mode", Value(std::string("7"))});
    CHECK(world.witness.take() == Events{"changed meross_1", "mode/state=7"});
    const auto* device = world.registry.find(DeviceId("meross_1"));
    CHECK(device->entities().find("mode")->parts[0].options == Events{"idle", "busy", "7"});

    SECTION("a device of the same kind keeps its own list until it says the same, then shares it") {
        const auto* other = world.registry.find(DeviceId("meross_2"));
        CHECK(other->entities().find("mode")->parts[0].options == Events{"idle", "busy"});
        world.observe("meross_2", {"mode", Value(std::string("7"))});
        CHECK(&other->entities() == &device->entities());
    }
    SECTION("the same description again does not unlist the present state") {
        world.plug("meross_1", plug_entities());
        CHECK(world.witness.take().empty());
        CHECK(device->entities().find("mode")->parts[0].options == Events{"idle", "busy", "7"});
    }
    SECTION("a device that always says something new is stopped somewhere") {
        for (int i = 100; i < 300; ++i) world.observe("meross_1", {"mode", Value(std::to_string(i))});
        CHECK(device->entities().find("mode")->parts[0].options.size() == 64);
        CHECK(world.registry.observations_dropped() > 0);
    }
}

TEST_CASE("a device is found by id, name and serial number", "[registry]") {
    World world;
    world.plug("meross_1", plug_entities());
    CHECK(world.registry.find_any("meross_1") != nullptr);
    CHECK(world.registry.find_any("pLUG") != nullptr);
    CHECK(world.registry.find_any("2102") != nullptr);
    CHECK(world.registry.find_any("kettle") == nullptr);
    CHECK(world.registry.find_any("") == nullptr);
}

TEST_CASE("withdrawing keeps the device, removing does not", "[registry]") {
    World world;
    world.plug("meross_1", plug_entities());
    world.online("meross_1");
    world.witness.take();
    world.registry.withdraw(DeviceId("meross_1"));
    CHECK(world.witness.take() == Events{"offline starting"});
    world.registry.remove(DeviceId("meross_1"));
    world.registry.remove(DeviceId("meross_1"));
    CHECK(world.witness.take() == Events{"removed meross_1"});
    CHECK(world.registry.find(DeviceId("meross_1")) == nullptr);
}

TEST_CASE("a given name is kept, unless the configuration gives one", "[registry]") {
    World world;
    MapMemory memory;
    world.registry.set_memory(memory);
    world.plug("meross_1", plug_entities());
    world.witness.take();
    REQUIRE(world.registry.rename(DeviceId("meross_1"), "Kettle"));
    CHECK(world.witness.take() == Events{"changed meross_1"});
    CHECK(memory.recall(DeviceId("meross_1"), "name") == "\"Kettle\"");

    world.plug("meross_1", plug_entities());  // says "Plug" again
    CHECK(world.witness.take().empty());
    CHECK(world.registry.find(DeviceId("meross_1"))->description().name == "Kettle");

    auto configured = world.registry.find(DeviceId("meross_1"))->description();
    configured.name = "Teapot";
    configured.name_is_configured = true;
    world.registry.describe(configured, world.driver);
    CHECK(world.registry.find(DeviceId("meross_1"))->description().name == "Teapot");
    const auto refused = world.registry.rename(DeviceId("meross_1"), "Kettle");
    REQUIRE(!refused);
    CHECK(refused.error().is(Errc::unsupported));
    CHECK(world.registry.rename(DeviceId("meross_9"), "x").error().is(Errc::not_found));
    CHECK(world.registry.rename(DeviceId("meross_1"), "").error().is(Errc::invalid_value));
}

TEST_CASE("refreshing reads and publishes again", "[registry]") {
    World world;
    world.plug("meross_1", plug_entities());
    world.witness.take();
    REQUIRE(world.registry.refresh(DeviceId("meross_1")));
    CHECK(world.driver.refreshes == 1);
    CHECK(world.witness.take() == Events{"republish meross_1"});
    CHECK(world.registry.refresh(DeviceId("meross_9")).error().is(Errc::not_found));
}

TEST_CASE("candidates come, change and go", "[registry]") {
    World world;
    model::Candidate candidate;
    candidate.address = "192.168.1.9";
    world.registry.set_candidate("a", candidate);
    world.registry.set_candidate("a", candidate);
    CHECK(world.witness.take() == Events{"candidates"});
    world.registry.set_candidate("a", std::nullopt);
    world.registry.set_candidate("a", std::nullopt);
    CHECK(world.witness.take() == Events{"candidates"});
}

TEST_CASE("checking a value never clamps it", "[registry]") {
    const auto number = model::make_number("n", {1, 10, 0.5}, "s").parts[0];
    CHECK(check_value(number, Value(std::int64_t{10})));
    CHECK(check_value(number, Value(1.0)));
    const auto refused = check_value(number, Value(10.1));
    REQUIRE(!refused);
    CHECK(refused.error().text().find("a number from 1 to 10, got 10.1") != std::string::npos);
    CHECK(!check_value(number, Value(std::numeric_limits<double>::infinity())));
    CHECK(!check_value(number, Value(std::string("5"))));
    CHECK(!check_value(number, Value()));
    const auto select = model::make_select("s", {"a", "b"}).parts[0];
    CHECK(check_value(select, Value(std::string("b"))));
    CHECK(check_value(select, Value(std::string("c"))).error().text().find("one of a, b, got \"c\"") !=
          std::string::npos);
    CHECK(check_value(model::make_switch("s").parts[0], Value(true)));
    CHECK(!check_value(model::make_switch("s").parts[0], Value(std::int64_t{1})));
    CHECK(check_value(model::make_button("b").parts[0], Value()));
    CHECK(!check_value(model::make_button("b").parts[0], Value(true)));
}

TEST_CASE("unchanged values cost little among many devices", "[registry][speed]") {
    World world;
    for (int i = 0; i < 1000; ++i)
        world.plug("meross_48e1e90" + std::to_string(10000 + i),
                   {model::make_switch("switch_0"), model::make_sensor("power", "power", "W", ""),
                    model::make_sensor("voltage", "voltage", "V", ""),
                    model::make_sensor("current", "current", "A", ""),
                    model::make_sensor("energy", "energy", "kWh", "")});
    const model::Observations five{{"switch_0", true},
                                   {"power", Value(1.5)},
                                   {"voltage", Value(230.0)},
                                   {"current", Value(0.01)},
                                   {"energy", Value(12.0)}};
    constexpr int rounds = 20;
    const auto round = [&] {
        for (const auto& [id, device] : world.registry.devices())
            world.registry.observe(id, five, model::Transport::http);
    };
    round();
    world.witness.take();
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < rounds; ++i) round();
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
    std::cout << "observe(5 unchanged values): " << took.count() / (rounds * 1000) << " us\n";
    CHECK(world.witness.take().empty());
    CHECK(took.count() / (rounds * 1000) < 50);  // generous: sanitizers and busy machines
}
