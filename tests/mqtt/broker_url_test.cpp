#include "lanbridge/mqtt/broker_url.hpp"

#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::mqtt;
using lanbridge::test::ContainsSubstring;

TEST_CASE("broker URLs are read", "[mqtt][broker_url]") {
    const auto plain = parse_broker_url("mqtt://broker.lan");
    REQUIRE(plain.has_value());
    CHECK(*plain == BrokerUrl("broker.lan", 1883));
    CHECK(*parse_broker_url("tcp://10.0.0.1:1884/") == BrokerUrl("10.0.0.1", 1884));
    CHECK(*parse_broker_url("mqtts://broker.lan") == BrokerUrl("broker.lan", 8883, true));
    CHECK(*parse_broker_url("ssl://broker.lan:443") == BrokerUrl("broker.lan", 443, true));

    const auto v6 = parse_broker_url("mqtt://[fd00::1]:1884");
    REQUIRE(v6.has_value());
    CHECK(v6->host == "fd00::1");
    CHECK(v6->display() == "mqtt://[fd00::1]:1884");

    const auto login = parse_broker_url("mqtts://us%40er:p%3A@ss:w%2Ford@broker.lan");
    REQUIRE(login.has_value());
    CHECK(login->username == "us@er");
    CHECK(login->password.reveal() == "p:@ss:w/ord");
    CHECK(login->host == "broker.lan");
    CHECK(login->display() == "mqtts://broker.lan:8883");
}

TEST_CASE("bad broker URLs get an answer that does not repeat the password", "[mqtt][broker_url]") {
    const auto text = GENERATE(
        as<std::string>{}, "", "broker.lan", "http://broker.lan", "mqtt://", "mqtt://:1883",
        "mqtt://broker.lan:0", "mqtt://broker.lan:70000", "mqtt://broker.lan:18x", "mqtt://[fd00::1",
        "mqtt://[fd00::1]x", "mqtt://broker.lan/topic", "mqtt://bro ker", "mqtt://u:secret%4@broker.lan",
        "mqtt://u:secret%zz@broker.lan", "mqtt://:secret@broker.lan", "mqtt://u:secret@broker.lan:x");
    INFO(text);
    const auto url = parse_broker_url(text);
    REQUIRE(url.has_error());
    CHECK(url.error().is(Errc::invalid_value));
    CHECK_THAT(url.error().where, ContainsSubstring("expected mqtt://"));
    CHECK_THAT(url.error().where, !ContainsSubstring("secret"));
}
