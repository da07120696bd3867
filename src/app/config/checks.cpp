#include "app/config/checks.hpp"

#include <functional>

namespace lanbridge::app {
namespace {

std::string at(const std::string& list, std::size_t index, const std::string& member = {}) {
    return list + '[' + std::to_string(index) + ']' + (member.empty() ? "" : '.' + member);
}

/// Reports every item whose `member` repeats that of an earlier one; "" repeats nothing.
template <class Item>
void refuse_repeated(Reader& reader, const std::string& list, const std::string& member,
                     const std::vector<Item>& items, const std::function<std::string(const Item&)>& text) {
    std::map<std::string, std::size_t> seen;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const std::string value = text(items[i]);
        if (value.empty()) continue;
        const auto [first, fresh] = seen.emplace(value, i);
        if (!fresh)
            reader.refuse_at(at(list, i, member), "a " + member + " that no other item has",
                             '"' + value + '"', "it is that of " + at(list, first->second));
    }
}

/// A member that each item needs, unless it stands there and was reported already.
template <class Item>
void require(Reader& reader, const std::string& list, const std::string& member,
             const std::vector<Item>& items, const std::function<bool(const Item&)>& given) {
    for (std::size_t i = 0; i < items.size(); ++i)
        if (!given(items[i]) && !reader.has(at(list, i, member)))
            reader.refuse_at(at(list, i), "a " + member, "none");
}

void check_mqtt(const MqttConfig& mqtt, Reader& reader, std::vector<std::string>& warnings) {
    const bool half = mqtt.tls.certificate.empty() != mqtt.tls.private_key.empty();
    if (half && reader.has("mqtt.tls.certificate") != reader.has("mqtt.tls.private_key"))
        reader.refuse_at("mqtt.tls", "certificate and private_key together", "one of them");
    bool any_tls = false;
    bool any_user = false;
    for (const auto& broker : mqtt.brokers) {
        any_tls = any_tls || broker.tls;
        any_user = any_user || !broker.username.empty();
    }
    if (reader.has("mqtt.tls") && !any_tls)
        warnings.push_back("mqtt.tls has no effect: no broker is mqtts://");
    if (any_user && !mqtt.username.empty())
        warnings.push_back("mqtt.username is not used for the brokers whose URL names a user");
    if (!mqtt.password.empty() && mqtt.username.empty() && !reader.has("mqtt.username"))
        reader.refuse_at("mqtt.password", "mqtt.username beside it", "none");
    if (reader.has("embedded_broker") && !mqtt.embedded())
        warnings.push_back("embedded_broker has no effect: mqtt.broker names another one");
}

void check_embedded_broker(const EmbeddedBrokerConfig& broker, Reader& reader) {
    const std::string users = "embedded_broker.users";
    using User = mqtt::BrokerUser;
    require<User>(reader, users, "username", broker.users, [](const User& u) { return !u.username.empty(); });
    require<User>(reader, users, "password", broker.users, [](const User& u) { return !u.password.empty(); });
    refuse_repeated<User>(reader, users, "username", broker.users, [](const User& u) { return u.username; });
    for (std::size_t i = 0; i < broker.users.size(); ++i)
        if (broker.users[i].username.find(':') != std::string::npos)
            reader.refuse_at(at(users, i, "username"), "a user name without \":\"",
                             '"' + broker.users[i].username + '"');
    if (reader.has("embedded_broker.listen") && broker.listen.empty())
        reader.refuse_at("embedded_broker.listen", "at least one address", "none",
                         "leave it out for 127.0.0.1:1883");
    for (const auto& listener : broker.listen)
        if (!listener.loopback() && broker.users.empty())
            reader.refuse_at("embedded_broker.listen", "users where the network can reach the broker",
                             "\"" + listener.text() + "\" and no embedded_broker.users",
                             "add users, or listen on 127.0.0.1 only");
}

void check_topics(const Config& config, Reader& reader) {
    const auto& base = config.mqtt.base_topic;
    const auto& prefix = config.homeassistant.discovery_prefix;
    if (base != prefix && !base.starts_with(prefix + '/')) return;
    const bool base_written = reader.has("mqtt.base_topic");
    reader.refuse_at(base_written ? "mqtt.base_topic" : "homeassistant.discovery_prefix",
                     "a base topic outside of homeassistant.discovery_prefix",
                     '"' + base + "\" and the prefix \"" + prefix + '"',
                     "Home Assistant would take our states for discovery documents");
}

void check_meross(const MerossConfig& meross, Reader& reader, std::vector<std::string>& warnings) {
    using Device = MerossDeviceConfig;
    const std::string list = "meross.devices";
    std::map<std::string, std::size_t> names;
    for (std::size_t i = 0; i < meross.devices.size(); ++i) {
        const auto& device = meross.devices[i];
        const bool tried = reader.has(at(list, i, "host")) || reader.has(at(list, i, "uuid"));
        if (!device.host && device.uuid.empty() && !tried)
            reader.refuse_at(at(list, i), "a host or a uuid", "neither");
        if (!device.host && !reader.has(at(list, i, "host")) && device.protocol == DeviceProtocol::http)
            reader.refuse_at(at(list, i, "protocol"), "a host beside protocol: http", "none");
        if (!device.name.empty() && !names.emplace(device.name, i).second)
            warnings.push_back(at(list, i) + " is not the first \"" + device.name +
                               "\": requests that name a device need its id then");
    }
    refuse_repeated<Device>(reader, list, "host", meross.devices,
                            [](const Device& d) { return d.host ? d.host->text() : std::string(); });
    refuse_repeated<Device>(reader, list, "uuid", meross.devices, [](const Device& d) { return d.uuid; });
}

template <class Item>
void check_xiaomi_list(Reader& reader, const std::string& list, const std::vector<Item>& items) {
    require<Item>(reader, list, "host", items, [](const Item& item) { return !item.host.empty(); });
    refuse_repeated<Item>(reader, list, "host", items, [](const Item& item) { return item.host; });
}

}  // namespace

std::vector<std::string> check_config(const Config& config, Reader& reader) {
    std::vector<std::string> warnings;
    check_mqtt(config.mqtt, reader, warnings);
    check_embedded_broker(config.embedded_broker, reader);
    check_topics(config, reader);
    check_meross(config.meross, reader, warnings);
    check_xiaomi_list(reader, "xiaomi.gateways", config.xiaomi.gateways);
    check_xiaomi_list(reader, "xiaomi.devices", config.xiaomi.devices);
    return warnings;
}

}  // namespace lanbridge::app
