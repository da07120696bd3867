#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/secret.hpp"
#include "lanbridge/meross/pairing.hpp"
#include "lanbridge/meross/protocol/multiple.hpp"

// What a device in pairing mode is told of Wi-Fi networks: values in, values out.
namespace lanbridge::meross {

/// One access point that the device can see. The numbers are the device's own and go back to it unchanged.
struct WifiNetwork {
    WifiNetwork() = default;
    std::string ssid;   ///< decoded
    std::string bssid;  ///< as the device writes it
    int signal = 0;     ///< percent
    int channel = 0;
    int encryption = 0;  ///< 0 open, from 3 on WPA of some kind
    int cipher = 0;
};

/// Entries that make no sense are left out.
std::vector<WifiNetwork> parse_wifi_list(const Json& payload);
/// The strongest access point of that name, or the one of that address. Errors: `not_found`, with the names
/// that were seen.
Result<WifiNetwork> choose_network(const std::vector<WifiNetwork>& seen, std::string_view ssid,
                                   std::string_view bssid);
/// Errors: `invalid_value` for a password that this network cannot have.
Result<void> check_password(const WifiNetwork& network, const Secret& password);

/// SET Config.WifiX where the device has it, which encrypts the password, else SET Config.Wifi.
Request wifi_request(const WifiNetwork& network, const Secret& password, const PairingDevice& device,
                     bool encrypted);

/// SET Config.Key with one broker in both places, for a local binding.
Request key_request(const PairingBroker& broker, const Secret& key, std::string_view user_id);

/// A request as it may be shown: keys and passwords are `***`.
std::string shown_request(const Request& request);

}  // namespace lanbridge::meross
