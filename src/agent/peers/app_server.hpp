#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "agent/address.hpp"
#include "agent/journal.hpp"
#include "agent/peers/packet_peer.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/base/tally.hpp"

namespace lanbridge::agent {

/// The socket that the vendor's apps connect to in place of miio_agent's: connections and datagrams, without
/// a look into them.
class AppServer {
public:
    /// A gateway has seven apps. More than this is a program that connects in a loop.
    static constexpr std::size_t most_connections = 64;

    struct Events {
        std::function<void(Connection)> opened;                      ///< may be empty
        std::function<void(Connection, std::string_view)> datagram;  ///< the view lives during the call
        std::function<void(Connection)> closed;                      ///< by the app
    };
    /// Events may call `send` and `stop`.
    AppServer(Context context, Journal& journal, std::string path, Events events);
    AppServer(const AppServer&) = delete;
    AppServer& operator=(const AppServer&) = delete;
    ~AppServer() { stop(); }

    /// Removes what is left at the path, and listens. Errors: those of `SeqPacketListener::open`.
    Result<void> start();
    /// False when there is no such connection or it cannot take the message. An app that does not read has a
    /// queue; then the oldest messages are dropped and counted.
    bool send(Connection to, std::string_view datagram);
    /// Closes everything without events; removes the socket's file if it is still ours. Run the loop until
    /// `idle()` before it is destroyed.
    void stop();
    bool idle() const noexcept { return tasks_.idle(); }

    std::size_t connections() const noexcept { return peers_.size(); }
    /// Messages that were dropped because their app did not read.
    std::uint64_t dropped() const noexcept { return dropped_; }
    /// Datagrams that fit into no buffer.
    std::uint64_t too_long() const noexcept { return giants_.total(); }
    std::uint64_t refused() const noexcept { return refused_.total(); }

private:
    asio::awaitable<void> accept();
    /// False when the kernel has no room: there should be a pause.
    bool accept_waiting();
    void admit(net::SeqPacketSocket socket);
    PacketPeer::Events events_of(Connection connection);
    void note_overflow(Connection connection, std::size_t messages);
    void note_giant(Connection connection, std::size_t bytes, bool in);

    Context context_;
    Journal& journal_;
    std::string path_;
    Events events_;
    net::SeqPacketListener listener_;
    ReceiveRoom room_;
    std::map<Connection, std::shared_ptr<PacketPeer>> peers_;
    Connection next_ = 1;
    std::uint64_t dropped_ = 0;
    Tally overflows_;
    Tally giants_;
    Tally refused_;
    Tally exhaustions_;
    Nursery tasks_;
};

}  // namespace lanbridge::agent
