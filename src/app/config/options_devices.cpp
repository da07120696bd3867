#include "app/config/option_lists.hpp"

// meross, xiaomi and log: the side of the devices, and our own.
namespace lanbridge::app {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr std::uint16_t http_port = 80;
// A recording is meant for a bug report: minutes to a day, and no more than a forum takes or a disk notices.
constexpr seconds shortest_trace{1};
constexpr hours longest_trace{24};
constexpr std::uint64_t smallest_trace = 1024;
constexpr std::uint64_t largest_trace = 64 * 1024 * 1024;

Format<milliseconds> poll_interval_format() { return duration_format(seconds(5), hours(1), "30s"); }

Format<DeviceProtocol> device_protocol_format() {
    return choice_format<DeviceProtocol>({{"auto", DeviceProtocol::automatic},
                                          {"http", DeviceProtocol::http},
                                          {"mqtt", DeviceProtocol::mqtt}});
}

std::vector<Option> trace_members() {
    return {scalar("duration", &TraceConfig::duration, duration_format(shortest_trace, longest_trace, "10m"),
                   "Ends after this time"),
            scalar("max_size", &TraceConfig::max_size, size_format(smallest_trace, largest_trace, "64KiB"),
                   "Ends at this size")};
}

/// false, true, or limits of one's own.
void read_trace(Reader& reader, const YAML::Node& node, void* owner) {
    static const auto members = trace_members();
    static const auto format = [] {
        auto f = boolean_format();
        f.expected = "true, false or {duration: 10m, max_size: 64KiB}";
        return f;
    }();
    auto& trace = detail::as<MerossDeviceConfig>(owner).trace;
    if (node.IsMap()) {
        trace.enabled = true;
        reader.read_members(node, members, &trace);
    } else if (auto value = reader.value(node, format)) {
        trace.enabled = *value;
    }
}

OrderedJson trace_schema() {
    OrderedJson limits;
    limits["type"] = "object";
    limits["additionalProperties"] = false;
    for (const auto& member : trace_members()) {
        limits["properties"][member.name] = member.schema;
        limits["properties"][member.name]["default"] = member.fallback;
    }
    OrderedJson schema;
    schema["anyOf"] = OrderedJson::array();
    schema["anyOf"].push_back(boolean_format().schema);
    schema["anyOf"].push_back(std::move(limits));
    return schema;
}

Option trace_option() {
    Option option;
    option.name = "trace";
    option.description =
        "Record the exchange with the device, obfuscated; true, or {duration: 10m, max_size: 64KiB}";
    option.expected = "true, false or {duration: 10m, max_size: 64KiB}";
    option.schema = trace_schema();
    option.fallback = false;
    option.read = &read_trace;
    option.show = [](const void* owner) {
        const auto& trace = detail::as<MerossDeviceConfig>(owner).trace;
        return trace.enabled ? show_members(trace_members(), &trace) : OrderedJson(false);
    };
    return option;
}

/// A device of another kind does not mind them.
Option device_extras() {
    using Options = meross::DeviceOptions;
    return section("options", &MerossDeviceConfig::options, "Extras of single device kinds",
                   {scalar("cool", &Options::cool, boolean_format(),
                           "mts200, mts205, mts215: offer cooling from the start, not only once the device "
                           "was seen cooling"),
                    scalar("heating_rule", &Options::heating_rule, boolean_format(),
                           "Hubs: a radiator valve heats when its target is above the room, whatever it "
                           "says itself")});
}

Option meross_devices() {
    using Device = MerossDeviceConfig;
    return list_of_sections(
        "devices", &MerossConfig::devices, "Devices by address or uuid; each needs one of the two",
        {scalar("host", &Device::host, maybe(host_port_format(http_port)),
                "host[:port]; several devices may share an address on different ports", "192.168.1.20"),
         scalar("uuid", &Device::uuid, uuid_format(),
                "Instead of host (MQTT only), or beside it: then nothing else is accepted there",
                "1902078921371225172348e1e9000000"),
         scalar("key", &Device::key, maybe(secret_format("a key", "the empty key")),
                "By default meross.keys are tried; \"\" is the empty key", "!secret kettle_key"),
         scalar("name", &Device::name, text_format("a name"), "What Home Assistant shows", "Kettle"),
         scalar("protocol", &Device::protocol, maybe(device_protocol_format()),
                "By default as meross.protocol", "auto"),
         scalar("poll_interval", &Device::poll_interval, maybe(poll_interval_format()),
                "By default as meross.poll_interval", "30s"),
         trace_option(),
         scalar("timezone", &Device::timezone, time_zone_format(), "Written to a device that has none",
                "Europe/Rome"),
         device_extras()});
}

Option meross_discovery() {
    using Discovery = MerossDiscoveryConfig;
    return section("discovery", &MerossConfig::discovery, "Ways to find devices by themselves",
                   {scalar("udp", &Discovery::udp, boolean_format(), "Broadcasts on the local network"),
                    scalar("mqtt", &Discovery::mqtt, boolean_format(), "Devices bound to our broker"),
                    scalar("dhcp", &Discovery::dhcp, boolean_format(), "Devices that ask for an address"),
                    list_of("subnets", &Discovery::subnets, subnet_format(),
                            "Networks that are searched address by address", "[192.168.1.0/24]")});
}

}  // namespace

Option meross_options() {
    return section(
        "meross", &Config::meross, "Meross and Refoss devices",
        {list_of("keys", &MerossConfig::keys, secret_format("a key", "the empty key"),
                 "Tried in order on devices that have none of their own", "[!secret meross_key]"),
         scalar("poll_interval", &MerossConfig::poll_interval, poll_interval_format(),
                "How often a device is asked for what it does not tell by itself, 5s to 1h"),
         scalar("protocol", &MerossConfig::protocol, device_protocol_format(), "auto, http or mqtt"),
         meross_discovery(), meross_devices()});
}

Option xiaomi_options() {
    using Gateway = XiaomiGatewayConfig;
    using Device = MiioDeviceConfig;
    auto mqtt = group<Gateway>(
        "mqtt", "Login of the gateway's own broker, where it has one",
        {scalar("username", &Gateway::mqtt_username, text_format("a user name"), "User name", "agent"),
         scalar("password", &Gateway::mqtt_password, secret_format("a password"), "Password",
                "!secret gateway_password")});
    return section(
        "xiaomi", &Config::xiaomi, "Xiaomi gateways and miIO devices",
        {list_of_sections(
             "gateways", &XiaomiConfig::gateways, "Gateways by address",
             {scalar("host", &Gateway::host, host_format(), "Name or address", "192.168.1.30"),
              scalar("token", &Gateway::token, miio_token_format(), "32 hex digits", "!secret gateway_token"),
              std::move(mqtt)}),
         list_of_sections(
             "devices", &XiaomiConfig::devices, "miIO devices by address",
             {scalar("host", &Device::host, host_format(), "Name or address", "192.168.1.31"),
              scalar("token", &Device::token, miio_token_format(), "32 hex digits", "!secret purifier_token"),
              scalar("name", &Device::name, text_format("a name"), "What Home Assistant shows", "Purifier")}),
         group<XiaomiConfig>("discovery", "Ways to find devices by themselves",
                             {scalar("udp", &XiaomiConfig::discover_udp, boolean_format(),
                                     "Broadcasts on the local network")})});
}

Option log_options() {
    using Format = log::Format;
    return section(
        "log", &Config::log, "What is logged, to stderr",
        {scalar("level", &LogConfig::level, level_format(), "trace, debug, info, warn, error or off"),
         scalar("format", &LogConfig::format,
                choice_format<Format>({{"auto", Format::automatic},
                                       {"text", Format::text},
                                       {"json", Format::json},
                                       {"journald", Format::journald}}),
                "auto, text, json or journald"),
         map_of("levels", &LogConfig::levels, level_format(), "Levels of single parts",
                "{meross.http: debug}"),
         scalar("mqtt", &LogConfig::mqtt, level_format(), "From which level on lines go to bridge/logging")});
}

}  // namespace lanbridge::app
