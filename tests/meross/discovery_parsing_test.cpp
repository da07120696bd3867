#include <boost/asio/ip/address_v4.hpp>

#include "meross/dhcp_packets.hpp"
#include "meross/discovery/dhcp_message.hpp"
#include "meross/discovery/dhcp_watch.hpp"
#include "meross/discovery/hardware_address.hpp"
#include "meross/discovery/sighting_filter.hpp"
#include "meross/discovery/sweep_leg.hpp"
#include "meross/discovery/udp_answer.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;

namespace {

constexpr auto uuid_text = "1802038465725329080648e1e9a1b2c3";
const auto sender = asio::ip::make_address_v4("192.168.1.20");

Json good_answer() {
    return Json{{"uuid", uuid_text}, {"mac", "48:e1:e9:a1:b2:c3"}, {"ip", "192.168.1.20"},
                {"port", 80},        {"devName", "Kettle"},        {"deviceType", "mss310"},
                {"subType", "eu"},   {"devSoftWare", "2.1.17"},    {"devHardWare", "2.0.0"}};
}

Result<UdpAnswer> answer(const Json& json) { return parse_udp_answer(dump_json(json), sender); }

}  // namespace

TEST_CASE("a UDP answer says who, where and what", "[meross][discovery]") {
    const auto parsed = answer(good_answer());
    REQUIRE(parsed);
    const auto& sighting = parsed->sighting;
    CHECK(sighting.by == FoundBy::udp);
    CHECK(sighting.uuid == Uuid(uuid_text));
    CHECK(sighting.mac == "48:e1:e9:a1:b2:c3");
    CHECK(sighting.endpoint == net::HttpEndpoint("192.168.1.20", 80));
    CHECK(sighting.model == "mss310");
    CHECK(sighting.sub_type == "eu");
    CHECK(sighting.name == "Kettle");
    CHECK(sighting.firmware == "2.1.17");
    CHECK(sighting.hardware == "2.0.0");
    CHECK_FALSE(parsed->contradicts_itself);
    CHECK(udp_query("ab") == R"({"id":"ab","devName":"*"})");
}

TEST_CASE("the sender's address counts, whatever a UDP answer says", "[meross][discovery]") {
    auto lie = good_answer();
    lie["ip"] = "192.168.1.99";
    auto parsed = answer(lie);
    REQUIRE(parsed);
    CHECK(parsed->sighting.endpoint == net::HttpEndpoint("192.168.1.20", 80));
    CHECK(parsed->contradicts_itself);

    auto other_mac = good_answer();
    other_mac["mac"] = "C4-E7-AE-00-00-01";
    parsed = answer(other_mac);
    REQUIRE(parsed);
    CHECK(parsed->sighting.mac == "48:e1:e9:a1:b2:c3");
    CHECK(parsed->contradicts_itself);
    for (const auto* nobody : {"0.0.0.0", "255.255.255.255", "224.0.0.1", "240.1.2.3"})
        CHECK_FALSE(parse_udp_answer(dump_json(good_answer()), asio::ip::make_address_v4(nobody)));
}

TEST_CASE("a UDP answer may lack or spell oddly what is not needed", "[meross][discovery]") {
    auto parsed =
        answer(Json{{"mac", "48E1E9A1B2C3"}, {"port", "8080"}, {"devName", 17}, {"channels", Json::array()}});
    REQUIRE(parsed);
    CHECK_FALSE(parsed->sighting.uuid);
    CHECK(parsed->sighting.mac == "48:e1:e9:a1:b2:c3");
    CHECK(parsed->sighting.endpoint->port == 8080);
    CHECK(parsed->sighting.name.empty());
    parsed = answer(Json{{"uuid", "1802038465725329080648E1E9A1B2C3"}});
    REQUIRE(parsed);
    CHECK(parsed->sighting.uuid == Uuid(uuid_text));
    CHECK(parsed->sighting.endpoint->port == 80);
}

TEST_CASE("texts of strangers are tamed", "[meross][discovery]") {
    auto wild = good_answer();
    wild["devName"] = "a\x1b[31m\n" + std::string(500, 'x');
    wild["deviceType"] = std::string(63, 'y') + "\xc3\xa9" + "zzz";
    const auto parsed = answer(wild);
    REQUIRE(parsed);
    CHECK(parsed->sighting.name == "a[31m" + std::string(59, 'x'));
    CHECK(parsed->sighting.model == std::string(63, 'y') + "\xc3\xa9");  // no half characters
}

TEST_CASE("nonsense by UDP is refused", "[meross][discovery]") {
    const auto refused = [](std::string_view text) { return !parse_udp_answer(text, sender).has_value(); };
    const auto good = dump_json(good_answer());
    for (std::size_t length = 0; length < good.size(); ++length) CHECK(refused(good.substr(0, length)));
    for (const auto* text : {"[]", "17", "null", "{}", R"({"uuid":5,"mac":[]})", R"({"uuid":"short"})",
                             R"({"id":"48cbd88f969eb3c486085cfe7b5eb1e4","devName":"*"})"})
        CHECK(refused(text));
    CHECK(refused(std::string(10'000, '[')));
    CHECK(refused(good + std::string(max_udp_answer, ' ')));
    for (const auto& port : {Json(0), Json(65536), Json(-1), Json("http"), Json(Json::object())}) {
        auto bad = good_answer();
        bad["port"] = port;
        CHECK_FALSE(answer(bad));
    }
}

TEST_CASE("MAC addresses in every spelling", "[meross][discovery]") {
    CHECK(normal_mac("48:E1:E9:0a:0B:0c") == "48:e1:e9:0a:0b:0c");
    CHECK(normal_mac("48e1.e90a.0b0c") == "48:e1:e9:0a:0b:0c");
    CHECK_FALSE(normal_mac("48:e1:e9:0a:0b"));
    CHECK_FALSE(normal_mac("48:e1:e9:0a:0b:0c:0d"));
    CHECK_FALSE(normal_mac("48:e1:e9:0a:0b:0g"));
    CHECK(is_vendor_mac("34:29:8f:1a:00:00"));
    CHECK_FALSE(is_vendor_mac("34:29:8f:2a:00:00"));
    CHECK(is_vendor_mac("c4:e7:ae:00:00:00"));
}

TEST_CASE("DHCP messages name their client and its address", "[meross][discovery]") {
    auto packet = test::DhcpPacket();
    auto parsed = parse_dhcp_datagram(packet.bytes());
    REQUIRE(parsed);
    CHECK(parsed->type == DhcpMessage::Type::request);
    CHECK(parsed->mac == "48:e1:e9:01:02:03");
    CHECK(parsed->address == asio::ip::make_address_v4("192.168.1.77"));

    packet.requested.reset();
    packet.client = "192.168.1.78";  // a renewal
    parsed = parse_dhcp_datagram(packet.bytes());
    REQUIRE(parsed);
    CHECK(parsed->address == asio::ip::make_address_v4("192.168.1.78"));

    packet.type = 5;
    packet.yours = "192.168.1.79";
    parsed = parse_dhcp_datagram(packet.bytes());
    REQUIRE(parsed);
    CHECK(parsed->type == DhcpMessage::Type::ack);
    CHECK(parsed->address == asio::ip::make_address_v4("192.168.1.79"));
}

TEST_CASE("malformed DHCP datagrams are refused, wherever they are cut", "[meross][discovery]") {
    const auto whole = test::DhcpPacket().bytes();
    for (std::size_t length = 0; length + 1 < whole.size(); ++length) {
        // Until the type has come, a cut datagram says nothing; nowhere may it be read beyond its end.
        const auto parsed = parse_dhcp_datagram(ByteSpan(whole).first(length));
        if (length < test::DhcpPacket::up_to_options) CHECK_FALSE(parsed);
    }
    for (std::size_t at = 0; at < whole.size(); ++at)
        for (const int value : {0, 1, 0x7f, 0xff}) {
            auto bent = whole;
            bent[at] = static_cast<std::uint8_t>(value);
            (void)parse_dhcp_datagram(bent);  // the sanitizers watch
        }
    auto tcp = whole;
    tcp[9] = 6;
    CHECK_FALSE(parse_dhcp_datagram(tcp));
    auto not_dhcp = whole;
    not_dhcp[28 + 236] = 0;
    CHECK_FALSE(parse_dhcp_datagram(not_dhcp));
}

TEST_CASE("a device that asked for an address is told of when it has it", "[meross][discovery]") {
    using Verdict = DhcpWatch::Verdict;
    const TimeSource::Clock::time_point start{};
    DhcpWatch watch([](const std::string& mac) { return mac == "02:00:00:00:00:01"; });
    test::DhcpPacket packet;
    CHECK_FALSE(watch.next());
    CHECK(watch.datagram(packet.bytes(), start) == Verdict::waiting);
    packet.requested = "192.168.1.80";
    CHECK(watch.datagram(packet.bytes(), start + 2s) == Verdict::waiting);
    CHECK(watch.next() == start + 3s);
    CHECK(watch.due(start + 2s).empty());
    const auto due = watch.due(start + 3s);
    REQUIRE(due.size() == 1);
    CHECK(due[0].by == FoundBy::dhcp);
    CHECK(due[0].mac == "48:e1:e9:01:02:03");
    CHECK(due[0].endpoint == net::HttpEndpoint("192.168.1.80", 80));
    CHECK_FALSE(due[0].uuid);
    CHECK_FALSE(watch.next());

    packet.mac = {0x02, 0, 0, 0, 0, 1};
    CHECK(watch.datagram(packet.bytes(), start) == Verdict::waiting);
    packet.mac[5] = 2;
    CHECK(watch.datagram(packet.bytes(), start) == Verdict::not_ours);
    packet.mac[5] = 1;
    packet.type = 1;  // DISCOVER: the server has yet to say which address
    CHECK(watch.datagram(packet.bytes(), start) == Verdict::not_ours);
    packet.type = 3;
    packet.requested = "255.255.255.255";
    CHECK(watch.datagram(packet.bytes(), start) == Verdict::malformed);
}

TEST_CASE("a flood of DHCP requests stays within its bounds", "[meross][discovery]") {
    DhcpWatch watch({});
    test::DhcpPacket packet;
    std::size_t refused = 0;
    for (unsigned i = 0; i < 20'000; ++i) {
        packet.mac[4] = static_cast<std::uint8_t>(i / 256);
        packet.mac[5] = static_cast<std::uint8_t>(i % 256);
        refused += watch.datagram(packet.bytes(), {}) == DhcpWatch::Verdict::too_many;
    }
    CHECK(watch.waiting() == DhcpWatch::most_waiting);
    CHECK(refused == 20'000 - DhcpWatch::most_waiting);
}

TEST_CASE("the same device at the same place is news once in a while", "[meross][discovery]") {
    using Verdict = SightingFilter::Verdict;
    SightingFilter filter(30s);
    TimeSource::Clock::time_point now{};
    Sighting sighting(FoundBy::udp);
    sighting.uuid = Uuid(uuid_text);
    sighting.endpoint = net::HttpEndpoint("192.168.1.20");
    CHECK(filter.judge(sighting, now) == Verdict::news);
    sighting.by = FoundBy::sweep;
    CHECK(filter.judge(sighting, now + 29s) == Verdict::repeated);
    CHECK(filter.judge(sighting, now + 30s) == Verdict::news);
    sighting.endpoint = net::HttpEndpoint("192.168.1.21");
    CHECK(filter.judge(sighting, now + 30s) == Verdict::news);
}

TEST_CASE("a flood of sightings is bounded in number and in rate", "[meross][discovery]") {
    SightingFilter filter(30s);
    TimeSource::Clock::time_point now{};
    Sighting sighting(FoundBy::udp);
    double news = 0;
    for (int i = 0; i < 100'000; ++i) {
        sighting.mac = std::to_string(i);
        now += 1ms;
        if (filter.judge(sighting, now) == SightingFilter::Verdict::news) ++news;
    }
    CHECK(filter.size() <= SightingFilter::most);
    CHECK(news <= SightingFilter::burst + SightingFilter::per_second * 100 + 1);
}

TEST_CASE("subnets that are too large are refused by name", "[meross][discovery]") {
    std::string refused;
    const net::Subnet small(asio::ip::make_address_v4("10.0.0.0"), 24);
    const net::Subnet large(asio::ip::make_address_v4("10.0.0.0"), 19);
    CHECK(sweepable({small, large}, refused) == std::vector{small});
    CHECK_THAT(refused, test::ContainsSubstring("10.0.0.0/19"));
}
