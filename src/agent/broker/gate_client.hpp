#pragma once

#include <algorithm>
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <string>

#include "lanbridge/base/time.hpp"

namespace lanbridge::agent {

/// One client of the LAN at the gate: its two connections, and until when what may happen.
struct GateClient {
    using Moment = TimeSource::Clock::time_point;
    static constexpr Moment never = Moment::max();

    GateClient(asio::ip::tcp::socket from_lan, std::string name)
        : lan(std::move(from_lan)),
          broker(lan.get_executor()),
          pause(lan.get_executor(), never),
          remote(std::move(name)) {}

    /// Whatever it waits for ends, too.
    void close() {
        error_code ignored;
        lan.close(ignored);
        broker.close(ignored);
        pause.cancel();
    }
    Moment deadline() const { return std::min({phase, to_broker, to_lan}); }

    asio::ip::tcp::socket lan;
    asio::ip::tcp::socket broker;
    asio::steady_timer pause;
    std::string remote;
    std::string greeting;      ///< read before the broker may hear it
    unsigned level = 0;        ///< of its MQTT, once known
    Moment phase = never;      ///< greeting, farewell
    Moment to_broker = never;  ///< while a write waits
    Moment to_lan = never;
};

}  // namespace lanbridge::agent
