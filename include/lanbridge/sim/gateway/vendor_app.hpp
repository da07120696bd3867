#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "lanbridge/sim/gateway/inbox.hpp"

namespace lanbridge::sim {

/// One of the gateway's programs, as the agent's socket sees it. May be destroyed at any time.
class VendorApp {
public:
    VendorApp(Context context, std::string path);
    VendorApp(const VendorApp&) = delete;
    VendorApp& operator=(const VendorApp&) = delete;
    ~VendorApp();

    /// Errors: those of `net::connect_seqpacket`.
    Result<void> connect();
    void close();
    /// False too once the other side has closed.
    bool connected() const;

    /// False when the kernel takes no more now, or nobody is there.
    bool send(std::string_view datagram);
    bool bind(std::int32_t address);
    bool handle(std::string_view method);  ///< registers for it

    /// An app that never reads.
    void set_reading(bool reads);
    /// Sends the same again and again, as fast as the kernel and the loop allow.
    void flood(std::string datagram, std::uint64_t count);
    std::uint64_t flood_left() const;
    /// Things that are no messages, all at once. Returns how many.
    int send_garbage();
    /// A request whose text has this many bytes.
    static std::string huge(std::size_t bytes, std::string_view method = "huge");

    Inbox& inbox();
    asio::awaitable<Result<std::string>> next(TimeSource::Clock::duration limit = 5s);

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace lanbridge::sim
