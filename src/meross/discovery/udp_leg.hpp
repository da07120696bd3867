#pragma once

#include <array>
#include <memory>

#include "lanbridge/net/udp_endpoint.hpp"
#include "meross/discovery/leg.hpp"
#include "meross/discovery/rate_limit.hpp"
#include "meross/discovery/udp_answer.hpp"

namespace lanbridge::meross {

/// Asks everybody by broadcast, and known devices by their addresses, and hears the answers.
class UdpLeg final : public Leg {
public:
    UdpLeg(Context context, const FinderSettings& settings, Report report);

    void start() override;
    void seek() override;
    boost::asio::awaitable<void> scan() override;
    /// The functions of the settings and nothing else, while the leg goes on.
    void refresh(const FinderSettings& settings) { settings_.known_addresses = settings.known_addresses; }

private:
    boost::asio::awaitable<void> listen();
    boost::asio::awaitable<void> ask_in_time();
    void open();
    void query();
    bool send_to(boost::asio::ip::address_v4 target);
    void heard(std::string_view text, boost::asio::ip::address_v4 from);

    FinderSettings settings_;
    net::UdpEndpoint endpoint_;
    Signal wake_;
    RateLimit answers_;
    Clock::time_point next_query_{};
    Clock::time_point last_query_{};
    /// One byte more than an answer may have shows that it is too long.
    std::array<char, max_udp_answer + 1> buffer_{};
};

}  // namespace lanbridge::meross
