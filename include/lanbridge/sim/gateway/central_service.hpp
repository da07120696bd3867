#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "lanbridge/sim/gateway/inbox.hpp"

namespace lanbridge::sim {

/// The vendor's central service: listens on a socket, collects what comes, and answers when told to. May be
/// destroyed at any time; its file stays, as a killed program's does.
class CentralService {
public:
    CentralService(Context context, std::string path);
    CentralService(const CentralService&) = delete;
    CentralService& operator=(const CentralService&) = delete;
    ~CentralService();

    /// Errors: those of `net::SeqPacketListener::open`.
    Result<void> listen();
    /// Ends as a killed program does.
    void close();

    void set_echo(bool echo);
    /// A service that hangs: accepts, but never reads.
    void set_reading(bool reads);
    /// To everybody who is connected. Returns to how many.
    int send(std::string_view datagram);
    void drop_connections();
    std::size_t connections() const;
    std::uint64_t accepted() const;

    Inbox& inbox();
    asio::awaitable<Result<std::string>> next(TimeSource::Clock::duration limit = 5s);

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace lanbridge::sim
