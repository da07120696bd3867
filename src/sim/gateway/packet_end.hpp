#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lanbridge/net/seqpacket.hpp"

namespace lanbridge::sim {

/// One end of a seqpacket connection that hands over what comes. Lives as long as somebody holds it or it
/// waits for something.
class PacketEnd : public std::enable_shared_from_this<PacketEnd> {
public:
    using Take = std::function<void(std::string_view)>;
    PacketEnd(net::SeqPacketSocket socket, Take take)
        : socket_(std::move(socket)), take_(std::move(take)), room_(512 * 1024) {}

    void start() { wait_to_read(); }
    void close();
    bool is_open() const { return socket_.is_open(); }
    bool send(std::string_view datagram);
    void set_reading(bool reads);
    void flood(std::string datagram, std::uint64_t count);
    std::uint64_t flood_left() const noexcept { return flood_left_; }

private:
    void wait_to_read();
    void read();
    void wait_to_flood();
    void pour();

    net::SeqPacketSocket socket_;
    Take take_;
    std::vector<char> room_;
    std::string flood_;
    std::uint64_t flood_left_ = 0;
    bool reads_ = true;
    bool waiting_ = false;
};

}  // namespace lanbridge::sim
