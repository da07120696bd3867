#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/inside.hpp"

// Where a hub writes down what its subdevices tell.
namespace lanbridge::sim {

inline constexpr std::string_view sensor_all_ns = "Appliance.Hub.Sensor.All";
inline constexpr std::string_view valve_all_ns = "Appliance.Hub.Mts100.All";
inline constexpr std::string_view hub_online_ns = "Appliance.Hub.Online";

/// Writes `patch` into the item of a subdevice, where the hub shows one. False where it does not.
bool note(Inside& in, std::string_view name_space, std::string_view key, const std::string& id,
          const Json& patch);
/// The same in the digest.
void note_digest(Inside& in, const std::string& id, const Json& patch);

/// The digest's entry; nullptr when there is no such subdevice.
const Json* subdevice(const Inside& in, const std::string& id);
bool reachable(const Inside& in, const std::string& id);
/// All subdevices whose digest has this member, which tells their type.
std::vector<std::string> subdevices_with(const Inside& in, std::string_view member);

}  // namespace lanbridge::sim
