#pragma once

#include <string_view>

#include "lanbridge/meross/protocol/multiple.hpp"

// A request that failed on one transport may have been executed all the same: only its answer was lost. What
// that means for sending it again on the other one. Facts: docs/protocols/meross.md, "Two transports".
namespace lanbridge::meross {

/// A SET of this namespace starts something anew each time.
bool is_event(std::string_view name_space) noexcept;
/// False for what must never happen twice: relative changes, what starts something anew, pushes of ours, and
/// what cannot be read back first.
bool may_repeat(const Request& request);
/// The GET that shows whether a SET has taken effect.
Request read_before_repeating(const Request& set);
/// Every member that was wanted is there with its value; list entries are matched by channel or id.
bool already_so(const Json& wanted, const Json& actual);

}  // namespace lanbridge::meross
