#pragma once

#include <algorithm>
#include <array>
#include <boost/asio/ip/address_v4.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lanbridge::test {

/// A DHCP message in UDP in IPv4, as a packet socket hands it over. By default the request of a device.
struct DhcpPacket {
    /// IP, UDP, BOOTP, magic.
    static constexpr std::size_t up_to_options = 20 + 8 + 236 + 4;

    std::array<std::uint8_t, 6> mac{0x48, 0xe1, 0xe9, 0x01, 0x02, 0x03};
    std::uint8_t type = 3;  // REQUEST
    std::optional<std::string> requested = "192.168.1.77";
    std::string client = "0.0.0.0";
    std::string yours = "0.0.0.0";

    std::vector<std::uint8_t> bytes() const {
        std::vector<std::uint8_t> out(up_to_options);
        out[0] = 0x45;
        out[9] = 17;
        out[20 + 3] = 67;  // to
        const auto bootp = out.begin() + 28;
        bootp[0] = 1;
        bootp[1] = 1;
        bootp[2] = 6;
        put(bootp + 12, client);
        put(bootp + 16, yours);
        std::copy(mac.begin(), mac.end(), bootp + 28);
        constexpr std::array<std::uint8_t, 4> magic{0x63, 0x82, 0x53, 0x63};
        std::copy(magic.begin(), magic.end(), bootp + 236);
        out.insert(out.end(), {0, 0, 12, 4, 'p', 'l', 'u', 'g', 53, 1, type});  // padding, host name, type
        if (requested) {
            out.insert(out.end(), {50, 4, 0, 0, 0, 0});
            put(out.end() - 4, *requested);
        }
        out.push_back(255);
        put_length(out, 2, out.size());
        put_length(out, 20 + 4, out.size() - 20);
        return out;
    }

private:
    using Place = std::vector<std::uint8_t>::iterator;
    static void put(Place at, const std::string& address) {
        const auto raw = boost::asio::ip::make_address_v4(address).to_bytes();
        std::copy(raw.begin(), raw.end(), at);
    }
    static void put_length(std::vector<std::uint8_t>& out, std::size_t at, std::size_t length) {
        out[at] = static_cast<std::uint8_t>(length / 256);
        out[at + 1] = static_cast<std::uint8_t>(length % 256);
    }
};

}  // namespace lanbridge::test
