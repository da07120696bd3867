#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "meross/device/facts.hpp"

// Who owns a ToggleX channel. A device lists more channels there than it has switches: a channel that is a
// light's on/off, a fan's or a door's is theirs. Facts: docs/protocols/meross.md.
namespace lanbridge::meross {

/// Channels below a digest key, ascending, each once; nothing when the digest does not have the key.
std::optional<std::vector<int>> digest_channels(const Facts& facts, std::string_view key);

/// ToggleX channels that are the on/off of a light.
std::vector<int> channels_owned_by_lights(const Facts& facts);
std::vector<int> channels_owned_by_fans(const Facts& facts);
/// Doors, and channel 0 of an opener with several doors, which has no meaning there.
std::vector<int> channels_owned_by_garage_doors(const Facts& facts);
/// A shutter lists ToggleX and has nothing to switch.
bool owned_by_shutter(const Facts& facts);

/// Every ToggleX channel that another feature owns.
std::vector<int> owned_toggle_channels(const Facts& facts);

/// Subdevices stand behind it; it has none of their namespaces' features itself.
bool is_hub(const Facts& facts);
/// Whether a type is a wall switch rather than a plug.
bool is_wall_switch(std::string_view type) noexcept;
/// Whether a type is a plug or strip: something is plugged into it.
bool is_plug(std::string_view type) noexcept;
/// An energy monitor of the em family.
bool is_energy_monitor(std::string_view type) noexcept;

}  // namespace lanbridge::meross
