#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lanbridge/meross/protocol/message.hpp"

namespace lanbridge::meross {

/// What the vendor's cloud would answer a device that is bound to a private broker, and without which it
/// would hang up or go back to pairing: Bind, Clock and ConsumptionConfig. Nothing for any other message. The
/// text goes to the device's request topic. `key` signs the acknowledgement of Bind; the others carry the
/// device's own signature. Pure. Facts: docs/protocols/meross.md, "Broker agent".
std::optional<std::string> agent_answer(const Message& message, const Uuid& sender, const Secret& key,
                                        std::int64_t now_s);

/// Says that a device is leaving its broker: no state, and nothing that shows it to be there.
bool is_farewell(const Message& message);

}  // namespace lanbridge::meross
