#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/random.hpp"
#include "lanbridge/base/secret.hpp"
#include "lanbridge/meross/protocol/cipher.hpp"

namespace lanbridge::sim {

/// A Wi-Fi network that a device in AP mode sees.
struct WifiNetwork {
    WifiNetwork(std::string s, Secret p) : ssid(std::move(s)), password(std::move(p)) {}
    std::string ssid;
    Secret password;  ///< the right one
    std::string bssid = "02:00:00:00:00:01";
    int channel = 6;
    int encryption = 6;  ///< WPA2PSK
    int cipher = 3;      ///< AES
    int signal = 80;     ///< percent
};

/// What Config.Trace says of the last attempt to join. The numbers are ours: those of real devices are not
/// known beyond 0.
enum class JoinResult : int { none = 0, no_network = 1, wrong_password = 2 };

/// A factory-new device that is an access point of its own and waits to be told what to join. Pure.
class ApMode {
public:
    /// `random` outlives it; it makes the key of the encrypted session.
    ApMode(std::vector<WifiNetwork> around, Random& random) : around_(std::move(around)), random_(random) {}

    /// Requests that are taken in clear even where the device can encrypt.
    static bool takes_clear(std::string_view name_space) noexcept;
    /// The cipher that the ECDHE exchange led to; nullptr before it.
    const meross::PayloadCipher* cipher() const noexcept { return cipher_ ? &*cipher_ : nullptr; }

    Json wifi_list() const;
    Json trace() const;
    /// The SETACK's payload. Errors: `malformed`.
    Result<Json> exchange(const Json& set_payload);
    /// SET Config.Wifi; with `password_cipher` Config.WifiX. From now on a restart is due. Errors:
    /// `malformed`.
    Result<void> set_wifi(const Json& payload, const meross::PayloadCipher* password_cipher);
    bool restart_due() const noexcept { return wanted_.has_value(); }
    /// The restart: true when the network is there and the password right. Else the session starts anew and
    /// `trace` tells why.
    bool join();

private:
    struct Wanted {
        Wanted(std::string s, Secret p) : ssid(std::move(s)), password(std::move(p)) {}
        std::string ssid;
        Secret password;
    };
    std::vector<WifiNetwork> around_;
    Random& random_;
    std::optional<meross::PayloadCipher> cipher_;
    std::optional<Wanted> wanted_;
    std::string tried_;
    JoinResult result_ = JoinResult::none;
};

}  // namespace lanbridge::sim
