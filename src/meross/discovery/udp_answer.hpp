#pragma once

#include <array>
#include <boost/asio/ip/address_v4.hpp>
#include <string>
#include <string_view>

#include "lanbridge/base/error.hpp"
#include "lanbridge/meross/sighting.hpp"

// What is said on UDP, without a socket. Facts: docs/protocols/meross.md, "Discovery".
namespace lanbridge::meross {

/// Longer answers are no answers: real ones are below 500 bytes.
inline constexpr std::size_t max_udp_answer = 4096;

/// Who asks; devices of the two brands listen to different ones.
inline constexpr std::array<std::string_view, 2> query_ids{
    "49f33d8a2de2f2089ccf45ba8cdd4440",  // Meross
    "48cbd88f969eb3c486085cfe7b5eb1e4",  // Refoss
};
/// `{"id":"…","devName":"*"}`: everybody shall answer.
std::string udp_query(std::string_view id);

/// An answer, and whether it says something of itself that is not so.
struct UdpAnswer {
    explicit UdpAnswer(Sighting s) : sighting(std::move(s)) {}
    Sighting sighting;
    bool contradicts_itself = false;  ///< another address than the sender's, or a MAC that is not the uuid's
};
/// `sender` is where it came from and where the device is taken to be, whatever the answer says.
/// Errors: `malformed`, `too_large`.
Result<UdpAnswer> parse_udp_answer(std::string_view text, boost::asio::ip::address_v4 sender);

/// A host can have it: neither nobody, nor everybody, nor a group.
bool is_host_address(boost::asio::ip::address_v4 address);

}  // namespace lanbridge::meross
