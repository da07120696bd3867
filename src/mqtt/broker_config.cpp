#include "mqtt/broker_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <filesystem>

#include "lanbridge/base/time.hpp"
#include "mqtt/certificates.hpp"
#include "mqtt/device_rights.hpp"
#include "mqtt/password_hash.hpp"

namespace lanbridge::mqtt {
namespace {

/// What the broker keeps for a client that does not read: Home Assistant at start gets some ten thousand
/// documents and states at once, and must lose none.
constexpr int queued_messages = 50'000;
/// Of QoS 1 in each direction. mosquitto's 20 would make a burst wait for its round trips.
constexpr int inflight_messages = 1000;
/// One message. Our largest, the list of 500 devices with entities, stays below 1 MiB.
constexpr int largest_message = 8 * 1024 * 1024;

/// Every line of mosquitto's files is one entry.
bool fits_a_line(std::string_view text) {
    return std::ranges::none_of(text,
                                [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

Result<void> check_user(const BrokerUser& user, std::string_view key) {
    const auto bad = [&](std::string_view why) {
        return Error(Errc::invalid_value, fmt::format("{}: user '{}' {}", key, user.username, why));
    };
    if (user.username.empty()) return bad("needs a username");
    if (user.username.find(':') != std::string::npos || !fits_a_line(user.username))
        return bad("must not contain ':' nor control characters");
    if (user.password.empty()) return bad("needs a password");
    return {};
}

Result<void> check_listeners(const EmbeddedBrokerSettings& settings) {
    if (settings.listen.empty())
        return Error(Errc::invalid_value, "embedded_broker.listen is empty; the default is [127.0.0.1:1883]");
    for (const auto& listener : settings.listen) {
        boost::system::error_code ec;
        asio::ip::make_address(listener.address, ec);
        if ((ec && listener.address != "localhost") || listener.port == 0)
            return Error(Errc::invalid_value,
                         "embedded_broker.listen: '" + listener.text() +
                             "' is not an IP address and a port, such as 127.0.0.1:1883");
        if (!listener.loopback() && settings.users.empty())
            return Error(Errc::invalid_value, "embedded_broker.listen: " + listener.text() +
                                                  " is open to the network and needs embedded_broker.users");
    }
    return {};
}

Result<void> check_device_listener(const EmbeddedBrokerSettings& settings) {
    const auto& wanted = *settings.devices_listen;
    const auto bad = [&](std::string_view why) {
        return Error(Errc::invalid_value,
                     fmt::format("embedded_broker.devices_listen: {} {}", wanted.text(), why));
    };
    boost::system::error_code ec;
    const auto address = asio::ip::make_address(wanted.address, ec);
    if ((ec && wanted.address != "localhost") || wanted.port == 0)
        return bad("is not an IP address and a port, such as 0.0.0.0:8883");
    for (const auto& listener : settings.listen) {
        const auto other = asio::ip::make_address(listener.address, ec);
        const bool meet =
            listener.address == wanted.address || (!ec && other.is_unspecified()) || address.is_unspecified();
        if (meet && listener.port == wanted.port)
            return bad("is in embedded_broker.listen too: give devices a port of their own");
    }
    return check_devices(settings.devices);
}

Result<std::vector<BrokerUser>> all_users(const EmbeddedBrokerSettings& settings) {
    std::vector<BrokerUser> users;
    for (const auto& user : settings.users) {
        if (auto fine = check_user(user, "embedded_broker.users"); !fine) return std::move(fine).error();
        const bool twice = std::ranges::find(users, user.username, &BrokerUser::username) != users.end();
        if (twice)
            return Error(Errc::invalid_value,
                         "embedded_broker.users: user '" + user.username + "' is there twice");
        users.push_back(user);
    }
    const auto& own = settings.credentials;
    if (own.username.empty()) return users;
    if (auto fine = check_user(own, "mqtt.username"); !fine) return std::move(fine).error();
    const auto same = std::ranges::find(users, own.username, &BrokerUser::username);
    if (same == users.end())
        users.push_back(own);
    else if (same->password != own.password)
        return Error(Errc::invalid_value,
                     "mqtt.password is not that of '" + own.username + "' in embedded_broker.users");
    return users;
}

}  // namespace

bool BrokerListener::loopback() const {
    boost::system::error_code ec;
    const auto parsed = asio::ip::make_address(address, ec);
    return ec ? address == "localhost" : parsed.is_loopback();
}

std::string BrokerListener::text() const {
    const bool v6 = address.find(':') != std::string::npos;
    return (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

Result<BrokerPlan> plan_broker(const EmbeddedBrokerSettings& settings, bool as_root) {
    if (auto fine = check_listeners(settings); !fine) return std::move(fine).error();
    auto users = all_users(settings);
    if (!users) return std::move(users).error();
    BrokerPlan plan;
    plan.folder = std::filesystem::absolute(settings.data_directory).lexically_normal() / "broker";
    if (!fits_a_line(plan.folder))
        return Error(Errc::invalid_value, "the data directory's name contains control characters");
    plan.listen = settings.listen;
    plan.users = std::move(*users);
    plan.anonymous = settings.users.empty();
    plan.as_root = as_root;
    if (!settings.devices_listen) return plan;
    if (auto fine = check_device_listener(settings); !fine) return std::move(fine).error();
    auto plugin = find_rights_plugin(settings.device_plugin);
    if (!plugin) return std::move(plugin).error();
    plan.devices_listen = settings.devices_listen;
    plan.devices = settings.devices;
    plan.device_names = settings.device_names;
    plan.rights_plugin = std::move(*plugin);
    return plan;
}

namespace {

std::string device_listener_lines(const BrokerPlan& plan) {
    const CertificateFiles files(plan.folder);
    return fmt::format("listener {} {}\n", plan.devices_listen->port, plan.devices_listen->address) +
           "allow_anonymous false\n" + fmt::format("certfile {}\n", files.server) +
           fmt::format("keyfile {}\n", files.server_key) +
           "tls_version tlsv1.2\n"  // at least: devices speak no newer one, other clients may
           // Devices offer old suites with RSA and CBC, which OpenSSL 3 refuses at its usual level.
           "ciphers DEFAULT:@SECLEVEL=0\n" +
           fmt::format("plugin {}\n", plan.rights_plugin) +
           fmt::format("plugin_opt_config_file {}\n", plan.rights_file());
}

}  // namespace

std::string mosquitto_conf(const BrokerPlan& plan) {
    std::string text = "# Written by lanbridge at every start: changes made here do not last.\n";
    const auto line = [&](std::string_view key, const auto& value) {
        text += fmt::format("{} {}\n", key, value);
    };
    // As root, mosquitto would turn into user "mosquitto": it could then read neither these files nor the
    // folders above them, and the kernel would forget that it has to die with us. It keeps our user, whoever
    // that is.
    if (plan.as_root) line("user", "root");
    line("pid_file", plan.pid_file());
    line("persistence", "true");
    line("persistence_location", plan.folder + "/");
    line("autosave_interval", 300);
    line("set_tcp_nodelay", "true");
    line("max_inflight_messages", inflight_messages);
    line("max_queued_messages", queued_messages);
    line("message_size_limit", largest_message);
    line("log_dest", "stderr");
    line("log_timestamp", "false");
    for (const auto* type : {"error", "warning", "notice", "information"}) line("log_type", type);
    line("per_listener_settings", "true");  // before any setting about security
    // Whether a retained message may still be published is not asked again: after a restart, mosquitto would
    // find no listener for those that came by one which is gone, and hide them.
    line("check_retain_source", "false");
    for (const auto& listener : plan.listen) {
        text += fmt::format("listener {} {}\n", listener.port, listener.address);
        line("allow_anonymous", plan.anonymous ? "true" : "false");
        if (!plan.users.empty()) line("password_file", plan.password_file());
    }
    if (plan.devices_listen) text += device_listener_lines(plan);
    return text;
}

std::string password_lines(const std::vector<BrokerUser>& users, Random& random) {
    std::string text;
    for (const auto& user : users) {
        const auto hashed = hash_password(user.password, random);
        text += fmt::format("{}:$7${}${}${}\n", user.username, hashed.rounds, hashed.salt, hashed.hash);
    }
    return text;
}

BrokerUser own_login(const EmbeddedBrokerSettings& settings) {
    if (!settings.credentials.username.empty()) return settings.credentials;
    return settings.users.empty() ? BrokerUser() : settings.users.front();
}

BrokerUrl local_url(const BrokerListener& listener) {
    boost::system::error_code ec;
    const auto address = asio::ip::make_address(listener.address, ec);
    if (!ec && address.is_unspecified())
        return BrokerUrl(address.is_v6() ? "::1" : "127.0.0.1", listener.port);
    return BrokerUrl(ec ? "127.0.0.1" : listener.address, listener.port);
}

}  // namespace lanbridge::mqtt
