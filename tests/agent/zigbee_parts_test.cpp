#include <termios.h>

#include "agent/zigbee/allow_list.hpp"
#include "agent/zigbee/hardware.hpp"
#include "agent/zigbee/probe.hpp"
#include "agent/zigbee/z3_host.hpp"
#include "lanbridge/base/bytes.hpp"
#include "lanbridge/net/serial_port.hpp"
#include "support/catch.hpp"
#include "vectors.hpp"

using namespace lanbridge;
using namespace lanbridge::agent;
using lanbridge::agent::testing::vectors;
using lanbridge::test::ContainsSubstring;

namespace {

std::string bytes(const nlohmann::json& hex) {
    const auto raw = from_hex(hex.get<std::string>());
    REQUIRE(raw.has_value());
    return std::string(as_text(*raw));
}

unsigned long flags(const nlohmann::json& row) {
    return std::stoul(row.at("cflag").get<std::string>(), nullptr, 16);
}

AllowList list_of(std::initializer_list<const char*> networks) {
    AllowList list;
    for (const char* network : networks) (void)list.add(network);
    return list;
}
bool allows(const AllowList& list, const char* address) {
    return list.allows(asio::ip::make_address(address));
}

}  // namespace

TEST_CASE("the probe knows a chip's answer as openmiio_agent did", "[agent][zigbee]") {
    const auto all = vectors("agent_ezsp");
    CHECK(ZigbeeProbe::request == bytes(all.at("reset_frame")));
    for (const auto& row : all.at("cases")) {
        INFO(row.dump());
        ZigbeeProbe probe;
        auto verdict = ZigbeeProbe::Verdict::more;
        for (const auto& read : row.at("reads")) {
            REQUIRE(verdict == ZigbeeProbe::Verdict::more);
            verdict = probe.feed(bytes(read));
        }
        CHECK((verdict == ZigbeeProbe::Verdict::ok) == row.at("ok").get<bool>());
    }
}

TEST_CASE("the probe looks at 64 bytes and tells a boot loader from noise", "[agent][zigbee]") {
    const std::string answer("\x1a\xc1\x02\x0b\x0a\x52\x7e", 7);
    ZigbeeProbe late;
    CHECK(late.feed(std::string(57, 'x') + answer) == ZigbeeProbe::Verdict::ok);
    ZigbeeProbe too_late;
    CHECK(too_late.feed(std::string(58, 'x') + answer) == ZigbeeProbe::Verdict::fail);
    CHECK(too_late.heard().size() == 64);
    ZigbeeProbe drips;
    for (int i = 0; i < 63; ++i) CHECK(drips.feed("x") == ZigbeeProbe::Verdict::more);
    CHECK(drips.feed("x") == ZigbeeProbe::Verdict::fail);
    ZigbeeProbe loader;
    CHECK(loader.feed("\r\nGecko Boot") == ZigbeeProbe::Verdict::more);
    CHECK(loader.feed("loader v1.8.0") == ZigbeeProbe::Verdict::boot_loader);
}

TEST_CASE("the serial line is set as openmiio_agent set it, and completely", "[agent][zigbee]") {
    const auto all = vectors("agent_termios");
    termios before{};
    before.c_lflag = ICANON | ECHO | ISIG;
    before.c_iflag = ICRNL | IXON;
    before.c_oflag = OPOST;
    CHECK(net::serial_settings(before, 115200, false)->c_cflag == flags(all.at("115200_no_flow")));
    CHECK(net::serial_settings(before, 115200, true)->c_cflag == flags(all.at("115200_rtscts")));
    CHECK(net::serial_settings(before, 38400, false)->c_cflag == flags(all.at("38400_no_flow")));
    auto set = *net::serial_settings(before, 115200, false);
    CHECK((set.c_iflag | set.c_oflag | set.c_lflag) == 0);  // not as found
    const auto& cc = all.at("cc");
    CHECK(set.c_cc[VTIME] == cc.at("VTIME").get<int>());
    CHECK(set.c_cc[VMIN] == cc.at("VMIN").get<int>());
    CHECK(set.c_cc[VSTART] == cc.at("VSTART").get<int>());
    CHECK(set.c_cc[VSTOP] == cc.at("VSTOP").get<int>());
    set.c_cc[VTIME] = set.c_cc[VSTART] = set.c_cc[VSTOP] = 0;
    for (const auto other : set.c_cc) CHECK(other == 0);
}

TEST_CASE("every gateway has its own chip, program and reset line", "[agent][zigbee]") {
    using Words = std::vector<std::string>;
    const auto mgw = choose_zigbee({"lumi.gateway.mgl03", "1.5.4_0090"});
    REQUIRE(mgw.hardware);
    CHECK(mgw.hardware->command("/dev/ttyS2") == Words{"Lumi_Z3GatewayHost_MQTT", "-n", "1", "-b", "115200",
                                                       "-p", "/dev/ttyS2", "-d", "/data/silicon_zigbee_host/",
                                                       "-r", "c"});
    CHECK(mgw.hardware->device == "/dev/ttyS2");
    CHECK_FALSE(mgw.hardware->rts_cts);
    const auto e1 = choose_zigbee({"lumi.gateway.aqcn02", "4.0.4_0020"});
    REQUIRE(e1.hardware);
    CHECK(e1.hardware->command("/dev/ttyS1") ==
          Words{"mZ3GatewayHost_MQTT", "-p", "/dev/ttyS1", "-d", "/data/"});
    CHECK(e1.hardware->rts_cts);
    const auto mgw2 = choose_zigbee({"lumi.gateway.mcn001", "1.0.7_0019"});
    REQUIRE(mgw2.hardware);
    CHECK(mgw2.hardware->command("X") ==
          Words{"mZ3GatewayHost_MQTT", "-p", "X", "-d", "/data/zigbee_host/", "-r", "c"});
    CHECK(mgw2.hardware->rates == std::array<unsigned, 2>{115200, 0});
    CHECK(choose_zigbee({"lumi.gateway.aqcn03", "1"}).hardware == e1.hardware);
    CHECK(choose_zigbee({"lumi.gateway.mgl001", "1"}).hardware == mgw2.hardware);
}

TEST_CASE("gateways without a chip that we can drive are told apart", "[agent][zigbee]") {
    const auto m1s = choose_zigbee({"lumi.gateway.acn004", "1.0.2_0001"});
    CHECK_FALSE(m1s.hardware);
    CHECK_FALSE(m1s.why_not.empty());
    const auto unknown = choose_zigbee({"lumi.gateway.v3", "1"});
    CHECK_FALSE(unknown.hardware);
    CHECK(unknown.why_not.empty());
    const auto firmwares = vectors("agent_firmware_compare");
    for (const auto& row : firmwares.at("cases")) {
        INFO(row.dump());
        const auto choice = choose_zigbee({"lumi.gateway.mgl03", row.at("firmware").get<std::string>()});
        CHECK((choice.hardware == nullptr) == row.at("le_1_4_6").get<bool>());
        CHECK(choice.why_not.empty() == (choice.hardware != nullptr));
    }
}

TEST_CASE("the list of allowed networks", "[agent][zigbee]") {
    CHECK(allows(AllowList(), "203.0.113.7"));
    const auto list = list_of({"192.168.1.0/24", "10.1.2.3", "fd00::/9", "172.16.0.0/12"});
    CHECK(allows(list, "192.168.1.255"));
    CHECK_FALSE(allows(list, "192.168.2.1"));
    CHECK(allows(list, "10.1.2.3"));
    CHECK_FALSE(allows(list, "10.1.2.4"));
    CHECK(allows(list, "172.31.255.255"));
    CHECK_FALSE(allows(list, "172.32.0.0"));
    CHECK(allows(list, "fd7f::1"));
    CHECK_FALSE(allows(list, "fd80::1"));
    CHECK_FALSE(allows(list, "::1"));
    CHECK(allows(list, "::ffff:192.168.1.9"));
    CHECK(allows(list_of({"0.0.0.0/0"}), "1.2.3.4"));
    CHECK_FALSE(allows(list_of({"0.0.0.0/0"}), "fd00::1"));
}

TEST_CASE("a list that cannot be read allows nobody", "[agent][zigbee]") {
    for (const char* wrong :
         {"", "lan", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "fd00::/129"}) {
        INFO(wrong);
        AllowList list;
        const auto added = list.add(wrong);
        REQUIRE(added.has_error());
        CHECK_THAT(added.error().text(), ContainsSubstring("192.168.1.0/24"));
        CHECK_FALSE(allows(list, "10.0.0.1"));
    }
}

TEST_CASE("a program that ends at once is started ever more rarely, until it has lived for a minute",
          "[agent][zigbee]") {
    SeededRandom random(7);
    RestartPlan plan;
    for (const std::chrono::milliseconds step : {1s, 2s, 4s, 8s, 16s, 30s, 30s}) {
        const auto wait = plan.after(100ms, random);
        CHECK(wait >= step * 3 / 4);
        CHECK(wait <= std::min<TimeSource::Clock::duration>(step * 5 / 4, 30s));
    }
    CHECK(plan.failing());
    CHECK(plan.after(60s, random) <= 1250ms);
    CHECK_FALSE(plan.failing());
}
