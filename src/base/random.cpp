#include "lanbridge/base/random.hpp"

#include <array>
#include <cstring>

#include "lanbridge/base/bytes.hpp"

namespace lanbridge {

std::string Random::hex(std::size_t bytes) {
    std::string raw(bytes, '\0');
    fill({reinterpret_cast<std::uint8_t*>(raw.data()), raw.size()});
    return to_hex(as_bytes(raw));
}

double Random::unit() {
    std::array<std::uint8_t, 8> raw{};
    fill(raw);
    std::uint64_t bits{};
    std::memcpy(&bits, raw.data(), sizeof bits);
    return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

void SeededRandom::fill(std::span<std::uint8_t> bytes) {
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(engine_());
}

}  // namespace lanbridge
