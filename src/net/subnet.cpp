#include "lanbridge/net/subnet.hpp"

namespace lanbridge::net {
namespace {

std::uint32_t mask_of(int prefix) { return prefix == 0 ? 0U : ~0U << (32 - prefix); }

}  // namespace

Subnet::Subnet(Address address, int prefix)
    : network_(address.to_uint() & mask_of(prefix)), prefix_(prefix) {}

std::uint64_t Subnet::hosts() const noexcept {
    const auto all = std::uint64_t{1} << (32 - prefix_);
    return prefix_ >= 31 ? all : all - 2;
}

Subnet::Address Subnet::host(std::uint64_t index) const {
    const std::uint64_t first = prefix_ >= 31 ? 0 : 1;
    return Address(network_.to_uint() + static_cast<std::uint32_t>(first + index));
}

bool Subnet::contains(Address address) const noexcept {
    return (address.to_uint() & mask_of(prefix_)) == network_.to_uint();
}

std::string Subnet::text() const { return network_.to_string() + '/' + std::to_string(prefix_); }

}  // namespace lanbridge::net
