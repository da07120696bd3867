#pragma once

#include "agent/journal.hpp"
#include "agent/zigbee/waiting_room.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/net/serial_port.hpp"

namespace lanbridge::agent {

/// Why bytes are no longer passed on.
struct PassEnd {
    enum class What { client_left, client_stalled, chip_stalled, chip_gone };
    PassEnd() = default;
    PassEnd(What w, std::string t) : what(w), text(std::move(t)) {}
    What what = What::client_left;
    std::string text;
};

/// Copies bytes both ways until one side ends. Nothing is kept: what one side does not take stays with the
/// other, at most 256 bytes are under way.
asio::awaitable<PassEnd> pass_through(Context context, Journal& journal, TcpClientPtr client,
                                      net::SerialPort& port);

}  // namespace lanbridge::agent
