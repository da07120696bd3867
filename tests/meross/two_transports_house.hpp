#pragma once

#include "meross_house.hpp"

namespace lanbridge::test {

/// Devices that have an address and a broker session; `on_broker` ones learn the address from the device.
struct TwoWayHouse : MerossHouse {
    sim::MerossDevice& move_in(const std::string& host = "10.0.0.5", std::uint64_t number = 1) {
        auto& device = network.plug_in(host, "mss310", right_key, number);
        device.set_address(host);
        sessions.push_back(&broker.join(device));
        return device;
    }
    model::Transport transport(std::uint64_t number = 1) { return seen(number).availability.transport; }
    static std::uint64_t sets(const sim::MerossDevice& device) {
        return device.log().sets("Appliance.Control.ToggleX");
    }
    sim::MqttFaults& faults() { return sessions.at(0)->faults(); }
    std::vector<sim::MqttSession*> sessions;
};

}  // namespace lanbridge::test
