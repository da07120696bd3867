#include "meross/pairing/wifi.hpp"

#include <algorithm>
#include <array>

#include "lanbridge/base/bytes.hpp"
#include "lanbridge/meross/protocol/cipher.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::size_t shortest_wpa_password = 8;
constexpr int first_wpa = 3;
/// Enough names to notice a typing error by; a block of flats has hundreds.
constexpr std::size_t shown_names = 12;
/// More than any device reports; the rest of a longer list is not looked at.
constexpr std::size_t most_networks = 200;

/// Some firmware writes hyphens between the bytes, people write capitals.
std::string plain_bssid(std::string_view text) {
    std::string plain;
    for (const unsigned char c : text)
        if (std::isxdigit(c)) plain += static_cast<char>(std::tolower(c));
    return plain;
}

/// Names of other people's networks are shown to the user: no control characters.
std::string printable(std::string_view text) {
    std::string shown(text);
    std::ranges::replace_if(
        shown, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
    return shown;
}

std::string names_of(const std::vector<WifiNetwork>& seen) {
    std::vector<std::string> names;
    for (const auto& network : seen) {
        const auto name = printable(network.ssid);
        if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), shown_names); ++i)
        text += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > shown_names) text += ", …";
    return text.empty() ? "none" : text;
}

void mask(Json& node) {
    for (auto& [name, value] : node.items()) {
        if (value.is_structured())
            mask(value);
        else if (name == "key" || name == "password")
            value = "***";
    }
}

}  // namespace

std::vector<WifiNetwork> parse_wifi_list(const Json& payload) {
    std::vector<WifiNetwork> networks;
    const Json* list = find_member(payload, {"wifiList"});
    if (!list || !list->is_array()) return networks;
    for (const auto& entry : *list) {
        if (networks.size() == most_networks) break;
        const auto ssid = from_base64(string_or(entry, {"ssid"}, ""));
        if (!ssid || ssid->empty()) continue;
        auto& network = networks.emplace_back();
        network.ssid = as_text(*ssid);
        network.bssid = string_or(entry, {"bssid"}, "");
        const auto number = [&](std::string_view name) {
            return static_cast<int>(std::clamp<std::int64_t>(int_or(entry, {name}, 0), 0, 1000));
        };
        network.signal = number("signal");
        network.channel = number("channel");
        network.encryption = number("encryption");
        network.cipher = number("cipher");
    }
    return networks;
}

Result<WifiNetwork> choose_network(const std::vector<WifiNetwork>& seen, std::string_view ssid,
                                   std::string_view bssid) {
    const auto wanted = plain_bssid(bssid);
    const WifiNetwork* best = nullptr;
    for (const auto& network : seen) {
        if (network.ssid != ssid || (!wanted.empty() && plain_bssid(network.bssid) != wanted)) continue;
        if (!best || network.signal > best->signal) best = &network;
    }
    if (best) return *best;
    const auto which = bssid.empty() ? "" : " at " + std::string(bssid);
    return Error(Errc::not_found, "the device does not see the network \"" + std::string(ssid) + '"' + which +
                                      "; it sees: " + names_of(seen));
}

Result<void> check_password(const WifiNetwork& network, const Secret& password) {
    const auto length = password.reveal().size();
    if (network.encryption == 0 || (network.encryption < first_wpa && length > 0)) return {};
    if (length == 0)
        return Error(Errc::invalid_value, "the network \"" + network.ssid + "\" needs a password");
    if (length < shortest_wpa_password)
        return Error(Errc::invalid_value,
                     "the password of the network \"" + network.ssid + "\" must have at least 8 characters");
    return {};
}

Request wifi_request(const WifiNetwork& network, const Secret& password, const PairingDevice& device,
                     bool encrypted) {
    Json wifi = Json::object();
    wifi["ssid"] = to_base64(as_bytes(network.ssid));
    if (encrypted)
        wifi["password"] = PayloadCipher::for_wifi_password(device.type, device.uuid.value(), device.mac)
                               .encrypt(password.reveal());
    else
        wifi["password"] = to_base64(as_bytes(password.reveal()));
    wifi["bssid"] = network.bssid;
    wifi["channel"] = network.channel;
    wifi["encryption"] = network.encryption;
    wifi["cipher"] = network.cipher;
    Json payload = Json::object();
    payload["wifi"] = std::move(wifi);
    return Request(encrypted ? "Appliance.Config.WifiX" : "Appliance.Config.Wifi", Method::set,
                   std::move(payload));
}

Request key_request(const PairingBroker& broker, const Secret& key, std::string_view user_id) {
    Json gateway = Json::object();
    gateway["host"] = broker.host;
    gateway["port"] = broker.port;
    gateway["secondHost"] = broker.host;
    gateway["secondPort"] = broker.port;
    gateway["redirect"] = 1;  // a local binding
    Json content = Json::object();
    content["gateway"] = std::move(gateway);
    content["key"] = key.reveal();
    content["userId"] = user_id;
    Json payload = Json::object();
    payload["key"] = std::move(content);
    return Request("Appliance.Config.Key", Method::set, std::move(payload));
}

std::string shown_request(const Request& request) {
    Json payload = request.payload;
    mask(payload);
    return std::string(method_name(request.method)) + ' ' + request.name_space + ' ' + dump_json(payload);
}

}  // namespace lanbridge::meross
