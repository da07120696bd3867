#include "agent/broker/mqtt_connect.hpp"

#include "mqtt/packets.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::agent;
using namespace std::string_literals;

namespace {

std::string connect_as(int level, const std::string& user, const std::string& password) {
    mqtt::ConnectRequest request;
    request.level = level;
    request.client_id = "me";
    request.username = user;
    request.password = Secret(password);
    return mqtt::connect_packet(request);
}

ConnectPacket read(const std::string& bytes) {
    auto packet = read_connect(bytes);
    REQUIRE(packet);
    REQUIRE(packet->has_value());
    return **packet;
}

const Login login("me", Secret("right"));

/// MQTT 5, with properties, a will with properties, user "u" and password "pw".
const auto body_5 =
    "\x00\x04MQTT\x05\xc6\x00\x3c"
    "\x05\x11\x00\x00\x00\x0a"
    "\x00\x02id"
    "\x05\x18\x00\x00\x00\x05\x00\x01t\x00\x03\x01\x02\x03"
    "\x00\x01u\x00\x02pw"s;
const auto version_5 = "\x10" + std::string(1, static_cast<char>(body_5.size())) + body_5;

}  // namespace

TEST_CASE("users and passwords are read from CONNECT of all versions", "[agent][gate]") {
    for (const int level : {3, 4}) {
        const auto packet = read(connect_as(level, "me", "right"));
        CHECK(packet.level == static_cast<unsigned>(level));
        CHECK(packet.user == "me");
        REQUIRE(packet.password);
        CHECK(packet.password->reveal() == "right");
    }
    const auto five = read(version_5);
    CHECK(five.level == 5);
    CHECK(five.user == "u");
    CHECK(five.password->reveal() == "pw");
    const auto nobody = read(connect_as(4, "", ""));
    CHECK_FALSE(nobody.user);
    CHECK_FALSE(nobody.password);
}

TEST_CASE("a CONNECT that comes in pieces is waited for", "[agent][gate]") {
    for (std::size_t size = 0; size < version_5.size(); ++size) {
        const auto packet = read_connect(version_5.substr(0, size));
        REQUIRE(packet);
        CHECK_FALSE(packet->has_value());
    }
    CHECK(read_connect(version_5 + "what the client sends at once behind it")->has_value());
}

TEST_CASE("what is no CONNECT, or too long, is refused", "[agent][gate]") {
    CHECK(read_connect("GET / HTTP/1.1").error().is(Errc::malformed));
    CHECK(read_connect("\x10\xff\xff\xff\xff\x01"s).error().is(Errc::malformed));
    CHECK(read_connect("\x10\x81\x20"s).error().is(Errc::too_large));
    CHECK(read_connect("\x10\x02\x00\x04"s).error().is(Errc::malformed));
    CHECK(read_connect("\x10\x0a\x00\x04MQTT\x09\x02\x00\x00"s).error().is(Errc::malformed));
    CHECK(read_connect("\x10\x0c\x00\x04MQTT\x04\x82\x00\x00\x00\xff"s).error().is(Errc::malformed));
    auto longer = connect_as(4, "me", "right") + "x";
    ++longer[1];
    CHECK(read_connect(longer).error().is(Errc::malformed));
}

TEST_CASE("only the right user with the right password comes in", "[agent][gate]") {
    const auto outcome = [](const std::string& user, const std::string& password) {
        return admission_of(read(connect_as(4, user, password)), login);
    };
    CHECK(outcome("me", "right") == Admission::granted);
    for (const char* wrong : {"wrong", "righ", "rightx", "rightright", "r"})
        CHECK(outcome("me", wrong) == Admission::wrong_login);
    CHECK(outcome("you", "right") == Admission::wrong_login);
    CHECK(outcome("me", "") == Admission::wrong_login);
    CHECK(outcome("", "") == Admission::no_login);
}

TEST_CASE("refusals are said in the client's protocol", "[agent][gate]") {
    CHECK(refusal(3, Admission::wrong_login) == "\x20\x02\x00\x04"s);
    CHECK(refusal(4, Admission::no_login) == "\x20\x02\x00\x05"s);
    CHECK(refusal(4, Admission::unavailable) == "\x20\x02\x00\x03"s);
    CHECK(refusal(5, Admission::wrong_login) == "\x20\x03\x00\x86\x00"s);
    CHECK(refusal(5, Admission::no_login) == "\x20\x03\x00\x87\x00"s);
    CHECK(refusal(5, Admission::unavailable) == "\x20\x03\x00\x88\x00"s);
}
