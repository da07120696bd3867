#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/context.hpp"
#include "lanbridge/base/error.hpp"
#include "mqtt/packets.hpp"

namespace lanbridge::mqtt {

/// What the TLS handshake has told.
struct TlsFacts {
    TlsFacts() = default;
    std::string version;
    std::string cipher;
    std::string subject;             ///< the certificate's CN
    std::vector<std::string> names;  ///< its subject alternative names
    bool name_matches = false;
    bool rsa = false;
};

/// The suites a connection offers. Devices have RSA only.
enum class Suites { rsa, all };

/// One TLS 1.2 connection as devices make them: old suites allowed, the certificate looked at but not
/// verified. Deadlines are the caller's: cancelling ends every call.
class DeviceLink {
public:
    explicit DeviceLink(const Context& context);
    DeviceLink(const DeviceLink&) = delete;
    DeviceLink& operator=(const DeviceLink&) = delete;
    ~DeviceLink();

    /// Errors: `unreachable`; `unsupported` when TCP connects but TLS does not come about.
    asio::awaitable<Result<TlsFacts>> open(std::string host, std::uint16_t port, Suites suites);
    /// Errors: `closed`.
    asio::awaitable<Result<void>> send(std::string bytes);
    /// Errors: `closed`, `malformed`.
    asio::awaitable<Result<Packet>> receive();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace lanbridge::mqtt
