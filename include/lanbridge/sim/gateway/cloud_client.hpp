#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/sim/gateway/inbox.hpp"

namespace lanbridge::sim {

/// The vendor's cloud client: listens on a loopback port, takes one connection at a time (the newest), and
/// collects the JSON objects that come. May be destroyed at any time.
class CloudClient {
public:
    explicit CloudClient(Context context);
    CloudClient(const CloudClient&) = delete;
    CloudClient& operator=(const CloudClient&) = delete;
    ~CloudClient();

    /// 0 takes a free port. Errors: the system's own.
    Result<void> listen(std::uint16_t port = 0);
    std::uint16_t port() const;
    /// Ends as a killed program does: nobody listens any more.
    void close();

    /// In one write. False without a connection, or when the kernel takes no more.
    bool send(std::string_view bytes);
    /// Each piece is a read of its own on the other side, as far as the loop can make sure of that.
    asio::awaitable<void> send_pieces(std::vector<std::string> pieces);

    void set_reading(bool reads);  ///< a client that hangs
    /// Accepts and closes at once.
    void set_hangs_up(bool hangs_up);
    void drop();  ///< closes the connection
    bool connected() const;
    std::uint64_t accepted() const;
    std::uint64_t bytes() const;  ///< ever received

    Inbox& inbox();
    asio::awaitable<Result<std::string>> next(TimeSource::Clock::duration limit = 5s);

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace lanbridge::sim
