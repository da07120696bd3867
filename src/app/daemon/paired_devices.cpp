#include "app/daemon/paired_devices.hpp"

#include <algorithm>

#include "lanbridge/base/log.hpp"
#include "lanbridge/meross/protocol/credentials.hpp"

namespace lanbridge::app {
namespace {

const log::Logger logger("app");

constexpr std::string_view account_topic = "account";
constexpr std::string_view no_account = "null";
/// Read by the sessions, and by the broker agent.
constexpr std::string_view key_topic = "key";
constexpr std::string_view every_address = "0.0.0.0";
constexpr std::size_t longest_key = 64;

mqtt::DeviceLogin login_of(const PairedDevice& device) {
    auto credentials = meross::device_credentials(device.uuid, device.mac, device.key, device.user_id, "");
    mqtt::DeviceLogin login;
    login.username = std::move(credentials.username);
    login.password = std::move(credentials.password);
    login.read_topic = meross::request_topic(device.uuid);
    login.write_topic = meross::publish_topic(device.uuid);
    return login;
}

}  // namespace

model::DeviceId PairedDevice::id() const { return model::DeviceId("meross_" + meross::mac_digits_of(uuid)); }

Result<PairedDevice> parse_paired_device(const Json& json) {
    PairedDevice device;
    auto uuid = meross::parse_uuid(string_or(json, {"uuid"}, ""));
    if (!uuid) return Error(Errc::invalid_value, "\"uuid\" must be the device's uuid");
    device.uuid = *std::move(uuid);
    device.mac = string_or(json, {"mac"}, "");
    if (device.mac.empty()) device.mac = meross::mac_of(device.uuid);
    const bool sound_mac = device.mac.size() == 17 && std::ranges::all_of(device.mac, [](unsigned char c) {
                               return c == ':' || std::isdigit(c) || (c >= 'a' && c <= 'f');
                           });
    if (!sound_mac) return Error(Errc::invalid_value, "\"mac\" must be like 48:e1:e9:a1:b2:c3");
    device.key = Secret(string_or(json, {"key"}, ""));
    if (device.key.empty() || device.key.reveal().size() > longest_key)
        return Error(Errc::invalid_value, "\"key\" must have 1 to 64 characters");
    device.user_id = string_or(json, {"user_id"}, "0");
    const bool digits = std::ranges::all_of(device.user_id, [](unsigned char c) { return std::isdigit(c); });
    if (device.user_id.empty() || device.user_id.size() > longest_key || !digits)
        return Error(Errc::invalid_value, "\"user_id\" must consist of digits");
    device.broker_host = string_or(json, {"broker_host"}, "");
    return device;
}

void remember_paired(model::Memory& memory, const PairedDevice& device, bool key_too) {
    Json record = Json::object();
    record["uuid"] = device.uuid.value();
    record["mac"] = device.mac;
    record["key"] = device.key.reveal();
    record["user_id"] = device.user_id;
    record["broker_host"] = device.broker_host;
    memory.remember(device.id(), account_topic, dump_json(record));
    if (key_too) remember_new_key(memory, device);
}

void remember_new_key(model::Memory& memory, const PairedDevice& device) {
    Json record = Json::object();
    record["key"] = device.key.reveal();
    memory.remember(device.id(), key_topic, dump_json(record));
}

void forget_account(model::Memory& memory, const model::DeviceId& id,
                    const std::optional<PairedDevice>& before) {
    if (before)
        remember_paired(memory, *before, false);
    else
        memory.remember(id, account_topic, std::string(no_account));
}

bool has_own_key(const model::Memory& memory, const PairedDevice& device) {
    return memory.recall(device.id(), key_topic).has_value();
}

std::optional<PairedDevice> recall_paired(const model::Memory& memory, const model::DeviceId& id) {
    const auto text = memory.recall(id, account_topic);
    if (!text || *text == no_account) return std::nullopt;
    const auto json = parse_json(*text);
    auto device = json ? parse_paired_device(*json) : Result<PairedDevice>(json.error());
    if (device) return *std::move(device);
    logger.warn("the broker account of {} cannot be read ({}); pair the device again", id.value(),
                device.error().text());
    return std::nullopt;
}

std::vector<PairedDevice> paired_devices(const model::Memory& memory) {
    std::vector<PairedDevice> devices;
    for (const auto& id : memory.known())
        if (auto device = recall_paired(memory, id)) devices.push_back(*std::move(device));
    return devices;
}

mqtt::BrokerListener device_listener(const Config& config) {
    return config.embedded_broker.devices_listen.value_or(
        mqtt::BrokerListener(std::string(every_address), meross::default_device_port));
}

void add_paired_devices(mqtt::EmbeddedBrokerSettings& settings, const Config& config,
                        const model::Memory& memory) {
    const auto devices = paired_devices(memory);
    if (!devices.empty() || config.embedded_broker.devices_listen)
        settings.devices_listen = device_listener(config);
    for (const auto& device : devices) {
        settings.devices.push_back(login_of(device));
        auto& names = settings.device_names;
        if (!device.broker_host.empty() && std::ranges::find(names, device.broker_host) == names.end())
            names.push_back(device.broker_host);
    }
}

}  // namespace lanbridge::app
