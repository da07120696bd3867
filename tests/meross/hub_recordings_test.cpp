#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "lanbridge/sim/description.hpp"
#include "meross/recordings_folder.hpp"
#include "meross_house.hpp"
#include "support/catch.hpp"

// Recordings of real hubs, played back to a session. LANBRIDGE_TRACES names their folder, else it is looked
// for beside the source tree.

using namespace lanbridge;
using namespace lanbridge::test;

namespace {

bool absent() {
    if (std::filesystem::exists(recordings() / "msh300.csv")) return false;
    std::cerr << "no recordings in " << recordings() << ": set LANBRIDGE_TRACES\n";
    std::exit(77);
}

struct HubHome : MerossHouse {
    explicit HubHome(const std::string& name) {
        auto blueprint = sim::read_blueprint((recordings() / name).string());
        REQUIRE(blueprint);
        network.plug_in("hub", *blueprint, right_key);
        start(one(device("hub")));
        pass(60s);
    }
    /// Without what is off by default, and the bridge's own.
    std::size_t core() {
        std::size_t count = 0;
        for (const auto& [id, seen] : sink.devices)
            for (const auto& entity : seen.description.entities->entities())
                count += entity.enabled_by_default && entity.key != "transport";
        return count;
    }
    RecordingSink::Seen& sub(const std::string& digits) { return sink.devices.at("meross_" + digits); }
};

}  // namespace

TEST_CASE("the recorded msh300 4.1.26 and what is behind it", "[meross][hub][recordings]") {
    if (absent()) return;
    HubHome house("msh300.csv");
    CHECK(house.core() == 23);
    CHECK(house.sink.devices.size() == 4);
    auto& sensor = house.sub("120000000001");
    CHECK(sensor.description.via == model::DeviceId(HubHome::id()));
    CHECK(sensor.availability.online);
    CHECK(sensor.values["temperature"] == model::Value(15.2));
    CHECK(sensor.values["humidity"] == model::Value(71.0));
    auto& valve = house.sub("01000002");
    CHECK(valve.values["climate/mode"] == model::Value(std::string("heat")));
    CHECK(valve.values["climate/preset_mode"] == model::Value(std::string("comfort")));
    CHECK(valve.values["climate/action"] == model::Value(std::string("heating")));
    CHECK(valve.values["climate/temperature"] == model::Value(27.0));
    CHECK(valve.values["climate/current_temperature"] == model::Value(15.5));
    CHECK(house.sub("01000003").values["adjust"] == model::Value(0.5));
}

TEST_CASE("the recorded msh300hk 4.5.23 and what is behind it", "[meross][hub][recordings]") {
    if (absent()) return;
    HubHome house("msh300hk-ms200-gs559.csv");
    CHECK(house.core() == 20);
    CHECK(house.sub("160000000001").values.contains("door"));
    CHECK(house.sub("03000002").values["climate/temperature"] == model::Value(15.0));
    CHECK(house.sub("03000002").values["climate/current_temperature"] == model::Value(22.5));
    CHECK(house.sub("280000000003").values["alarm"] == model::Value(false));
}

TEST_CASE("the recorded msh300hk 4.5.32: 15 valves, and Mts100.All is never answered",
          "[meross][hub][recordings]") {
    if (absent()) return;
    HubHome house("msh300hk.csv");
    CHECK(house.core() == 122);
    CHECK(house.sink.devices.size() == 16);
    for (auto& [id, seen] : house.sink.devices) {
        if (seen.description.via.empty()) continue;
        INFO(id);
        CHECK(seen.availability.online);
        CHECK(seen.values["climate/preset_mode"] == model::Value(std::string("auto")));
        CHECK(std::holds_alternative<double>(seen.values["temperature"]));
        CHECK(std::holds_alternative<double>(seen.values["climate/temperature"]));
        CHECK(seen.values.contains("battery"));
    }
}

TEST_CASE("a hub and its subdevices go and come together, and obey", "[meross][hub][recordings]") {
    if (absent()) return;
    HubHome house("msh300.csv");
    auto& valve = house.sub("01000002");
    const auto command = [&](std::string_view entity, std::string_view part, model::Value value) {
        std::optional<Result<void>> outcome;
        model::Command wish(model::DeviceId("meross_01000002"), entity, part, std::move(value));
        asio::co_spawn(house.io, valve.driver->apply(std::move(wish)),
                       [&](const std::exception_ptr&, Result<void> result) { outcome = std::move(result); });
        house.pass(2s);
        return outcome;
    };
    const std::string off = R"("payload":{"togglex":[{"id":"01000002","onoff":0}]})";
    REQUIRE(house.network.count(off) == 0);
    CHECK(command("climate", "mode", std::string("off")) == Result<void>());
    CHECK(house.network.count(off) == 1);
    house.network.unplug("hub");
    house.pass(120s);
    CHECK_FALSE(valve.availability.online);
    CHECK(valve.availability.reason == model::Reason::hub_offline);
    const auto refused = command("climate", "mode", std::string("heat"));
    REQUIRE(refused);
    CHECK_FALSE(*refused);
    house.network.plug_back("hub");
    house.pass(300s);
    CHECK(valve.availability.online);
    // the hub is taken out, and what is behind it with it
    CHECK(house.integration->remove(model::DeviceId(HubHome::id())));
    CHECK(house.sink.devices.empty());
}
