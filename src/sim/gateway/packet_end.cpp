#include "packet_end.hpp"

namespace lanbridge::sim {
namespace {

/// Before the loop has its turn.
constexpr int a_turn = 64;

}  // namespace

void PacketEnd::close() {
    error_code ignored;
    socket_.close(ignored);
    take_ = [](std::string_view) {};
}

bool PacketEnd::send(std::string_view datagram) {
    return socket_.is_open() && net::send_now(socket_, datagram) == net::Sent::yes;
}

void PacketEnd::set_reading(bool reads) {
    reads_ = reads;
    if (reads_) wait_to_read();
}

void PacketEnd::wait_to_read() {
    if (!reads_ || waiting_ || !socket_.is_open()) return;
    waiting_ = true;
    socket_.async_wait(net::SeqPacketSocket::wait_read, [self = shared_from_this()](const error_code& ec) {
        self->waiting_ = false;
        if (!ec) self->read();
    });
}

void PacketEnd::read() {
    for (int i = 0; i < a_turn && reads_ && socket_.is_open(); ++i) {
        const auto arrival = net::receive_now(socket_, room_);
        if (arrival.what == net::Received::nothing) break;
        if (arrival.what == net::Received::end) {
            error_code ignored;
            socket_.close(ignored);
            return;
        }
        const auto take = take_;  // it may close us
        take(std::string_view(room_.data(), std::min(arrival.size, room_.size())));
    }
    wait_to_read();
}

void PacketEnd::flood(std::string datagram, std::uint64_t count) {
    flood_ = std::move(datagram);
    const bool running = flood_left_ > 0;
    flood_left_ = count;
    if (!running) wait_to_flood();
}

void PacketEnd::wait_to_flood() {
    socket_.async_wait(net::SeqPacketSocket::wait_write, [self = shared_from_this()](const error_code& ec) {
        if (!ec) self->pour();
    });
}

void PacketEnd::pour() {
    for (int i = 0; i < a_turn && flood_left_ > 0 && send(flood_); ++i) --flood_left_;
    if (flood_left_ > 0 && socket_.is_open()) wait_to_flood();
}

}  // namespace lanbridge::sim
