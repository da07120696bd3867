#include "lanbridge/meross/pairing.hpp"

#include <algorithm>

#include "lanbridge/base/time_zone.hpp"
#include "lanbridge/meross/protocol/credentials.hpp"
#include "meross/pairing/flow.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::size_t longest_ssid = 32;
constexpr std::size_t longest_password = 64;
constexpr std::size_t bssid_digits = 12;
/// Nobody's uuid: its MAC has a prefix that is given to no maker.
constexpr std::string_view foreign_uuid = "00000000000000000000020000000001";

Result<void> wrong(std::string text) { return Error(Errc::invalid_value, std::move(text)); }

Result<void> check_wifi(const PairingPlan& plan) {
    if (plan.ssid.empty()) return wrong("the name of the Wi-Fi network is missing");
    if (plan.ssid.size() > longest_ssid)
        return wrong("the name of the Wi-Fi network must not be longer than 32 bytes");
    if (plan.wifi_password.reveal().size() > longest_password)
        return wrong("the Wi-Fi password must not be longer than 64 bytes");
    const auto digits = std::ranges::count_if(plan.bssid, [](unsigned char c) { return std::isxdigit(c); });
    if (!plan.bssid.empty() && static_cast<std::size_t>(digits) != bssid_digits)
        return wrong("\"" + plan.bssid + "\" is no address of an access point, such as de:ad:be:ef:00:01");
    if (!plan.timezone.empty() && !known_zone(plan.timezone))
        return wrong("\"" + plan.timezone + "\" is no time zone, such as Europe/Rome");
    return {};
}

}  // namespace

Result<void> check_plan(const PairingPlan& plan) {
    const bool numeric = std::ranges::all_of(plan.user_id, [](unsigned char c) { return std::isdigit(c); });
    if (plan.user_id.empty() || !numeric) return wrong("the user id must consist of digits");
    if (plan.key.empty()) return wrong("the new key must not be empty: some firmware refuses that");
    if (!plan.rebind) return check_wifi(plan);
    if (!plan.ssid.empty()) return wrong("a device that is on the LAN already keeps its Wi-Fi network");
    return {};
}

PairingLogin pairing_login(const PairingDevice& device, const Secret& key, std::string_view user_id,
                           const PairingBroker& broker, Random& random) {
    constexpr std::size_t half_a_tail = 8;
    auto credentials = device_credentials(device.uuid, device.mac, key, user_id, random.hex(half_a_tail));
    PairingLogin login;
    login.host = broker.host;
    login.port = broker.port;
    login.client_id = std::move(credentials.client_id);
    login.username = std::move(credentials.username);
    login.password = std::move(credentials.password);
    login.own_read_topic = request_topic(device.uuid);
    login.own_write_topic = publish_topic(device.uuid);
    login.foreign_topic = request_topic(Uuid(std::string(foreign_uuid)));
    return login;
}

asio::awaitable<Result<Paired>> pair_device(Context context, net::HttpPoster& http, PairingPlan plan,
                                            PairingHooks hooks) {
    if (auto sound = check_plan(plan); !sound) co_return std::move(sound).error();
    PairingFlow flow(std::move(context), http, std::move(plan), std::move(hooks));
    co_return co_await flow.run();
}

}  // namespace lanbridge::meross
