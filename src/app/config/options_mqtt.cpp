#include "app/config/option_lists.hpp"

// mqtt, embedded_broker and homeassistant: the side of Home Assistant.
namespace lanbridge::app {
namespace {

constexpr std::string_view embedded_word = "embedded";

/// `embedded`, one URL, or a list of URLs. A broker of our own is always there, so that as one of several it
/// would never fail over: such a list is an error.
void read_broker(Reader& reader, const YAML::Node& node, void* owner) {
    static const auto format = [] {
        auto f = broker_url_format();
        f.expected = "embedded, or " + f.expected;
        return f;
    }();
    auto& brokers = detail::as<MqttConfig>(owner).brokers;
    if (node.IsSequence()) {
        if (node.size() == 0) reader.refuse("at least one broker", "an empty list", "or write: embedded");
        if (node.size() == 1 && node[0].IsScalar() && node[0].Scalar() == embedded_word) return;
        read_list(reader, node, broker_url_format(), brokers);
    } else if (node.IsScalar() && node.Scalar() == embedded_word) {
        return;
    } else if (auto url = reader.value(node, format)) {
        brokers.assign(1, std::move(*url));
    }
    for (const auto& url : brokers) reader.inline_secret = reader.inline_secret || !url.password.empty();
}

OrderedJson broker_schema() {
    OrderedJson one;
    one["anyOf"] = OrderedJson::array();
    OrderedJson embedded;
    embedded["const"] = embedded_word;
    one["anyOf"].push_back(std::move(embedded));
    one["anyOf"].push_back(broker_url_format().schema);
    OrderedJson list;
    list["type"] = "array";
    list["minItems"] = 1;
    list["uniqueItems"] = true;
    list["items"] = one;
    one["anyOf"].push_back(std::move(list));
    return one;
}

Option broker_option() {
    Option option;
    option.name = "broker";
    option.description =
        "embedded starts a broker of our own, or uses the one that listens there already; else mqtt:// or "
        "mqtts:// "
        "with [user:password@]host[:port], or a list of these, tried in order";
    option.expected = "embedded, or mqtt://[user:password@]host[:port] or mqtts://…, or a list of URLs";
    option.schema = broker_schema();
    option.fallback = embedded_word;
    option.read = &read_broker;
    option.show = [](const void* owner) {
        const auto& brokers = detail::as<MqttConfig>(owner).brokers;
        if (brokers.empty()) return OrderedJson(embedded_word);
        return show_list(broker_url_format(), brokers);
    };
    return option;
}

/// 5 is a number to YAML, 3.1.1 a text.
Format<mqtt::Protocol> protocol_format() {
    auto format =
        choice_format<mqtt::Protocol>({{"5", mqtt::Protocol::v5}, {"3.1.1", mqtt::Protocol::v3_1_1}});
    format.schema["enum"].push_back(5);
    return format;
}

Option tls_options() {
    using Tls = mqtt::TlsSettings;
    return section(
        "tls", &MqttConfig::tls, "For mqtts:// brokers; files in PEM",
        {scalar("ca", &Tls::ca, file_format("certificate authorities"),
                "Authorities to trust instead of the system's", "/etc/lanbridge/ca.pem"),
         scalar("certificate", &Tls::certificate, file_format("our certificate"),
                "Our own certificate, where the broker wants one", "/etc/lanbridge/client.pem"),
         scalar("private_key", &Tls::private_key, file_format("its private key"), "Its private key",
                "/etc/lanbridge/client.key"),
         scalar("verify", &Tls::verify, boolean_format(), "Check the broker's certificate and host name")});
}

}  // namespace

Option mqtt_options() {
    return section(
        "mqtt", &Config::mqtt, "The broker that Home Assistant uses too",
        {broker_option(),
         scalar("username", &MqttConfig::username, text_format("a user name"),
                "For brokers whose URL names no user", "homeassistant"),
         scalar("password", &MqttConfig::password, secret_format("a password"),
                "The password that goes with it", "!secret mqtt_password"),
         tls_options(),
         scalar("client_id", &MqttConfig::client_id, text_format("a client id"),
                "By default made once and kept; no two clients of a broker may share one", "lanbridge_7f3a"),
         scalar("base_topic", &MqttConfig::base_topic, topic_format(),
                "Everything is published below it; one per site when several daemons share a broker"),
         scalar("protocol", &MqttConfig::protocol, protocol_format(),
                "MQTT version, 5 or 3.1.1; 5 falls back where the broker refuses it")});
}

Option embedded_broker_options() {
    using Broker = EmbeddedBrokerConfig;
    const auto member = &Config::embedded_broker;
    return section(
        "embedded_broker", member, "Used with mqtt.broker: embedded",
        {list_of("listen", &Broker::listen, listen_format(1883),
                 "Plain MQTT, for Home Assistant and tools on this host; other addresses need users"),
         scalar("devices_listen", &Broker::devices_listen, maybe(listen_format(8883)),
                "TLS, for Meross devices bound to it; off unless a device is paired or this is set",
                "0.0.0.0:8883"),
         list_of_sections("users", &Broker::users,
                          "Who may connect; nobody without a password once there are any",
                          {scalar("username", &mqtt::BrokerUser::username, text_format("a user name"),
                                  "User name", "homeassistant"),
                           scalar("password", &mqtt::BrokerUser::password, secret_format("a password"),
                                  "Password", "!secret broker_password")})});
}

Option homeassistant_options() {
    using HomeAssistant = HomeAssistantConfig;
    return section(
        "homeassistant", &Config::homeassistant, "What Home Assistant is told",
        {scalar("enabled", &HomeAssistant::enabled, boolean_format(), "Publish discovery documents"),
         scalar("discovery_prefix", &HomeAssistant::discovery_prefix, topic_format(),
                "As in Home Assistant's MQTT settings"),
         scalar("discovery", &HomeAssistant::discovery,
                choice_format<DiscoveryForm>(
                    {{"device", DiscoveryForm::device}, {"entity", DiscoveryForm::entity}}),
                "device for Home Assistant 2024.11 and later; entity for older ones and other consumers"),
         scalar("status_topic", &HomeAssistant::status_topic, topic_format(),
                "Where Home Assistant says that it has started")});
}

}  // namespace lanbridge::app
