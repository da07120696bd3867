#pragma once

#include <array>

#include "lanbridge/net/packet_socket.hpp"
#include "meross/discovery/dhcp_watch.hpp"
#include "meross/discovery/leg.hpp"
#include "meross/discovery/rate_limit.hpp"

namespace lanbridge::meross {

/// Hears devices ask for their address, wherever the DHCP server is.
class DhcpLeg final : public Leg {
public:
    DhcpLeg(Context context, const FinderSettings& settings, Report report);
    void start() override;
    /// The functions of the settings and nothing else, while the leg goes on.
    void refresh(const FinderSettings& settings) { is_known_ = settings.is_known_mac; }

private:
    boost::asio::awaitable<void> listen();
    boost::asio::awaitable<void> tell_in_time();
    /// False: the capability is missing, which trying again does not change.
    bool open();
    boost::asio::awaitable<void> receive();
    void heard(ByteSpan datagram);

    std::function<bool(const std::string&)> is_known_;
    net::PacketSocket socket_;
    DhcpWatch watch_;
    Signal wake_;
    RateLimit messages_;
    bool open_ = false;
    std::array<std::uint8_t, 2048> buffer_{};
};

}  // namespace lanbridge::meross
