#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "agent/journal.hpp"
#include "agent/zigbee/allow_list.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/base/tally.hpp"

namespace lanbridge::agent {

using boost::asio::ip::tcp;

struct TcpClient {
    TcpClient(tcp::socket s, std::string r) : socket(std::move(s)), remote(std::move(r)) {}
    tcp::socket socket;
    std::string remote;  ///< "192.168.1.123:12345", "[fd00::1]:12345"
};
using TcpClientPtr = std::shared_ptr<TcpClient>;

/// Listens, and keeps who connects until it is their turn. Only those who have sent something are served, in
/// that order: a port scan is no client. What they send meanwhile stays in the kernel.
class WaitingRoom {
public:
    using Moment = TimeSource::Clock::time_point;

    WaitingRoom(Context context, Journal& journal, AllowList allowed);

    /// On all IPv4 and IPv6 addresses; a port that is taken is tried again. 0 = any.
    void start(std::uint16_t port);
    /// The next to be served; null when there was none until `when`.
    asio::awaitable<TcpClientPtr> next(Moment when);
    asio::awaitable<void> stop();

    std::uint16_t port() const noexcept { return port_; }  ///< 0 while not listening
    std::uint64_t refused() const noexcept { return refused_.total(); }

private:
    asio::awaitable<void> listen(std::uint16_t port);
    Result<void> bind(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) const;
    asio::awaitable<void> accept(tcp::acceptor& acceptor);
    void admit(tcp::socket socket);
    asio::awaitable<void> await_first_byte(TcpClientPtr client);
    asio::awaitable<Result<void>> first_byte(TcpClientPtr client);
    bool full();
    std::list<TcpClientPtr>::iterator oldest_silent();
    void drop_gone();

    Context context_;
    Journal& journal_;
    AllowList allowed_;
    tcp::acceptor v4_;
    tcp::acceptor v6_;
    std::uint16_t port_ = 0;
    std::list<TcpClientPtr> silent_;  ///< oldest first
    std::deque<TcpClientPtr> ready_;  ///< have sent something
    Signal arrived_;                  ///< somebody is ready
    Tally refused_;
    Tally accept_failures_;
    Nursery nursery_;
};

}  // namespace lanbridge::agent
