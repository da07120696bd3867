#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lanbridge::agent {

/// What the cache remembers.
enum class Kept { device, product, home };

/// The number it is remembered under, made of the text of what was asked; nothing where that is not what
/// this kind is asked with.
std::optional<std::uint32_t> key_of(Kept kind, std::string_view asked);

/// Whether what was found under that key really is about what was asked: the kinds share the 32 bits, and a
/// device's key covers its address only where that comes first. Another device's keys are worse than none.
bool fits(Kept kind, std::string_view asked, std::string_view found);

}  // namespace lanbridge::agent
