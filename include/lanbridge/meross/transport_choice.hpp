#pragma once

#include <cstdint>

namespace lanbridge::meross {

/// Which transports a device may be reached by: both, by the policy of docs/protocols/meross.md, or one alone.
enum class Protocol : std::uint8_t { automatic, http, mqtt };

}  // namespace lanbridge::meross
