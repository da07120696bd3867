#include "agent/peers/packet_peer.hpp"

namespace lanbridge::agent {
namespace {

/// Datagrams of one peer before the others have their turn: enough to spread the cost of asking the kernel
/// who is ready, few enough not to be felt.
constexpr int datagrams_a_turn = 32;

}  // namespace

void PacketPeer::wait_to_read() {
    socket_.async_wait(net::SeqPacketSocket::wait_read, [self = shared_from_this()](const error_code& ec) {
        if (!ec) self->read();
    });
}

void PacketPeer::read() {
    for (int i = 0; i < datagrams_a_turn; ++i) {
        if (finishing_ || !socket_.is_open()) return;
        const auto room = room_.span();
        const auto arrival = net::receive_now(socket_, room);
        switch (arrival.what) {
            case net::Received::datagram:
                events_.datagram(std::string_view(room.data(), arrival.size));
                break;
            case net::Received::too_long:
                events_.giant(arrival.size, true);
                break;
            case net::Received::nothing:
                return wait_to_read();
            case net::Received::end:
                return end();
        }
    }
    if (!finishing_ && socket_.is_open()) wait_to_read();
}

void PacketPeer::end() {
    close();
    events_.ended();
}

bool PacketPeer::send(std::string_view datagram) {
    if (!socket_.is_open() || finishing_) return false;
    if (queue_.empty()) {
        const auto outcome = net::send_now(socket_, datagram);
        if (outcome == net::Sent::yes) return true;
        if (outcome != net::Sent::not_now) return give_up_on(datagram, outcome);
    }
    if (const auto dropped = queue_.push(datagram); dropped > 0) events_.overflow(dropped);
    wait_to_write();
    return true;
}

/// That the other side has gone is noticed, and told, by reading.
bool PacketPeer::give_up_on(std::string_view datagram, net::Sent outcome) {
    if (outcome == net::Sent::too_long) events_.giant(datagram.size(), false);
    return false;
}

void PacketPeer::wait_to_write() {
    if (writing_ || queue_.empty() || !socket_.is_open()) return;
    writing_ = true;
    socket_.async_wait(net::SeqPacketSocket::wait_write, [self = shared_from_this()](const error_code& ec) {
        self->writing_ = false;
        if (!ec) self->write();
    });
}

void PacketPeer::write() {
    while (socket_.is_open() && !queue_.empty()) {
        const auto outcome = net::send_now(socket_, queue_.front());
        if (outcome == net::Sent::not_now) return wait_to_write();
        if (outcome != net::Sent::yes) give_up_on(queue_.front(), outcome);
        queue_.wrote(queue_.front().size());
    }
    if (finishing_) close();
}

void PacketPeer::close() {
    error_code ignored;
    socket_.close(ignored);
    queue_.clear();
}

void PacketPeer::close_after_sending() {
    finishing_ = true;
    if (queue_.empty()) close();
}

}  // namespace lanbridge::agent
