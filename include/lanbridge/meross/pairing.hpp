#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lanbridge/base/context.hpp"
#include "lanbridge/base/secret.hpp"
#include "lanbridge/meross/protocol/message.hpp"
#include "lanbridge/net/http_client.hpp"

// Binding a device to a broker of one's own. Facts: docs/protocols/meross.md, "Pairing".
namespace lanbridge::meross {

/// Where a factory-reset device waits in the Wi-Fi network that it makes itself.
inline constexpr std::string_view access_point_address = "10.10.10.1";
/// Brokers for devices listen here unless told otherwise.
inline constexpr std::uint16_t default_device_port = 8883;

/// What a front end tells its user: what is done now, or what has to be done by hand.
struct PairingStep {
    PairingStep(std::string_view w, std::string d) : what(w), detail(std::move(d)) {}
    std::string what;    ///< a word for programs: reach, identify, broker, test, encrypt, scan, time, key,
                         ///< wifi, send (what a dry run would have sent), wait, note
    std::string detail;  ///< a sentence for people
};

/// What is to be done with one device.
struct PairingPlan {
    PairingPlan() = default;
    net::HttpEndpoint device{std::string(access_point_address)};
    /// The device is on the LAN already: only its key and broker change, never its Wi-Fi.
    bool rebind = false;
    std::optional<Uuid> uuid;       ///< nobody else is touched
    std::optional<Secret> old_key;  ///< of a device to re-bind; absent: `old_keys`, then the empty one
    std::vector<Secret> old_keys;   ///< tried in order
    std::string ssid;               ///< UTF-8, up to 32 bytes
    Secret wifi_password;           ///< up to 64 bytes; empty for an open network
    std::string bssid;              ///< one access point of several; "" = the strongest
    std::string timezone;           ///< IANA name; "" = leave it alone
    Secret key;                     ///< the new key; never empty
    std::string user_id = "0";      ///< decimal digits; some firmware refuses an empty one
    bool dry_run = false;           ///< shows what would be sent; sends only questions
    TimeSource::Clock::duration reach_patience = std::chrono::minutes(3);
    TimeSource::Clock::duration hear_patience = std::chrono::seconds(120);
};

/// Who is being paired, as the device itself says.
struct PairingDevice {
    PairingDevice() = default;
    PairingDevice(Uuid u, std::string m, std::string t, std::string f)
        : uuid(std::move(u)), mac(std::move(m)), type(std::move(t)), firmware(std::move(f)) {}
    Uuid uuid;
    std::string mac;       ///< lower case with colons
    std::string type;      ///< "mss310"
    std::string firmware;  ///< "4.2.3"
};

/// A broker as the device will see it.
struct PairingBroker {
    PairingBroker() = default;
    PairingBroker(std::string h, std::uint16_t p, bool a) : host(std::move(h)), port(p), admits(a) {}
    std::string host;
    std::uint16_t port = default_device_port;
    bool admits = false;  ///< false: not before the real run, so that a dry run has nothing to test
};

/// Everything with which the device will present itself there.
struct PairingLogin {
    PairingLogin() = default;
    std::string host;
    std::uint16_t port = default_device_port;
    std::string client_id;
    std::string username;
    Secret password;
    std::string own_read_topic;
    std::string own_write_topic;
    std::string foreign_topic;  ///< of a device that does not exist; must be out of reach
};

/// Who asks a broker to let a device in, with this key and user id.
struct PairingAccount {
    PairingAccount(PairingDevice d, Secret k, std::string u, bool dry)
        : device(std::move(d)), key(std::move(k)), user_id(std::move(u)), dry_run(dry) {}
    PairingDevice device;
    Secret key;
    std::string user_id;
    bool dry_run;  ///< nothing may change yet
};

/// What pairing needs of whoever does it. All are called on the context's loop; `step` and `admit` are
/// needed.
struct PairingHooks {
    PairingHooks() = default;
    std::function<void(const PairingStep&)> step;
    /// Prepares the broker for the device, and says where it is.
    std::function<boost::asio::awaitable<Result<PairingBroker>>(PairingAccount)> admit;
    /// Connects as the device will. The value is a sentence about what was seen ("" = nothing to add).
    std::function<boost::asio::awaitable<Result<std::string>>(PairingLogin)> test;
    /// Returns when the device has been heard at the broker. It is cancelled at the deadline. Absent: nobody
    /// listens there.
    std::function<boost::asio::awaitable<Result<std::string>>(PairingDevice)> heard;
};

/// How it went.
struct Paired {
    Paired() = default;
    Paired(PairingDevice d, PairingBroker b, bool h) : device(std::move(d)), broker(std::move(b)), heard(h) {}
    PairingDevice device;
    PairingBroker broker;
    bool heard = false;  ///< false: dry run, or nobody listens
};

/// Wrong lengths and missing parts, before anybody is disturbed. Errors: `invalid_value` with what to do.
Result<void> check_plan(const PairingPlan& plan);

/// Binds one device. Until the broker has let a client in that presents itself as the device will, the device
/// is asked questions only; its Wi-Fi is set last. Errors, each with what to do: `invalid_value` (as
/// `check_plan`), `unreachable` (the device), `wrong_key` (the old key; or the broker refuses the login),
/// `wrong_device`, `not_found` (the Wi-Fi network), `device_error` (the device refuses), `timeout` (it was
/// not heard at the broker), those of the hooks.
boost::asio::awaitable<Result<Paired>> pair_device(Context context, net::HttpPoster& http, PairingPlan plan,
                                                   PairingHooks hooks);

/// The login of a device that was bound with this key; for a broker's list of users.
PairingLogin pairing_login(const PairingDevice& device, const Secret& key, std::string_view user_id,
                           const PairingBroker& broker, Random& random);

}  // namespace lanbridge::meross
