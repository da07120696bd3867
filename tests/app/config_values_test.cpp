#include "app/config/values.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::app;
using namespace lanbridge::test;
using namespace std::chrono_literals;

TEST_CASE("durations have a number and a unit", "[app][values]") {
    CHECK(parse_duration("250ms").value() == 250ms);
    CHECK(parse_duration("30s").value() == 30s);
    CHECK(parse_duration("10m").value() == 10min);
    CHECK(parse_duration("1h").value() == 1h);
    CHECK(parse_duration("2d").value() == 48h);
    for (const auto* wrong : {"", "s", "30", "-5s", "5 s", "1.5h", "5S", "99999999999999999h", "10m5"})
        CHECK_FALSE(parse_duration(wrong));
    for (const auto* text : {"250ms", "30s", "90s", "10m", "1h", "2d", "0s"})
        CHECK(duration_text(parse_duration(text).value()) == text);
}

TEST_CASE("sizes have a number and a unit", "[app][values]") {
    CHECK(parse_size("64KiB").value() == 65536);
    CHECK(parse_size("1MiB").value() == 1048576);
    CHECK(parse_size("7B").value() == 7);
    for (const auto* wrong : {"", "64", "64kb", "-1B", "99999999999GiB"}) CHECK_FALSE(parse_size(wrong));
    CHECK(size_text(65536) == "64KiB");
    CHECK(size_text(1000) == "1000B");
}

TEST_CASE("addresses may carry a port", "[app][values]") {
    CHECK(parse_host_port("192.168.1.20", 80).value() == HostPort("192.168.1.20", 80));
    CHECK(parse_host_port("Plug.LAN:8080", 80).value() == HostPort("plug.lan", 8080));
    CHECK(parse_host_port("[fe80::1]:81", 80).value() == HostPort("fe80::1", 81));
    CHECK(parse_host_port("fe80::1", 80).value() == HostPort("fe80::1", 80));
    CHECK(HostPort("fe80::1", 80).text() == "[fe80::1]:80");
    for (const auto* wrong : {"", ":80", "a:", "a:0", "a:65536", "a:b", "a b", "http://a", "1.2.3",
                              "1.2.3.4.5", "[::1", "-a", "a..b"})
        CHECK_FALSE(parse_host_port(wrong, 80));
    CHECK(parse_listen("0.0.0.0", 1883).value() == HostPort("0.0.0.0", 1883));
    CHECK(parse_listen("localhost:99", 1883).value() == HostPort("localhost", 99));
    CHECK_FALSE(parse_listen("plug.lan", 1883));
}

TEST_CASE("networks keep their network part only", "[app][values]") {
    CHECK(parse_subnet("192.168.1.77/24").value() == Subnet("192.168.1.0", 24));
    CHECK(parse_subnet("10.1.2.3/32").value() == Subnet("10.1.2.3", 32));
    for (const auto* wrong :
         {"", "10.0.0.0", "10.0.0.0/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0/24", "::1/64", "10.0.0.0/x"})
        CHECK_FALSE(parse_subnet(wrong));
}

TEST_CASE("uuids, topics and names are checked", "[app][values]") {
    CHECK(parse_uuid("2102194078234851807248E1E9530D6F").value() == "2102194078234851807248e1e9530d6f");
    CHECK_FALSE(parse_uuid("2102194078234851807248e1e9530d6"));
    CHECK_FALSE(parse_uuid("z102194078234851807248e1e9530d6f"));
    CHECK(parse_topic("a/b").value() == "a/b");
    for (const auto* wrong : {"", "/a", "a/", "a//b", "a/+", "#", "$SYS/x", "a\nb"})
        CHECK_FALSE(parse_topic(wrong));
    CHECK(parse_name("Küche 1").value() == "Küche 1");
    for (const auto* wrong : {"", "a\tb"}) CHECK_FALSE(parse_name(wrong));
}
