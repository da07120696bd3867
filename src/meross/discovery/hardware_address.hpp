#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lanbridge::meross {

/// Any usual spelling of a MAC address as lower case with colons; nothing for anything else.
std::optional<std::string> normal_mac(std::string_view text);
/// One of the vendor's own ranges. `mac` is in its normal form.
bool is_vendor_mac(std::string_view mac);

}  // namespace lanbridge::meross
