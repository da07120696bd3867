#pragma once

#include <boost/asio/generic/seq_packet_protocol.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/error.hpp"

// Connections within this machine, at a path, on which every datagram arrives whole and in order. Sending and
// receiving act at once and never block: the event loop is asked only when there is nothing to do
// (`async_wait` of the socket), which is what makes a router of datagrams fast.
namespace lanbridge::net {

using SeqPacketSocket = asio::generic::seq_packet_protocol::socket;

/// Errors: `not_found` without such a file, `unreachable` when nobody listens there, `busy` when whoever
/// listens does not accept, `invalid_value` for a path that does not fit, the system's own.
Result<SeqPacketSocket> connect_seqpacket(const asio::any_io_executor& executor, const std::string& path);

/// What a receive has brought. The end of the connection looks like an empty datagram, so that is one too.
enum class Received : std::uint8_t { datagram, too_long, nothing, end };
struct Arrival {
    Received what = Received::nothing;
    std::size_t size = 0;  ///< of the datagram as it was sent; what did not fit is lost
};
Arrival receive_now(SeqPacketSocket& socket, std::span<char> into) noexcept;

/// `not_now`: the peer's buffer is full, wait until it is writable. `too_long`: no buffer of this system
/// takes it, or there is no memory for it.
enum class Sent : std::uint8_t { yes, not_now, too_long, ended };
Sent send_now(SeqPacketSocket& socket, std::string_view datagram) noexcept;

/// Listens at a path. Its sockets do not live on in child processes.
class SeqPacketListener {
public:
    explicit SeqPacketListener(const asio::any_io_executor& executor) : socket_(executor) {}
    SeqPacketListener(const SeqPacketListener&) = delete;
    SeqPacketListener& operator=(const SeqPacketListener&) = delete;
    ~SeqPacketListener() { close(); }

    /// A file that is left at this path goes first. Errors: `invalid_value` for a path that does not fit, the
    /// system's own.
    Result<void> open(const std::string& path);
    /// Also removes the file, unless somebody else's has taken its place.
    void close();
    bool is_open() const { return socket_.is_open(); }
    bool owns_file() const;

    /// Returns without an error when somebody may be waiting.
    asio::awaitable<error_code> ready();
    /// Errors: `not_found` when nobody waits, `overflow` without a free descriptor or memory (pause before
    /// trying again), the system's own.
    Result<SeqPacketSocket> accept_now();

private:
    SeqPacketSocket socket_;
    std::string path_;
    std::uint64_t device_ = 0;
    std::uint64_t inode_ = 0;
};

}  // namespace lanbridge::net
