#pragma once

#include <cstdint>
#include <string>

namespace lanbridge::agent {

/// Who takes part in miIO traffic. Apps have single bits, so that `_to` can be a mask of several; one app may
/// own several bits.
using Address = std::int32_t;

/// One connection of a vendor's app. Numbers are not used twice in a process's life.
using Connection = std::uint32_t;

inline constexpr Address mqtt_address = -1;
inline constexpr Address cloud_address = 0;
inline constexpr Address bluetooth_address = 2;
inline constexpr Address central_address = 128;

/// As it stands in the log: "bluetooth", "cloud", or the number where no name is known.
std::string address_name(Address address);

}  // namespace lanbridge::agent
