#include "meross/protocol/obfuscation_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace lanbridge::meross {
namespace {

struct Row {
    std::string_view name;
    Hidden kind;
};

/// By the exact name, whatever the type of the value.
constexpr std::array rows{
    Row{"Authorization", Hidden::redacted},
    Row{"activeServer", Hidden::server},
    Row{"alias", Hidden::name},
    Row{"appId", Hidden::app_id},
    Row{"bindId", Hidden::bind_id},
    Row{"bssid", Hidden::bssid},
    Row{"cloud_key", Hidden::key},
    Row{"cluster", Hidden::cluster},
    Row{"devName", Hidden::name},
    Row{"device_id", Hidden::device_id},
    Row{"domain", Hidden::server},
    Row{"email", Hidden::email},
    Row{"gatewayMac", Hidden::gateway_mac},
    Row{"host", Hidden::host},
    Row{"innerIp", Hidden::host},
    Row{"key", Hidden::key},
    Row{"latitude", Hidden::redacted},
    Row{"longitude", Hidden::redacted},
    Row{"macAddress", Hidden::mac},
    Row{"mainPort", Hidden::port},
    Row{"mainServer", Hidden::server},
    Row{"mqttDomain", Hidden::server},
    Row{"params", Hidden::redacted},
    Row{"password", Hidden::redacted},
    Row{"port", Hidden::port},
    Row{"reservedDomain", Hidden::server},
    Row{"secondHost", Hidden::host},
    Row{"secondPort", Hidden::port},
    Row{"secondServer", Hidden::server},
    Row{"server", Hidden::server},
    Row{"setupCode", Hidden::setup_code},
    Row{"setupId", Hidden::setup_id},
    Row{"sn", Hidden::serial},
    Row{"ssid", Hidden::ssid},
    Row{"suncalc", Hidden::redacted},  // sunrise and sunset tell where the house stands
    Row{"token", Hidden::token},
    Row{"userId", Hidden::user_id},
    Row{"userid", Hidden::user_id},
    Row{"uuid", Hidden::device_id},
    Row{"wifiMac", Hidden::wifi_mac},
};
static_assert(std::ranges::is_sorted(rows, {}, &Row::name));

/// Parts of names, lower case, for the members of firmware that nobody has seen yet.
constexpr std::array parts{
    Row{"passw", Hidden::redacted},      Row{"passphrase", Hidden::redacted},
    Row{"pwd", Hidden::redacted},        Row{"secret", Hidden::redacted},
    Row{"credential", Hidden::redacted}, Row{"longitude", Hidden::redacted},
    Row{"latitude", Hidden::redacted},   Row{"authoriz", Hidden::redacted},
    Row{"token", Hidden::token},         Row{"email", Hidden::email},
    Row{"bssid", Hidden::bssid},         Row{"ssid", Hidden::ssid},
    Row{"macaddr", Hidden::mac},         Row{"serialn", Hidden::serial},
    Row{"hostname", Hidden::host},       Row{"ipaddr", Hidden::host},
    Row{"uuid", Hidden::device_id},      Row{"userid", Hidden::user_id},
    Row{"username", Hidden::name},       Row{"setupcode", Hidden::setup_code},
};

/// Ends of names in camel case: "outerIp" but not "chip", "apiKey" but not "hotkey".
constexpr std::array ends{
    Row{"Ip", Hidden::host},       Row{"IP", Hidden::host},   Row{"Mac", Hidden::mac},
    Row{"MAC", Hidden::mac},       Row{"Key", Hidden::key},   Row{"Host", Hidden::host},
    Row{"Server", Hidden::server}, Row{"Name", Hidden::name}, Row{"Domain", Hidden::server},
};
/// Names in full, lower case.
constexpr std::array whole{
    Row{"ip", Hidden::host},      Row{"ipv4", Hidden::host}, Row{"ipv6", Hidden::host},
    Row{"gateway", Hidden::host}, Row{"mac", Hidden::mac},   Row{"dns", Hidden::host},
    Row{"pubkey", Hidden::key},   Row{"user", Hidden::name}, Row{"serial", Hidden::serial},
    Row{"mail", Hidden::email},
};

/// Named by the maker, not by people.
constexpr std::array<std::string_view, 2> harmless{"effectName", "iconName"};

constexpr std::array<std::string_view, 14> vocabulary{
    "chipType", "compileTime", "date",   "effectName", "firmware",  "hardware", "homekitVersion",
    "iconName", "messageId",   "method", "model",      "namespace", "sign",     "subType"};
constexpr std::array<std::string_view, 5> more_vocabulary{"timezone", "triggerSrc", "type", "version",
                                                          "zone"};

}  // namespace

std::optional<Hidden> hidden_by_name(std::string_view name) {
    const auto exact = std::ranges::lower_bound(rows, name, {}, &Row::name);
    if (exact != rows.end() && exact->name == name) return exact->kind;
    if (std::ranges::find(harmless, name) != harmless.end()) return std::nullopt;
    std::string lower(name);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    for (const auto& row : whole)
        if (lower == row.name) return row.kind;
    for (const auto& row : parts)
        if (lower.find(row.name) != std::string::npos) return row.kind;
    for (const auto& row : ends)
        if (name.ends_with(row.name)) return row.kind;
    return std::nullopt;
}

bool is_vocabulary(std::string_view name) {
    return std::ranges::find(vocabulary, name) != vocabulary.end() ||
           std::ranges::find(more_vocabulary, name) != more_vocabulary.end();
}

}  // namespace lanbridge::meross
