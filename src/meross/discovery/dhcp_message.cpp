#include "meross/discovery/dhcp_message.hpp"

#include <algorithm>
#include <array>

#include "meross/discovery/hardware_address.hpp"

namespace lanbridge::meross {
namespace {

using Address = boost::asio::ip::address_v4;

constexpr std::size_t shortest_ip_header = 20;
constexpr std::size_t udp_header = 8;
constexpr std::size_t bootp_header = 236;
constexpr std::array<std::uint8_t, 4> magic{0x63, 0x82, 0x53, 0x63};
constexpr std::size_t hardware_length = 6;  // of Ethernet and Wi-Fi

// places within BOOTP
constexpr std::size_t at_hardware_type = 1, at_hardware_length = 2, at_client_address = 12,
                      at_your_address = 16, at_hardware_address = 28;
constexpr std::uint8_t option_pad = 0, option_requested_address = 50, option_message_type = 53,
                       option_end = 255;

Error malformed(const char* what) { return Error(Errc::malformed, what); }

unsigned word(ByteSpan bytes, std::size_t at) { return bytes[at] * 256U + bytes[at + 1]; }

std::optional<Address> address_at(ByteSpan bytes, std::size_t at) {
    Address::bytes_type raw{};
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), raw.size(), raw.begin());
    const Address address(raw);
    if (address.is_unspecified()) return std::nullopt;
    return address;
}

/// What UDP carries.
Result<ByteSpan> udp_payload(ByteSpan datagram) {
    constexpr std::uint8_t udp = 17;
    if (datagram.size() < shortest_ip_header || datagram[0] >> 4 != 4) return malformed("not IPv4");
    const std::size_t header = (datagram[0] & 0x0fU) * 4U;
    const std::size_t total = std::min<std::size_t>(word(datagram, 2), datagram.size());
    if (header < shortest_ip_header || total < header + udp_header || datagram[9] != udp)
        return malformed("not UDP");
    const std::size_t announced = word(datagram, header + 4);
    if (announced < udp_header) return malformed("UDP length");
    return datagram.subspan(header + udp_header, std::min(announced, total - header) - udp_header);
}

struct Options {
    std::uint8_t type = 0;
    std::optional<Address> requested;
};

Result<Options> read_options(ByteSpan rest) {
    Options options;
    for (std::size_t at = 0; at < rest.size() && rest[at] != option_end;) {
        const auto code = rest[at++];
        if (code == option_pad) continue;
        if (at == rest.size()) return malformed("an option without a length");
        const std::size_t length = rest[at++];
        if (length > rest.size() - at) return malformed("an option beyond the end");
        if (code == option_message_type && length == 1) options.type = rest[at];
        if (code == option_requested_address && length == 4) options.requested = address_at(rest, at);
        at += length;
    }
    return options;
}

}  // namespace

Result<DhcpMessage> parse_dhcp_datagram(ByteSpan datagram) {
    const auto payload = udp_payload(datagram);
    if (!payload) return payload.error();
    const ByteSpan bootp = *payload;
    if (bootp.size() < bootp_header + magic.size()) return malformed("shorter than BOOTP");
    if (!std::ranges::equal(bootp.subspan(bootp_header, magic.size()), magic)) return malformed("not DHCP");
    constexpr std::uint8_t ethernet = 1;
    if (bootp[at_hardware_type] != ethernet || bootp[at_hardware_length] != hardware_length)
        return malformed("no Ethernet address");
    const auto options = read_options(bootp.subspan(bootp_header + magic.size()));
    if (!options) return options.error();
    if (options->type < 1 || options->type > static_cast<int>(DhcpMessage::Type::inform))
        return malformed("no message type");

    DhcpMessage message;
    message.type = static_cast<DhcpMessage::Type>(options->type);
    const auto hardware = to_hex(bootp.subspan(at_hardware_address, hardware_length));
    message.mac = normal_mac(hardware).value_or("");
    const bool from_server = message.type == DhcpMessage::Type::ack;
    message.address = from_server ? address_at(bootp, at_your_address) : options->requested;
    // A renewal names the address that the client has; so does what it only wants to know more about.
    if (!message.address) message.address = address_at(bootp, at_client_address);
    return message;
}

}  // namespace lanbridge::meross
