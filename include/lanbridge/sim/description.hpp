#pragma once

#include <span>
#include <string>
#include <string_view>

#include "lanbridge/base/error.hpp"
#include "lanbridge/sim/blueprint.hpp"

namespace lanbridge::sim {

/// A device description that is part of the program; also installed to share/lanbridge/simulated.
struct BuiltinDescription {
    std::string_view name;
    std::string_view text;
};
std::span<const BuiltinDescription> builtin_descriptions() noexcept;

/// A device description of our own; docs/simulation.md lists its members.
/// Errors: `malformed` with the member at fault.
Result<Blueprint> parse_description(std::string_view text, std::string_view name);
/// Errors: `not_found`.
Result<SharedBlueprint> builtin_blueprint(std::string_view name);
/// Reads a description or a recording, whichever the file is. Errors: `io`, `too_large`, `malformed`.
Result<SharedBlueprint> read_blueprint(const std::string& path);

}  // namespace lanbridge::sim
