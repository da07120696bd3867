#pragma once

#include <cstdint>
#include <optional>

#include "meross/device/poll_schedule.hpp"

// What is kept of a device beyond the process.
namespace lanbridge::meross {

/// What it is, without secrets and addresses.
void remember_facts(model::Memory& store, const model::DeviceId& id, const Facts& facts);
std::optional<Facts> recall_facts(const model::Memory& store, const model::DeviceId& id);

/// A device that is off line at the next start shall have the entities that its answers have shown.
void remember_answers(model::Memory& store, const model::DeviceId& id, const PollSchedule& schedule);

}  // namespace lanbridge::meross
