#include "agent/cache/crc.hpp"

namespace lanbridge::agent {

std::uint32_t crc_koopman(std::uint32_t seed, std::string_view text) noexcept {
    constexpr std::uint32_t reflected_polynomial = 0xEB31D82E;
    // Without a table: keys are made of some 25 bytes, a few times a minute.
    std::uint32_t state = ~seed;
    for (const char c : text) {
        state ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit)
            state = (state >> 1U) ^ ((state & 1U) != 0 ? reflected_polynomial : 0U);
    }
    return ~state;
}

}  // namespace lanbridge::agent
