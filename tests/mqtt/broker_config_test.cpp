#include "mqtt/broker_config.hpp"

#include "mqtt/broker_probe.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::mqtt;
using lanbridge::test::ContainsSubstring;

namespace {

EmbeddedBrokerSettings defaults() {
    EmbeddedBrokerSettings settings;
    settings.data_directory = "/var/lib/lanbridge";
    return settings;
}

std::string refusal(const EmbeddedBrokerSettings& settings) {
    const auto plan = plan_broker(settings, false);
    REQUIRE(plan.has_error());
    CHECK(plan.error().is(Errc::invalid_value));
    return plan.error().where;
}

}  // namespace

TEST_CASE("the default broker is open on loopback only", "[mqtt][broker_config]") {
    const auto plan = plan_broker(defaults(), false);
    REQUIRE(plan.has_value());
    const auto text = mosquitto_conf(*plan);
    CHECK_THAT(text, ContainsSubstring("\nlistener 1883 127.0.0.1\n"));
    CHECK_THAT(text, ContainsSubstring("\nallow_anonymous true\n"));
    CHECK_THAT(text, ContainsSubstring("\nset_tcp_nodelay true\n"));
    CHECK_THAT(text, ContainsSubstring("\npersistence_location /var/lib/lanbridge/broker/\n"));
    CHECK_THAT(text, !ContainsSubstring("password_file"));
    CHECK_THAT(text, !ContainsSubstring("\nuser "));
    CHECK_THAT(mosquitto_conf(*plan_broker(defaults(), true)), ContainsSubstring("\nuser root\n"));
}

TEST_CASE("with users nobody gets in without a password, on no listener", "[mqtt][broker_config]") {
    auto settings = defaults();
    settings.listen = {BrokerListener("127.0.0.1", 1883), BrokerListener("0.0.0.0", 1884),
                       BrokerListener("::", 1885)};
    settings.users = {BrokerUser("ha", Secret("one"))};
    const auto plan = plan_broker(settings, false);
    REQUIRE(plan.has_value());
    const auto text = mosquitto_conf(*plan);
    CHECK_THAT(text, ContainsSubstring("\nallow_anonymous false\n"));
    CHECK_THAT(text, ContainsSubstring("\npassword_file /var/lib/lanbridge/broker/passwords\n"));
    CHECK_THAT(text, ContainsSubstring("\nlistener 1884 0.0.0.0\nallow_anonymous false\npassword_file "));
    CHECK_THAT(text, ContainsSubstring("\nlistener 1885 ::\nallow_anonymous false\npassword_file "));
    CHECK_THAT(text, !ContainsSubstring("allow_anonymous true"));
    CHECK(own_login(settings).username == "ha");

    settings.credentials = BrokerUser("bridge", Secret("two"));
    CHECK(own_login(settings).username == "bridge");
    CHECK(plan_broker(settings, false)->users.size() == 2);
}

TEST_CASE("settings that would not work are refused with what to do", "[mqtt][broker_config]") {
    auto settings = defaults();
    settings.listen = {BrokerListener("0.0.0.0", 1883)};
    CHECK_THAT(refusal(settings), ContainsSubstring("needs embedded_broker.users"));
    settings.listen = {BrokerListener("homeassistant.local", 1883)};
    CHECK_THAT(refusal(settings), ContainsSubstring("is not an IP address"));
    settings.listen = {};
    CHECK_THAT(refusal(settings), ContainsSubstring("listen is empty"));

    settings = defaults();
    settings.users = {BrokerUser("a:b", Secret("x"))};
    CHECK_THAT(refusal(settings), ContainsSubstring("must not contain"));
    settings.users = {BrokerUser("a\nallow_anonymous true", Secret("x"))};
    CHECK_THAT(refusal(settings), ContainsSubstring("must not contain"));
    settings.users = {BrokerUser("a", Secret())};
    CHECK_THAT(refusal(settings), ContainsSubstring("needs a password"));
    settings.users = {BrokerUser("a", Secret("x")), BrokerUser("a", Secret("y"))};
    CHECK_THAT(refusal(settings), ContainsSubstring("twice"));
    settings.users = {BrokerUser("a", Secret("x"))};
    settings.credentials = BrokerUser("a", Secret("z"));
    CHECK_THAT(refusal(settings), ContainsSubstring("mqtt.password"));
}

TEST_CASE("passwords are hashed as mosquitto hashes them", "[mqtt][broker_config]") {
    SeededRandom random(1);
    const auto lines =
        password_lines({BrokerUser("ha", Secret("one")), BrokerUser("b", Secret("one"))}, random);
    CHECK_THAT(lines, ContainsSubstring("ha:$7$101$"));
    CHECK_THAT(lines, ContainsSubstring("\nb:$7$101$"));
    CHECK_THAT(lines, !ContainsSubstring("one"));
    CHECK(lines.substr(lines.find('$'), 60) != lines.substr(lines.rfind("b:") + 2, 60));  // salted
}

TEST_CASE("a listener is reached from this machine", "[mqtt][broker_config]") {
    CHECK(local_url(BrokerListener("0.0.0.0", 1)).host == "127.0.0.1");
    CHECK(local_url(BrokerListener("::", 1)).host == "::1");
    CHECK(local_url(BrokerListener("localhost", 1)).host == "127.0.0.1");
    CHECK(local_url(BrokerListener("192.168.1.2", 7)) == BrokerUrl("192.168.1.2", 7));
    CHECK(BrokerListener("::1", 7).text() == "[::1]:7");
}

TEST_CASE("the probe's CONNECT is that of MQTT 3.1.1", "[mqtt][broker_probe]") {
    BrokerUrl url("127.0.0.1", 1883);
    CHECK(connect_packet("id", url) == std::string("\x10\x0E\x00\x04MQTT\x04\x02\x00\x0A\x00\x02id", 16));
    url.username = "u";
    url.password = Secret("pw");
    CHECK(connect_packet("id", url) ==
          std::string("\x10\x15\x00\x04MQTT\x04\xC2\x00\x0A\x00\x02id\x00\x01u\x00\x02pw", 23));
    url.password = Secret(std::string(200, 'x'));
    const auto packet = connect_packet("id", url);
    CHECK(packet.size() == 3U + 0x0E + 3 + 202);
    CHECK(packet.substr(0, 3) == "\x10\xDB\x01");
}

TEST_CASE("the probe understands every answer", "[mqtt][broker_probe]") {
    using Kind = ProbeAnswer::Kind;
    CHECK(read_connack(std::string_view("\x20\x02\x00\x00", 4)).kind == Kind::accepted);
    CHECK(read_connack(std::string_view("\x20\x02\x00\x05", 4)).kind == Kind::refused);
    CHECK(read_connack(std::string_view("\x20\x02\x00\x02", 4)).kind == Kind::refused);
    CHECK(read_connack("HTTP").kind == Kind::not_mqtt);
    CHECK(read_connack("").kind == Kind::not_mqtt);
    CHECK(read_connack("\x20").kind == Kind::not_mqtt);
}
