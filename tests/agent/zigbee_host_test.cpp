#include <signal.h>

#include "lanbridge/net/serial_port.hpp"
#include "support/catch.hpp"
#include "zigbee_fixture.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using lanbridge::test::ContainsSubstring;

TEST_CASE("the vendor's program runs with its arguments, and its lines are published",
          "[agent][zigbee][host]") {
    ZigbeeFixture f;
    f.vendor_program(
        "echo \"args: $*\"; echo; echo 'hello z3'; echo complaint >&2; printf 'no end'; exec sleep 600\n");
    f.start({"z3"});
    REQUIRE(f.eventually([&] { return f.published("complaint"); }));
    CHECK(f.eventually([&] { return f.published("hello z3"); }));
    CHECK(f.published("args: -n 1 -b 115200 -p " + f.paths.at("/dev/ttyS2") +
                      " -d /data/silicon_zigbee_host/ -r c"));
    CHECK_FALSE(f.published(""));
    CHECK(f.logged("[zigb] run app=Lumi_Z3GatewayHost_MQTT") == 1);
    REQUIRE(f.report.has_value());
    CHECK(f.report->z3_starts == 1);
    CHECK(f.report->z3_since.has_value());
    f.stop();
    CHECK(f.published("no end"));
    CHECK_FALSE(f.report->z3_since.has_value());
    CHECK(f.vendor_programs.find("Lumi_Z3GatewayHost_MQTT").empty());
}

TEST_CASE("long lines come whole, control characters too", "[agent][zigbee][host]") {
    ZigbeeFixture f;
    f.vendor_program("printf 'a\\033[0mb\\r\\n'; printf '%010000d\\n' 7; exec sleep 600\n");
    f.start({"z3"});
    REQUIRE(f.eventually([&] { return f.messages.size() >= 2; }));
    CHECK(f.published("a\x1b[0mb"));
    CHECK(f.messages[1].second.size() == 10000);
}

TEST_CASE("a stand-in keeps the gateway from starting its own program, as long as we are there",
          "[agent][zigbee][host]") {
    ZigbeeFixture f;
    f.vendor_program("exec sleep 600\n");
    f.start({"z3"});
    REQUIRE(f.guards().size() == 1);
    ::kill(f.guards().front(), SIGKILL);
    REQUIRE(f.eventually([&] { return f.guards().empty(); }));
    f.pass(2s);
    CHECK(f.eventually([&] { return f.guards().size() == 1; }));
    f.stop();
    CHECK(f.guards().empty());
}

TEST_CASE("a program of the vendor's that runs already is ended first", "[agent][zigbee][host]") {
    ZigbeeFixture f("lumi.gateway.mcn001");
    const auto program = f.vendor_program("[ -n \"$1\" ] && echo ours; while :; do sleep 0.1; done\n");
    const auto named = f.HostFixture::start({program});
    REQUIRE(f.eventually([&] { return f.vendor_programs.find("mZ3GatewayHost_MQTT").size() == 1; }));
    f.start({"z3"});
    REQUIRE(f.eventually([&] { return f.published("ours"); }));
    CHECK_FALSE(alive(named->pid()));
    CHECK(f.clock.now().time_since_epoch() >= 1s);
}

TEST_CASE("a program that ends is started again, ever more rarely", "[agent][zigbee][host]") {
    ZigbeeFixture f;
    f.vendor_program("exit 3\n");
    f.start({"z3"});
    f.pass(2s);
    REQUIRE(f.eventually([&] { return f.report->z3_starts >= 1; }));
    for (int i = 0; i < 60; ++i) {
        f.pass(1s);
        f.eventually([&] { return !f.report->z3_since.has_value(); });
    }
    CHECK(f.report->z3_starts >= 4);
    CHECK(f.report->z3_starts <= 8);
    CHECK(f.logged("exit status 3") == 1);
    CHECK_FALSE(f.report->z3_since.has_value());
}

TEST_CASE("a program that is not there is a warning", "[agent][zigbee][host]") {
    ZigbeeFixture f;
    f.start({"z3"});
    f.pass(10min);
    CHECK(f.logged("Lumi_Z3GatewayHost_MQTT is in none of") == 1);
    CHECK(f.logged("[zigb] run") == 0);
    CHECK(f.report->z3_starts == 0);
    f.vendor_program("exec sleep 600\n");
    f.pass(31s);
    CHECK(f.eventually([&] { return f.report->z3_starts == 1; }));
}

TEST_CASE("the program waits while another agent has the chip for itself", "[agent][zigbee][host]") {
    ZigbeeFixture f;
    const auto device = f.chip().path();
    f.vendor_program("exec sleep 600\n");
    auto flashing = net::SerialPort::open(f.io.get_executor(), device, 115200, false);
    REQUIRE(flashing.has_value());
    f.start({"z3"});
    f.pass(10min);
    CHECK(f.report->z3_starts == 0);
    CHECK(f.logged("ttyS2 is claimed by another program") == 1);
    flashing->reset();
    f.pass(31s);
    CHECK(f.eventually([&] { return f.report->z3_starts == 1; }));
}

TEST_CASE("a killed program comes back", "[agent][zigbee][host]") {
    ZigbeeFixture f;
    f.vendor_program("echo \"pid $$\"; exec sleep 600\n");
    f.start({"z3"});
    REQUIRE(f.eventually([&] { return f.messages.size() == 1; }));
    const int pid = std::stoi(f.messages.front().second.substr(4));
    f.pass(2min);
    ::kill(pid, SIGKILL);
    REQUIRE(f.eventually([&] { return f.messages.size() == 2; }));
    CHECK(f.logged("[zigb] close app=Lumi_Z3GatewayHost_MQTT") == 1);
    CHECK(f.logged("[zigb] run app=Lumi_Z3GatewayHost_MQTT") == 2);
    CHECK(f.report->z3_starts == 2);
}

TEST_CASE("gateways without a usable chip have no Zigbee module", "[agent][zigbee][host]") {
    const auto warnings = [](const char* model, const char* firmware) {
        ZigbeeFixture f(model);
        f.gateway.firmware = firmware;
        f.start({"z3"});
        f.pass(5s);
        CHECK_FALSE(f.report.has_value());
        CHECK(f.guards().empty());
        return f.lines.size();
    };
    CHECK(warnings("lumi.gateway.acn004", "1.0.2_0001") == 1);
    CHECK(warnings("lumi.gateway.mgl03", "1.4.5_0016") == 1);
    CHECK(warnings("", "") == 0);
    CHECK(warnings("lumi.gateway.v3", "9") == 0);
}

TEST_CASE("nothing happens unless one of the two is asked for", "[agent][zigbee][host]") {
    ZigbeeFixture f;
    f.start({"miio", "mqtt", "--zigbee.tcp="});
    f.pass(2s);
    CHECK_FALSE(f.report.has_value());
    CHECK(f.guards().empty());
}
