#include "lanbridge/sim/ap_mode.hpp"

#include <algorithm>
#include <array>

#include "lanbridge/base/bytes.hpp"
#include "sim/names.hpp"

namespace lanbridge::sim {

namespace {

/// Lengths that the devices' own application allows.
constexpr std::size_t max_ssid = 32;
constexpr std::size_t max_password = 64;

std::string encoded(std::string_view text) { return to_base64(as_bytes(text)); }

Result<std::string> decoded(const Json& payload, std::string_view member) {
    auto text = read_string(payload, {"wifi", member});
    if (!text) return text.error();
    auto bytes = from_base64(*text);
    if (!bytes) return bytes.error();
    return std::string(bytes->begin(), bytes->end());
}

}  // namespace

bool ApMode::takes_clear(std::string_view name_space) noexcept {
    // what a controller has to ask before it can agree on a key
    static constexpr std::array clear{names::all, names::firmware, names::trace};
    return meross::is_clear_namespace(name_space) || std::ranges::find(clear, name_space) != clear.end();
}

Json ApMode::wifi_list() const {
    auto list = Json::array();
    for (const auto& network : around_) {
        Json row = Json::object();
        row["ssid"] = encoded(network.ssid);
        row["bssid"] = network.bssid;
        row["signal"] = network.signal;
        row["channel"] = network.channel;
        row["encryption"] = network.encryption;
        row["cipher"] = network.cipher;
        list.push_back(std::move(row));
    }
    Json payload = Json::object();
    payload["wifiList"] = std::move(list);
    return payload;
}

Json ApMode::trace() const {
    Json payload = Json::object();
    auto& trace = payload["trace"];
    trace["ssid"] = encoded(tried_);
    trace["bssid"] = "";
    trace["rssi"] = 0;
    trace["code"] = static_cast<int>(result_);
    trace["info"] = result_ == JoinResult::none         ? ""
                    : result_ == JoinResult::no_network ? "network not found"
                                                        : "wrong password";
    return payload;
}

Result<Json> ApMode::exchange(const Json& set_payload) {
    const auto key = crypto::EcdhKey::generate(random_);
    auto answer = meross::ecdhe_answer(key, set_payload);
    if (!answer) return answer.error();
    cipher_ = std::move(answer->cipher);
    return std::move(answer->payload);
}

Result<void> ApMode::set_wifi(const Json& payload, const meross::PayloadCipher* password_cipher) {
    auto ssid = decoded(payload, "ssid");
    if (!ssid) return ssid.error();
    std::string password;
    if (password_cipher != nullptr) {
        auto text = read_string(payload, {"wifi", "password"});
        if (!text) return text.error();
        auto plain = password_cipher->decrypt(*text);
        if (!plain) return plain.error();
        password = std::move(*plain);
    } else {
        auto plain = decoded(payload, "password");
        if (!plain) return plain.error();
        password = std::move(*plain);
    }
    if (ssid->empty() || ssid->size() > max_ssid || password.size() > max_password)
        return Error(Errc::malformed, "ssid or password has an impossible length");
    wanted_.emplace(std::move(*ssid), Secret(std::move(password)));
    return {};
}

bool ApMode::join() {
    if (!wanted_) return false;
    const auto wanted = std::move(*wanted_);
    wanted_.reset();
    cipher_.reset();
    tried_ = wanted.ssid;
    const auto network = std::ranges::find(around_, wanted.ssid, &WifiNetwork::ssid);
    result_ = network == around_.end()               ? JoinResult::no_network
              : network->password != wanted.password ? JoinResult::wrong_password
                                                     : JoinResult::none;
    return result_ == JoinResult::none;
}

}  // namespace lanbridge::sim
