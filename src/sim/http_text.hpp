#pragma once

#include <string>
#include <string_view>

#include "lanbridge/base/error.hpp"
#include "lanbridge/sim/http_server.hpp"

// HTTP as simple devices speak it.
namespace lanbridge::sim {

/// What has arrived so far; `complete` once the whole body is there. Errors: `malformed`, `too_large`.
Result<HttpRequest> parse_http_request(std::string_view input, std::size_t limit);
/// Status line, headers and body, spoilt as `faults` says.
std::string http_response(std::string_view body, const Faults& faults);
/// A SET, or a Multiple with one inside. Encrypted requests cannot be told.
bool carries_set(std::string_view body);

}  // namespace lanbridge::sim
