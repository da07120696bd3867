#include "agent/settings_access.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "agent/zigbee/allow_list.hpp"
#include "lanbridge/base/files.hpp"

namespace lanbridge::agent {
namespace {

using boost::asio::ip::make_address;

constexpr std::size_t password_file_limit = 1024;
/// Of MQTT: a password is a field of up to 65,535 bytes, but nobody types that.
constexpr std::size_t longest_login = 256;

const std::string* given(const Arguments& arguments, const char* name) {
    const auto found = arguments.find(name);
    return found == arguments.end() ? nullptr : &found->second;
}

/// The LAN stays out: what was asked for to protect the broker could not be followed.
void close_broker(Settings& settings, std::string why) {
    settings.mqtt_local = true;
    settings.mistakes.push_back(std::move(why) + "; the LAN does not reach the broker");
}

void read_bind(const Arguments& arguments, Settings& settings) {
    const auto* bind = given(arguments, "--mqtt.bind");
    if (!bind) return;
    error_code ec;
    const auto address = make_address(*bind, ec);
    if (ec) return close_broker(settings, "--mqtt.bind=" + *bind + " is not an IP address");
    // the vendor's broker is there already, and nobody else can come that way
    if (address == make_address("127.0.0.1") || address == make_address("::1"))
        settings.mqtt_local = true;
    else if (!address.is_unspecified())
        settings.mqtt_bind = address.to_string();
}

/// As given, or the first line of the file behind an @.
Result<Secret> password_of(const std::string& value) {
    if (!value.starts_with('@')) return Secret(value);
    auto text = read_file(value.substr(1), password_file_limit);
    if (!text) return std::move(text).error();
    text->resize(std::min(text->find_first_of("\r\n"), text->size()));
    return Secret(std::move(*text));
}

void read_login(const Arguments& arguments, Settings& settings) {
    const auto* user = given(arguments, "--mqtt.user");
    const auto* pass = given(arguments, "--mqtt.pass");
    if (!user && !pass) return;
    if (!user || user->empty()) return close_broker(settings, "--mqtt.pass needs --mqtt.user");
    if (!pass) return close_broker(settings, "--mqtt.user needs --mqtt.pass");
    auto secret = password_of(*pass);
    if (!secret) return close_broker(settings, "--mqtt.pass: " + secret.error().text());
    if (secret->empty()) return close_broker(settings, "--mqtt.pass is empty");
    if (user->size() > longest_login || secret->reveal().size() > longest_login)
        return close_broker(settings, "--mqtt.user or --mqtt.pass is longer than 256 bytes");
    settings.mqtt_user = *user;
    settings.mqtt_pass = std::move(*secret);
}

void read_allowed(const Arguments& arguments, Settings& settings) {
    const auto* list = given(arguments, "--zigbee.allow");
    if (!list) return;
    for (std::string_view left = *list; !left.empty();) {
        const auto comma = left.find(',');
        const auto network = left.substr(0, comma);
        left.remove_prefix(comma == left.npos ? left.size() : comma + 1);
        if (AllowList().add(network))
            settings.zigbee_allow.emplace_back(network);
        else
            settings.mistakes.push_back("--zigbee.allow: " + std::string(network) +
                                        " is no network as 192.168.1.0/24");
    }
    if (!settings.zigbee_allow.empty()) return;
    settings.zigbee_tcp.clear();
    settings.mistakes.emplace_back("--zigbee.allow names nobody; --zigbee.tcp stays closed");
}

}  // namespace

void read_access(const Arguments& arguments, Settings& settings) {
    read_bind(arguments, settings);
    read_login(arguments, settings);
    read_allowed(arguments, settings);
}

}  // namespace lanbridge::agent
