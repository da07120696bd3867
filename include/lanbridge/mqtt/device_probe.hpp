#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/context.hpp"
#include "lanbridge/base/error.hpp"
#include "lanbridge/base/secret.hpp"

namespace lanbridge::mqtt {

/// A device's view of a broker, tried before the device itself is sent there.
struct DeviceProbe {
    DeviceProbe() = default;
    std::string host;  ///< as the device is told
    std::uint16_t port = 8883;
    std::string client_id;
    std::string username;
    Secret password;
    std::string own_read_topic;
    /// Not published to: others listen there, and brokers do not tell before MQTT 5 whether it was allowed.
    std::string own_write_topic;
    /// Another device's topic. The probe subscribes to it and publishes an empty JSON object there: take one
    /// that nobody acts upon. "" leaves `confined` unknown.
    std::string foreign_topic;
};

/// Whether the login is kept from reading other devices' topics. (Whether it may write there, a broker does
/// not tell before MQTT 5.)
enum class Confined { yes, no, unknown };
std::string_view confined_name(Confined confined) noexcept;

struct DeviceProbeReport {
    DeviceProbeReport() = default;
    std::string tls_version;                     ///< "TLSv1.2"
    std::string cipher;                          ///< OpenSSL's name of it
    std::string certificate_subject;             ///< its CN
    std::vector<std::string> certificate_names;  ///< its subject alternative names
    bool name_matches = false;                   ///< CN or a SAN is the probe's host
    bool rsa = false;
    std::string mqtt_version;  ///< "3.1" or "3.1.1"
    bool accepted = false;     ///< user and password
    bool subscribed = false;   ///< to `own_read_topic`
    /// Brokers need not tell: a refusal (MQTT 3.1.1) or our own message coming back are proof, silence is
    /// not.
    Confined confined = Confined::unknown;
    std::vector<std::string> warnings;  ///< for people: what works, but may not for every device
};

/// Connects as a device does: TLS 1.2 with RSA and old ciphers, the certificate not verified, MQTT 3.1 and,
/// where that is refused, 3.1.1. A second connection with 3.1.1 then looks at rights, about which 3.1 does
/// not tell the truth. At most 5 s for each of at most four connections, the last two only to explain a
/// failure. Errors, each with what to do: `unreachable`, `timeout`, `unsupported` (no TLS there, or no RSA
/// certificate, or nothing in common with TLS 1.2), `wrong_key` (user or password), `closed`, `malformed`.
asio::awaitable<Result<DeviceProbeReport>> probe_as_device(Context context, DeviceProbe probe);

}  // namespace lanbridge::mqtt
