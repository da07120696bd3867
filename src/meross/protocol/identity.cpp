// Who a message is from and where its topics are.
#include <algorithm>

#include "lanbridge/meross/protocol/message.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::size_t uuid_digits = 32;
constexpr std::size_t mac_digits = 12;

std::string_view trim(std::string_view text) noexcept {
    constexpr std::string_view blanks = " \t\r\n";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool is_hex(char c) noexcept { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

}  // namespace

Result<Uuid> parse_uuid(std::string_view text) {
    std::string digits(trim(text));
    for (char& c : digits)
        if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    if (digits.size() != uuid_digits || !std::ranges::all_of(digits, is_hex))
        return Error(Errc::invalid_value, "a device's uuid has 32 hex digits, this one is \"" +
                                              std::string(text.substr(0, 64)) + '"');
    return Uuid(std::move(digits));
}

std::string mac_digits_of(const Uuid& uuid) {
    const auto& digits = uuid.value();
    return digits.size() < mac_digits ? std::string() : digits.substr(digits.size() - mac_digits);
}

std::string mac_of(const Uuid& uuid) {
    const auto digits = mac_digits_of(uuid);
    std::string mac;
    mac.reserve(mac_digits + 5);
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        if (i > 0) mac += ':';
        mac.append(digits, i, 2);
    }
    return mac;
}

std::optional<Uuid> sender_of(const Header& header) {
    std::string_view text = header.uuid;
    if (text.empty()) {
        // the text between the second and the third slash of "/appliance/<uuid>/publish"
        const std::string_view from = header.from;
        const auto second = from.find('/', 1);
        if (!from.starts_with('/') || second == std::string_view::npos) return std::nullopt;
        const auto third = from.find('/', second + 1);
        if (third == std::string_view::npos) return std::nullopt;
        text = from.substr(second + 1, third - second - 1);
    }
    if (auto uuid = parse_uuid(text)) return *std::move(uuid);
    return std::nullopt;
}

std::string request_topic(const Uuid& uuid) { return "/appliance/" + uuid.value() + "/subscribe"; }
std::string publish_topic(const Uuid& uuid) { return "/appliance/" + uuid.value() + "/publish"; }

}  // namespace lanbridge::meross
