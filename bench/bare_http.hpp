#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <string>
#include <string_view>

namespace lanbridge::bench {

/// One POST /config with Beast on a connection of its own, with the header that lanbridge sends: no checks,
/// no deadline, no look at the answer. Its status, or 0 when nothing came.
boost::asio::awaitable<unsigned> bare_exchange(boost::asio::ip::tcp::endpoint device, std::string body);

/// A signed request as a poll sends it: GET Appliance.Control.Electricity.
std::string electricity_request(std::string_view key);

}  // namespace lanbridge::bench
