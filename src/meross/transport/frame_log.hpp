#pragma once

#include <string>
#include <string_view>

#include "lanbridge/base/json.hpp"

namespace lanbridge::meross {

/// A frame as it may be logged: the payload without the header, which carries the signature; cut where it is
/// long, and hidden where it carries a key, a Wi-Fi password or an identity.
std::string shown_payload(std::string_view name_space, const Json& payload);

}  // namespace lanbridge::meross
