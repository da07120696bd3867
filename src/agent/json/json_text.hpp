#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/error.hpp"

// JSON as text: what passes through the agent keeps the spelling of its numbers and the order of its nested
// members, so values are never parsed into numbers and maps but scanned, compacted and cut.
namespace lanbridge::agent {

/// Deeper nesting is refused; real messages need about 6 levels.
inline constexpr int max_depth = 128;

/// One JSON value without white space; `<` `>` `&` and U+2028/2029 become \u escapes. Nothing else changes.
/// Errors: `malformed`, or `truncated` where the text ends too early, `where` being the sentence that
/// openmiio_agent's users know ("invalid character 'x' after top-level value").
Result<std::string> compact_json(std::string_view text);

/// Where a member of an object is in a compact text: its key without the quotes, escapes not decoded, and its
/// value.
struct MemberPlace {
    std::uint32_t key = 0;
    std::uint32_t key_size = 0;
    std::uint32_t value = 0;
    std::uint32_t value_size = 0;
};
/// The same; where `text` is an object, its members are appended to `places` in their order.
Result<std::string> compact_json(std::string_view text, std::vector<MemberPlace>& places);

/// What `compact_json` returned may be cut by these; each also takes such text's parts.
enum class JsonKind { object, array, string, number, boolean, null };
JsonKind kind_of(std::string_view compact) noexcept;

/// Calls with each member: the key as it stands between the quotes (escapes not decoded) and the value's
/// text.
void for_each_member(std::string_view object,
                     const std::function<void(std::string_view raw_key, std::string_view value)>& visit);
void for_each_element(std::string_view array, const std::function<void(std::string_view value)>& visit);
/// The last member of that key, "" where there is none or `object` is no object.
std::string_view member_of(std::string_view object, std::string_view key);

/// A string in quotes, escaped as `compact_json` does; bytes that are no UTF-8 become U+FFFD.
std::string quote(std::string_view text);
/// The text that a quoted string stands for; lone surrogates and bytes that are no UTF-8 become U+FFFD.
std::string unquote(std::string_view quoted);

/// The number that openmiio_agent reads from a value: plain decimal digits, 32 bits with wrap-around;
/// anything else is 0.
std::int32_t plain_int(std::string_view value) noexcept;
/// An integer in range, or false: signs are allowed, exponents and fractions are not.
bool read_int(std::string_view value, std::int64_t& out) noexcept;

}  // namespace lanbridge::agent
