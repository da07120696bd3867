#pragma once

#include <array>
#include <string>
#include <string_view>

// What reading and writing JSON text share.
namespace lanbridge::agent::json_bytes {

inline constexpr std::string_view line_separator_lead = "\xe2\x80";  // of U+2028 and U+2029

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_hex(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
constexpr bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Bytes of a string that cannot simply be copied.
inline constexpr std::array<bool, 256> special_bytes = [] {
    std::array<bool, 256> special{};
    for (std::size_t i = 0; i < 0x20; ++i) special[i] = true;
    for (unsigned char c : {'"', '\\', '<', '>', '&'}) special[c] = true;
    special[0xe2] = true;
    return special;
}();
constexpr bool is_special(char c) noexcept { return special_bytes[static_cast<unsigned char>(c)]; }

constexpr char hex_digit(unsigned value) noexcept { return "0123456789abcdef"[value & 15U]; }

inline void append_escape(std::string& out, unsigned code) {
    out.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) out.push_back(hex_digit(code >> shift));
}

/// U+2028 or U+2029 at the beginning of `text`: its last byte, else 0.
inline char separator_at(std::string_view text) noexcept {
    if (text.size() < 3 || !text.starts_with(line_separator_lead)) return 0;
    return text[2] == '\xa8' || text[2] == '\xa9' ? text[2] : '\0';
}
inline void append_separator(std::string& out, char last) {
    append_escape(out, last == '\xa8' ? 0x2028 : 0x2029);
}

}  // namespace lanbridge::agent::json_bytes
