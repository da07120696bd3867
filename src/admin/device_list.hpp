#pragma once

#include <functional>
#include <string>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/json.hpp"
#include "lanbridge/registry/registry.hpp"

namespace lanbridge::admin {

/// One element of `bridge/devices`.
OrderedJson device_entry(const registry::Device& device, bool with_entities);
/// A find that cannot be used yet: `id` is null.
OrderedJson candidate_entry(const model::Candidate& candidate);
/// See `Hooks::unknown`; may be empty.
using UnknownOf = std::function<Json(const model::DeviceId&)>;
/// The payload of `bridge/devices`. Gives way to other work in between: with thousands of devices it takes
/// long.
asio::awaitable<std::string> device_list(const registry::Registry& registry, UnknownOf unknown_of);

struct Counts {
    std::size_t devices = 0;
    std::size_t online = 0;
    std::size_t entities = 0;
    std::size_t candidates = 0;
};
/// Without the bridge's own device.
Counts count(const registry::Registry& registry);

}  // namespace lanbridge::admin
