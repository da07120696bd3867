#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <string_view>

#include "agent/journal.hpp"
#include "agent/json/object_splitter.hpp"
#include "agent/peers/peer_queue.hpp"
#include "agent/peers/redial.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/base/tally.hpp"

namespace lanbridge::agent {

/// The connection to the vendor's cloud client (miio_client), which listens on a loopback port. Dials, and
/// dials again for as long as it lives.
class CloudLink {
public:
    struct Events {
        std::function<void(std::string_view)> object;  ///< the view lives during the call
    };
    /// Events may call `send` and `stop`.
    CloudLink(Context context, Journal& journal, std::uint16_t port, Events events);
    CloudLink(const CloudLink&) = delete;
    CloudLink& operator=(const CloudLink&) = delete;
    ~CloudLink() { stop(); }

    void start();
    /// Run the loop until `idle()` before it is destroyed.
    void stop();
    bool idle() const noexcept { return tasks_.idle(); }

    /// Nothing stands between two messages on the wire. False when the message is dropped: after a failed
    /// dial, until there is a connection. While a lost connection is dialled again messages wait.
    bool send(std::string_view message);
    bool online() const noexcept { return online_; }

    std::uint64_t connects() const noexcept { return connects_.total(); }
    /// Messages that were dropped: nobody was there, or nobody read, or the connection ended in the middle.
    std::uint64_t dropped() const noexcept { return dropped_; }

private:
    asio::awaitable<void> run();
    asio::awaitable<Result<void>> dial();
    asio::awaitable<Result<void>> connect();
    asio::awaitable<void> read();
    void went_online();
    void went_offline();
    void note_failure(const Error& error);
    void drop(std::size_t messages);
    void wait_to_write();
    asio::awaitable<void> write();
    void write_now();

    /// A read takes what is there; long messages come in several.
    static constexpr std::size_t room_size = 16 * 1024;

    Context context_;
    Journal& journal_;
    asio::ip::tcp::endpoint peer_;
    Events events_;
    asio::ip::tcp::socket socket_;
    Redial redial_;
    ObjectSplitter splitter_;
    PeerQueue queue_;
    bool stopped_ = false;
    bool online_ = false;
    bool writing_ = false;
    std::uint64_t dropped_ = 0;
    Tally connects_{1min};  // whoever restarts the client wants to see it, whoever flaps fills the log
    Tally losses_{1min};
    Tally failures_;
    Tally drops_;
    Tally giants_;
    std::array<char, room_size> room_;
    Nursery tasks_;
};

}  // namespace lanbridge::agent
