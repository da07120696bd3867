#include "agent/address.hpp"

#include <array>
#include <string_view>

namespace lanbridge::agent {
namespace {

struct Name {
    Address address;
    std::string_view text;
};
constexpr std::array names{Name{-1, "mqtt"},       Name{0, "cloud"},    Name{1, "hardware"},
                           Name{2, "bluetooth"},   Name{4, "zigbee"},   Name{8, "homekit"},
                           Name{16, "automation"}, Name{32, "gateway"}, Name{128, "central"}};

}  // namespace

std::string address_name(Address address) {
    for (const auto& name : names)
        if (name.address == address) return std::string(name.text);
    return std::to_string(address);
}

}  // namespace lanbridge::agent
