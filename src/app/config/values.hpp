#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "lanbridge/base/error.hpp"

// The small languages inside configuration values and command line arguments. Every parser fails with
// `invalid_value`; the error's `where` says what to write instead, or is empty where the general form says it
// all.
namespace lanbridge::app {

/// A device's address.
struct HostPort {
    HostPort() = default;
    HostPort(std::string h, std::uint16_t p) : host(std::move(h)), port(p) {}
    std::string host;  ///< name, IPv4 or IPv6 without brackets; lower case
    std::uint16_t port = 0;

    /// "host:port", brackets around IPv6
    std::string text() const;
    friend bool operator==(const HostPort&, const HostPort&) = default;
};

/// An IPv4 network.
struct Subnet {
    Subnet() = default;
    Subnet(std::string a, int p) : address(std::move(a)), prefix(p) {}
    std::string address;
    int prefix = 24;

    std::string text() const;
    friend bool operator==(const Subnet&, const Subnet&) = default;
};

/// A wider sweep would take more than five minutes at a rate that devices and routers bear.
inline constexpr int widest_subnet_prefix = 20;

/// "30s", "10m", "1h", also "ms" and "d".
Result<std::chrono::milliseconds> parse_duration(std::string_view text);
/// The shortest exact form: "90s", "10m".
std::string duration_text(std::chrono::milliseconds duration);

/// "64KiB", also B, MiB and GiB. In bytes.
Result<std::uint64_t> parse_size(std::string_view text);
std::string size_text(std::uint64_t bytes);

/// "host", "host:port", "[v6]:port", "v6".
Result<HostPort> parse_host_port(std::string_view text, std::uint16_t default_port);
/// The same, but the host must be an IP address (or `localhost`): something to listen on.
Result<HostPort> parse_listen(std::string_view text, std::uint16_t default_port);
/// A host name or an IP address without a port.
Result<std::string> parse_host(std::string_view text);
Result<Subnet> parse_subnet(std::string_view text);
/// 32 hex digits, in any case and with or without dashes; the result is lower case and has none.
Result<std::string> parse_uuid(std::string_view text);
/// A topic to publish below: no wildcards, no empty level.
Result<std::string> parse_topic(std::string_view text);
/// A name that people read: no control characters, not empty.
Result<std::string> parse_name(std::string_view text);

}  // namespace lanbridge::app
