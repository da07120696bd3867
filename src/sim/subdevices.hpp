#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "lanbridge/base/error.hpp"
#include "lanbridge/base/json.hpp"

// What a hub knows of what stands behind it.
namespace lanbridge::sim {

/// The payload of a namespace, to be written to; nullptr when the hub does not have the namespace.
using PayloadOf = std::function<Json*(std::string_view name_space)>;

/// A hub has room for so many.
inline constexpr std::size_t most_subdevices = 16;

/// Writes a subdevice such as `{"id":"160000000001","type":"ms200","open":0}` into the digest and into every
/// namespace that shows it. Errors: `malformed`, `busy` when the id is known, `overflow` when there is no
/// room.
Result<void> add_subdevice(const Json& made_up, std::int64_t now, Json& digest_hub, const PayloadOf& payload);

/// What a hub without subdevices shows in its digest.
Json empty_hub();

}  // namespace lanbridge::sim
