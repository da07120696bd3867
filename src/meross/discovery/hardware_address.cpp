#include "meross/discovery/hardware_address.hpp"

#include <algorithm>
#include <array>

namespace lanbridge::meross {
namespace {

constexpr std::size_t digits = 12;
/// The last one is a quarter of a block that several vendors share.
constexpr std::array<std::string_view, 3> vendor_prefixes{"48:e1:e9:", "c4:e7:ae:", "34:29:8f:1"};

char hex_digit(char c) {
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) return c;
    return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : '\0';
}

}  // namespace

std::optional<std::string> normal_mac(std::string_view text) {
    std::string out;
    std::size_t found = 0;
    for (const char c : text) {
        if (c == ':' || c == '-' || c == '.') continue;
        const char digit = hex_digit(c);
        if (digit == '\0' || found == digits) return std::nullopt;
        if (found > 0 && found % 2 == 0) out += ':';
        out += digit;
        ++found;
    }
    if (found != digits) return std::nullopt;
    return out;
}

bool is_vendor_mac(std::string_view mac) {
    return std::ranges::any_of(vendor_prefixes, [&](auto prefix) { return mac.starts_with(prefix); });
}

}  // namespace lanbridge::meross
