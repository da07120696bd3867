#include "mqtt/device_rights.hpp"

#include "lanbridge/base/json.hpp"
#include "mqtt/broker_config.hpp"
#include "mqtt/packets.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::mqtt;
using lanbridge::test::ContainsSubstring;

namespace {

DeviceLogin login() {
    return DeviceLogin("48:e1:e9:00:00:01", Secret("0_one"), "/appliance/a/subscribe",
                       "/appliance/a/publish");
}

EmbeddedBrokerSettings with_devices() {
    EmbeddedBrokerSettings settings;
    settings.data_directory = "/var/lib/lanbridge";
    settings.devices_listen = BrokerListener("0.0.0.0", 8883);
    settings.devices = {login()};
    settings.device_plugin = "/proc/self/exe";  // any file
    return settings;
}

}  // namespace

TEST_CASE("a device has a role with its two topics, and nothing by default", "[mqtt][device_rights]") {
    SeededRandom random(1);
    const auto text = rights_text({login()}, random);
    CHECK_THAT(text, !ContainsSubstring("0_one"));
    const auto file = parse_json(text);
    REQUIRE(file.has_value());
    for (const auto* kind : {"publishClientSend", "publishClientReceive", "subscribe"})
        CHECK((*file)["defaultACLAccess"][kind] == false);
    REQUIRE((*file)["clients"].size() == 1);
    CHECK((*file)["clients"][0]["username"] == login().username);
    CHECK((*file)["clients"][0]["iterations"] == 101);
    CHECK((*file)["clients"][0]["roles"][0]["rolename"] == login().username);
    REQUIRE((*file)["roles"].size() == 1);
    const auto& acls = (*file)["roles"][0]["acls"];
    REQUIRE(acls.size() == 3);
    CHECK(acls[0]["acltype"] == "subscribeLiteral");
    CHECK(acls[0]["topic"] == login().read_topic);
    CHECK(acls[2]["acltype"] == "publishClientSend");
    CHECK(acls[2]["topic"] == login().write_topic);
}

TEST_CASE("logins that reach too far are refused", "[mqtt][device_rights]") {
    CHECK(check_devices({login()}).has_value());
    for (const auto* topic : {"", "#", "/appliance/+/publish", "$SYS/x", "a\nb"}) {
        auto bad = login();
        bad.read_topic = topic;
        CHECK(check_devices({bad}).has_error());
        bad = login();
        bad.write_topic = topic;
        CHECK(check_devices({bad}).has_error());
    }
    auto bad = login();
    bad.username.clear();
    CHECK(check_devices({bad}).has_error());
    bad = login();
    bad.password = Secret();
    CHECK(check_devices({bad}).has_error());
    CHECK_THAT(check_devices({login(), login()}).error().text(), ContainsSubstring("twice"));
}

TEST_CASE("the listener for devices in mosquitto's words", "[mqtt][device_rights]") {
    const auto plan = plan_broker(with_devices(), false);
    REQUIRE(plan.has_value());
    const auto text = mosquitto_conf(*plan);
    const auto at = text.find("\nlistener 8883 0.0.0.0\n");
    REQUIRE(at != text.npos);
    CHECK_THAT(text.substr(0, at), ContainsSubstring("\nper_listener_settings true\n"));
    CHECK_THAT(text.substr(0, at + 1), ContainsSubstring("\nallow_anonymous true\n"));
    CHECK_THAT(text.substr(0, at), !ContainsSubstring("plugin"));
    CHECK_THAT(text.substr(at), ContainsSubstring("\nallow_anonymous false\n"));
    CHECK_THAT(text.substr(at), ContainsSubstring("\nplugin /proc/self/exe\n"));
    CHECK_THAT(text.substr(at), ContainsSubstring("\nkeyfile /var/lib/lanbridge/broker/server.key\n"));
    CHECK_THAT(text.substr(at), !ContainsSubstring("require_certificate"));
}

TEST_CASE("a listener for devices needs a port of its own", "[mqtt][device_rights]") {
    auto settings = with_devices();
    settings.devices_listen->port = 1883;
    CHECK_THAT(plan_broker(settings, false).error().text(), ContainsSubstring("a port of their own"));
    settings.devices_listen = BrokerListener("homeassistant", 8883);
    CHECK_THAT(plan_broker(settings, false).error().text(), ContainsSubstring("not an IP address"));
}

TEST_CASE("packets of MQTT are taken as they come in", "[mqtt][packets]") {
    auto bytes = std::string("\x90\x03\x00\x07\x80", 5) + ping_packet();
    std::string some = bytes.substr(0, 4);
    CHECK_FALSE(take_packet(some)->has_value());
    const auto suback = take_packet(bytes);
    REQUIRE(suback->has_value());
    CHECK((*suback)->type == PacketType::suback);
    CHECK(packet_id(**suback) == 7);
    CHECK(bytes == ping_packet());

    auto message = publish_packet(9, "a/b", "text");
    const auto publish = take_packet(message);
    REQUIRE(publish->has_value());
    CHECK(publish_topic(**publish) == "a/b");
    CHECK(message.empty());

    std::string nonsense("\x30\xFF\xFF\xFF\xFF\x01", 6);
    CHECK(take_packet(nonsense).has_error());
    Packet cut;
    cut.type = PacketType::publish;
    cut.body = std::string("\x00\x09x", 3);
    CHECK(publish_topic(cut).empty());
}

TEST_CASE("CONNECT of MQTT 3.1 has its old name", "[mqtt][packets]") {
    ConnectRequest request;
    request.level = level_3_1;
    request.client_id = "id";
    CHECK(connect_packet(request) == std::string("\x10\x10\x00\x06MQIsdp\x03\x02\x00\x0A\x00\x02id", 18));
}
