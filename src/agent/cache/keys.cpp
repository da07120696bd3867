#include "agent/cache/keys.hpp"

#include <algorithm>

#include "agent/cache/crc.hpp"
#include "agent/json/json_text.hpp"

namespace lanbridge::agent {
namespace {

constexpr std::uint32_t device_seed = 1;
constexpr std::uint32_t product_seed = 2;
constexpr std::uint32_t home_key = 3;

/// `{"mac":"AA:BB:CC:DD:EE:FF`: how much of a device's text its key is made of.
constexpr std::size_t device_key_length = 25;
constexpr std::string_view mac_in_front = R"({"mac":")";

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool same_but_for_case(std::string_view one, std::string_view other) noexcept {
    return std::ranges::equal(one, other, {}, lower, lower);
}

bool has(std::string_view object, std::string_view member) { return !member_of(object, member).empty(); }

bool is_device(std::string_view asked, std::string_view found) {
    const auto mac = member_of(found, "mac");
    if (!mac.empty()) return same_but_for_case(mac, member_of(asked, "mac"));
    return asked.starts_with(mac_in_front) && !has(found, "upRule");
}

bool is_product(std::string_view asked, std::string_view found) {
    const auto pdid = member_of(found, "pdid");
    return !has(found, "mac") && (pdid.empty() || pdid == member_of(asked, "pdid"));
}

}  // namespace

std::optional<std::uint32_t> key_of(Kept kind, std::string_view asked) {
    if (kind == Kept::home) return home_key;
    if (kind_of(asked) != JsonKind::object) return std::nullopt;
    if (kind == Kept::product) return crc_koopman(product_seed, asked);
    if (asked.size() < device_key_length) return std::nullopt;
    return crc_koopman(device_seed, asked.substr(0, device_key_length));
}

bool fits(Kept kind, std::string_view asked, std::string_view found) {
    if (kind_of(found) != JsonKind::object) return false;
    if (kind == Kept::device) return is_device(asked, found);
    if (kind == Kept::product) return is_product(asked, found);
    return !has(found, "mac") && !has(found, "pdid");
}

}  // namespace lanbridge::agent
