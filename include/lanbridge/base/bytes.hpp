#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/error.hpp"

namespace lanbridge {

using ByteSpan = std::span<const std::uint8_t>;
using Bytes = std::vector<std::uint8_t>;

inline ByteSpan as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteSpan bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string to_hex(ByteSpan bytes);
/// Errors: `malformed` for an odd length or anything but hex digits.
Result<Bytes> from_hex(std::string_view text);

/// RFC 4648, standard alphabet with padding, no line breaks.
std::string to_base64(ByteSpan bytes);
/// Errors: `malformed`.
Result<Bytes> from_base64(std::string_view text);

}  // namespace lanbridge
