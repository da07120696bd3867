#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "agent/peers/peer_queue.hpp"
#include "lanbridge/net/seqpacket.hpp"

namespace lanbridge::agent {

/// Where datagrams of all peers of one owner arrive, one after the other. Longer ones cannot be sent with the
/// buffers that Linux gives to sockets; only the pages that datagrams reach into cost memory.
class ReceiveRoom {
public:
    static constexpr std::size_t size = 256 * 1024;
    ReceiveRoom() : bytes_(std::make_unique_for_overwrite<char[]>(size)) {}
    std::span<char> span() noexcept { return {bytes_.get(), size}; }

private:
    std::unique_ptr<char[]> bytes_;
};

/// One connection. Reads in turns, so that who sends much leaves time to the others; writes at once, and what
/// the kernel does not take waits in a bounded queue, so that who never reads costs nobody else anything.
class PacketPeer : public std::enable_shared_from_this<PacketPeer> {
public:
    struct Events {
        std::function<void(std::string_view)> datagram;         ///< the view lives during the call
        std::function<void()> ended;                            ///< by the other side
        std::function<void(std::size_t messages)> overflow;     ///< that waited and were dropped
        std::function<void(std::size_t bytes, bool in)> giant;  ///< a datagram that fits no buffer, dropped
    };
    /// `room` outlives it, and is nobody else's while the loop is in `datagram`.
    PacketPeer(net::SeqPacketSocket socket, ReceiveRoom& room, Events events)
        : socket_(std::move(socket)), room_(room), events_(std::move(events)) {}

    void start() { wait_to_read(); }
    /// False when the message can never arrive. True also where it had to wait.
    bool send(std::string_view datagram);
    /// No events come from now on.
    void close();
    /// Closes when what waits is out; reads no more.
    void close_after_sending();
    bool is_open() const { return socket_.is_open(); }
    std::size_t waiting() const noexcept { return queue_.size(); }

private:
    void wait_to_read();
    void read();
    void end();
    void wait_to_write();
    void write();
    bool give_up_on(std::string_view datagram, net::Sent outcome);

    net::SeqPacketSocket socket_;
    ReceiveRoom& room_;
    Events events_;
    PeerQueue queue_;
    bool writing_ = false;
    bool finishing_ = false;
};

}  // namespace lanbridge::agent
