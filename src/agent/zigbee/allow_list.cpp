#include "agent/zigbee/allow_list.hpp"

#include <algorithm>
#include <charconv>

namespace lanbridge::agent {
namespace {

constexpr unsigned mapped_prefix = 96;  // of ::ffff:0:0/96

bool read_number(std::string_view text, unsigned& out) {
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), out);
    return ec == std::errc() && end == text.data() + text.size();
}

template <class Bytes>
bool same_network(const Bytes& a, const Bytes& b, unsigned prefix) {
    const auto whole = prefix / 8;
    if (!std::equal(a.begin(), a.begin() + whole, b.begin())) return false;
    if (prefix % 8 == 0) return true;
    return ((a[whole] ^ b[whole]) >> (8 - prefix % 8)) == 0;
}

}  // namespace

AllowList::Bytes AllowList::bytes_of(const Address& address) noexcept {
    if (address.is_v6()) return address.to_v6().to_bytes();
    Bytes bytes{};
    bytes[10] = bytes[11] = 0xFF;
    const auto four = address.to_v4().to_bytes();
    std::copy(four.begin(), four.end(), bytes.begin() + 12);
    return bytes;
}

Result<void> AllowList::add(std::string_view text) {
    everybody_ = false;
    const auto slash = text.find('/');
    error_code ec;
    const auto address = boost::asio::ip::make_address(std::string(text.substr(0, slash)), ec);
    const unsigned longest = address.is_v4() ? 32 : 128;
    unsigned prefix = longest;
    const bool readable = !ec && (slash == text.npos || read_number(text.substr(slash + 1), prefix));
    if (!readable || prefix > longest)
        return Error(Errc::invalid_value,
                     "\"" + std::string(text) + "\" is no network such as 192.168.1.0/24");
    Network network{bytes_of(address), address.is_v4() ? prefix + mapped_prefix : prefix};
    networks_.push_back(network);
    return {};
}

bool AllowList::allows(const Address& address) const noexcept {
    if (everybody_) return true;
    const auto bytes = bytes_of(address);
    return std::any_of(networks_.begin(), networks_.end(), [&bytes](const Network& network) {
        return same_network(network.address, bytes, network.prefix);
    });
}

}  // namespace lanbridge::agent
