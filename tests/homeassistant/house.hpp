#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "lanbridge/homeassistant/homeassistant.hpp"
#include "support/ha_standin.hpp"
#include "support/virtual_time.hpp"

namespace lanbridge::test {

/// A device that obeys and confirms, and writes down what it was told.
class FakeDriver final : public model::DeviceDriver {
public:
    FakeDriver(registry::Registry& registry, model::DeviceId id) : registry_(registry), id_(std::move(id)) {}
    asio::awaitable<Result<void>> apply(model::Command command) override;
    void refresh() override { ++refreshes; }

    std::vector<model::Command> commands;
    std::optional<Error> failure;
    int refreshes = 0;

private:
    registry::Registry& registry_;
    model::DeviceId id_;
};

model::DeviceDescription metering_plug(const std::string& id = "meross_48e1e9aabbcc",
                                       const std::string& name = "Desk plug");
model::DeviceDescription bridge_device();
/// One entity of every component, with every part that has a name in the contract.
model::DeviceDescription everything();
/// Behind the plug, as if that were a hub.
model::DeviceDescription subdevice();
std::vector<model::DeviceDescription> all_fixtures();

/// A house: registry, bridge, broker and Home Assistant, on a virtual clock.
class House {
public:
    explicit House(homeassistant::Settings settings = homeassistant::Settings());
    ~House();

    FakeDriver& add(const model::DeviceDescription& description, bool read = true);
    void connect();
    void disconnect();
    /// The daemon ends and a new one starts; devices have to be added again.
    void restart_bridge(homeassistant::Settings settings = homeassistant::Settings());
    /// Lets time pass and messages travel.
    void pass(std::chrono::milliseconds time);

    asio::io_context io;
    VirtualTime time{io};
    SeededRandom random{7};
    FakeBroker broker;
    FakeHomeAssistant ha{broker};
    std::unique_ptr<registry::Registry> registry;
    std::unique_ptr<homeassistant::HomeAssistant> bridge;
    std::vector<std::unique_ptr<FakeDriver>> drivers;
    std::set<std::string> known;  ///< configured or remembered
    std::vector<std::string> errors;

private:
    void build(homeassistant::Settings settings);
    void end_bridge();
};

}  // namespace lanbridge::test
