#pragma once

#include <cstdint>
#include <string_view>

namespace lanbridge::agent {

/// CRC-32/Koopman, least significant bit first. Of no text it is the seed.
std::uint32_t crc_koopman(std::uint32_t seed, std::string_view text) noexcept;

}  // namespace lanbridge::agent
