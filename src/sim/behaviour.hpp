#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/inside.hpp"

namespace lanbridge::sim {

/// What a device says to a SET: the payload of its SETACK, or nothing, which is ERROR 5000.
using Answer = std::optional<Json>;

/// What one part of a device does by itself and how it obeys: a motor, a thermostat, a lamp. Free of clocks
/// of its own; `advance` is called whenever somebody asks, and about once a second.
class Behaviour {
public:
    virtual ~Behaviour() = default;
    /// Nothing: not its business, the device treats it as it treats every setting.
    virtual std::optional<Answer> set(Inside&, std::string_view /*name_space*/, const Json& /*payload*/) {
        return {};
    }
    /// A setting was changed in the usual way.
    virtual void changed(Inside&, std::string_view /*name_space*/) {}
    virtual void advance(Inside&) {}
    /// Something happens in the room. False when it is nothing that this part knows.
    virtual bool happen(Inside&, std::string_view /*event*/, const Json& /*details*/) { return false; }
};

using Behaviours = std::vector<std::unique_ptr<Behaviour>>;
/// Those of the parts that the device has; none for a plug.
Behaviours behaviours_of(const Blueprint& blueprint);

std::unique_ptr<Behaviour> make_appliances(const Blueprint& blueprint);
std::unique_ptr<Behaviour> make_garage_doors(const Blueprint& blueprint);
std::unique_ptr<Behaviour> make_hub(const Blueprint& blueprint);
std::unique_ptr<Behaviour> make_hub_sensors(const Blueprint& blueprint);
std::unique_ptr<Behaviour> make_hvac_thermostat(const Blueprint& blueprint);
std::unique_ptr<Behaviour> make_lamp(const Blueprint& blueprint);
std::unique_ptr<Behaviour> make_presence(const Blueprint& blueprint);
std::unique_ptr<Behaviour> make_shutter(const Blueprint& blueprint);
std::unique_ptr<Behaviour> make_socket_thermostat(const Blueprint& blueprint);
std::unique_ptr<Behaviour> make_thermostat(const Blueprint& blueprint);
std::unique_ptr<Behaviour> make_valves(const Blueprint& blueprint);

}  // namespace lanbridge::sim
