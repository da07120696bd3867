#include "mqtt/device_rights.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "lanbridge/base/json.hpp"
#include "mqtt/password_hash.hpp"

namespace lanbridge::mqtt {
namespace {

constexpr std::string_view plugin_name = "mosquitto_dynamic_security.so";

OrderedJson allow(std::string_view kind, const std::string& topic) {
    return OrderedJson{{"acltype", kind}, {"topic", topic}, {"priority", 0}, {"allow", true}};
}

OrderedJson role_of(const DeviceLogin& device) {
    OrderedJson role;
    role["rolename"] = device.username;
    role["acls"] = OrderedJson::array();
    role["acls"].push_back(allow("subscribeLiteral", device.read_topic));
    role["acls"].push_back(allow("publishClientReceive", device.read_topic));
    role["acls"].push_back(allow("publishClientSend", device.write_topic));
    return role;
}

OrderedJson client_of(const DeviceLogin& device, Random& random) {
    const auto hashed = hash_password(device.password, random);
    OrderedJson client;
    client["username"] = device.username;
    client["roles"] = OrderedJson::array();
    client["roles"].push_back(OrderedJson{{"rolename", device.username}});
    client["password"] = hashed.hash;
    client["salt"] = hashed.salt;
    client["iterations"] = hashed.rounds;
    return client;
}

bool has_control_characters(std::string_view text) {
    return std::ranges::any_of(text,
                               [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

/// One topic, not a filter: a wildcard would reach other devices.
bool one_topic(std::string_view topic) {
    return !topic.empty() && topic.find_first_of("+#") == topic.npos && topic.front() != '$' &&
           !has_control_characters(topic);
}

}  // namespace

Result<void> check_devices(const std::vector<DeviceLogin>& devices) {
    std::vector<std::string_view> names;
    for (const auto& device : devices) {
        const auto bad = [&](std::string_view why) {
            return Error(Errc::invalid_value, "device login '" + device.username + "' " + std::string(why));
        };
        if (device.username.empty() || has_control_characters(device.username))
            return bad("needs a username without control characters");
        if (device.password.empty()) return bad("needs a password");
        if (!one_topic(device.read_topic) || !one_topic(device.write_topic))
            return bad("needs two topics without wildcards");
        names.push_back(device.username);
    }
    std::ranges::sort(names);
    const auto twice = std::ranges::adjacent_find(names);
    if (twice == names.end()) return {};
    return Error(Errc::invalid_value, "device login '" + std::string(*twice) + "' is there twice");
}

std::string rights_text(const std::vector<DeviceLogin>& devices, Random& random) {
    OrderedJson file;
    file["defaultACLAccess"] = OrderedJson{{"publishClientSend", false},
                                           {"publishClientReceive", false},
                                           {"subscribe", false},
                                           {"unsubscribe", true}};
    file["clients"] = OrderedJson::array();
    file["groups"] = OrderedJson::array();
    file["roles"] = OrderedJson::array();
    for (const auto& device : devices) {
        file["clients"].push_back(client_of(device, random));
        file["roles"].push_back(role_of(device));
    }
    return dump_json(file) + "\n";
}

Result<std::string> find_rights_plugin(const std::string& configured) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    std::vector<fs::path> places;
    if (!configured.empty()) {
        places.emplace_back(configured);
    } else {
        for (const auto* folder : {"/usr/lib", "/usr/lib64", "/usr/local/lib"})
            places.push_back(fs::path(folder) / plugin_name);
        // Debian's folders of an architecture, such as /usr/lib/x86_64-linux-gnu
        for (fs::directory_iterator at("/usr/lib", ignored), end; !ignored && at != end;
             at.increment(ignored))
            if (at->path().filename().string().find("-linux-") != std::string::npos)
                places.push_back(at->path() / plugin_name);
    }
    for (const auto& place : places)
        if (fs::is_regular_file(place, ignored)) return place.string();
    const auto what = configured.empty() ? std::string(plugin_name) : configured;
    return Error(Errc::not_found,
                 what +
                     ": the listener for devices (embedded_broker.devices_listen) needs this plugin of "
                     "mosquitto: install Debian's package mosquitto, which has it, or bind devices to "
                     "another broker");
}

}  // namespace lanbridge::mqtt
