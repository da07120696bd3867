#include "support/catch.hpp"
#include "zigbee_fixture.hpp"

using namespace lanbridge;
using namespace lanbridge::test;

namespace {

/// What runs until it is killed, as the vendor's program does.
constexpr auto endless = "exec sleep 600\n";

}  // namespace

TEST_CASE("a client reaches the chip at the rate that it answers at", "[agent][zigbee][tcp]") {
    for (const unsigned baud : {115200U, 38400U}) {
        INFO(baud);
        ZigbeeFixture f;
        auto& chip = f.chip(baud);
        f.write("/sys/class/gpio/gpio18/value", "0\n");
        f.start({"--zigbee.tcp=0"});
        CHECK(f.logged("[zigb] listen TCP port=" + std::to_string(f.zigbee->port())) == 1);
        auto client = f.visit();
        client.send("hello");
        REQUIRE(f.eventually([&] { return client.heard() == "hello"; }));
        CHECK(chip.line_baud() == baud);
        CHECK(chip.resets() == 1);
        CHECK(f.read("/sys/class/gpio/gpio18/value").starts_with("1"));
        CHECK(f.logged("[zigb] accept conn remote=127.0.0.1:") == 1);
        CHECK(f.logged("[zigb] probe OK baud_rate=" + std::to_string(baud) + " read=111ac1020b0a527e") == 1);
        CHECK(f.logged("[zigb] probe fail") == (baud == 115200 ? 0 : 1));

        REQUIRE(f.report.has_value());
        CHECK(f.report->tcp_remote.starts_with("127.0.0.1:"));
        CHECK(f.report->tcp_since.has_value());
        client.leave();
        REQUIRE(f.eventually([&] { return f.logged("[zigb] close conn remote=127.0.0.1:") == 1; }));
        CHECK(f.report->tcp_remote.empty());
        CHECK_FALSE(f.report->tcp_since.has_value());
        CHECK(f.report->tcp_starts == 1);
    }
}

TEST_CASE("the chip is asked once, the rate is kept", "[agent][zigbee][tcp]") {
    ZigbeeFixture f;
    auto& chip = f.chip(38400);
    f.start({"--zigbee.tcp=0"});
    for (const char* word : {"one", "two", "three"}) {
        auto client = f.visit();
        client.send(word);
        REQUIRE(f.eventually([&] { return client.heard() == word; }));
    }
    CHECK(chip.resets() == 1);
    CHECK(chip.heard() == std::string(ash_reset) + "onetwothree");
    CHECK(f.eventually([&] { return f.report->tcp_starts == 3 && f.report->tcp_remote.empty(); }));
}

TEST_CASE("with a baud rate given the chip sees no reset and no byte of ours", "[agent][zigbee][tcp]") {
    ZigbeeFixture f;
    auto& chip = f.chip(115200, ZigbeeFixture::Mood::boot_loader);
    f.write("/sys/class/gpio/gpio18/value", "0\n");
    f.start({"--zigbee.tcp=0", "--zigbee.baud=115200"});
    auto client = f.visit();
    client.send("1");
    REQUIRE(f.eventually([&] { return client.heard().find("Gecko Bootloader") != std::string::npos; }));
    CHECK(chip.heard() == "1");
    CHECK(f.read("/sys/class/gpio/gpio18/value") == "0\n");
    CHECK(f.logged("[zigb] probe") == 0);
}

TEST_CASE("other gateways are asked at 115200 baud only, with their own reset line", "[agent][zigbee][tcp]") {
    ZigbeeFixture f("lumi.gateway.aqcn03");
    auto& chip = f.chip(38400);
    f.write("/sys/class/gpio/gpio44/value", "1\n");
    f.start({"--zigbee.tcp=0"});
    auto client = f.visit();
    client.send("x");
    REQUIRE(f.eventually([&] { return client.closed(); }));
    CHECK(chip.line_baud() == 115200);
    CHECK(chip.heard().empty());
    CHECK(f.read("/sys/class/gpio/gpio44/value").starts_with("0"));
    CHECK(f.logged("[zigb] probe fail baud_rate=115200 read=") == 1);
    CHECK(f.logged("no answer in time") == 1);
}

TEST_CASE("a chip that cannot be used costs the client, not the agent, and is spoken of once",
          "[agent][zigbee][tcp]") {
    const auto refuses = [](ZigbeeFixture::Mood mood, std::string_view why) {
        ZigbeeFixture f;
        f.chip(115200, mood);
        f.start({"--zigbee.tcp=0"});
        for (int i = 0; i < 3; ++i) {
            auto client = f.visit();
            client.send("x");
            REQUIRE(f.eventually([&] { return !f.wired->heard().empty(); }));
            if (mood == ZigbeeFixture::Mood::silent) f.pass(7s);
            REQUIRE(f.eventually([&] { return client.closed(); }));
            CHECK(client.heard().empty());
        }
        CHECK(f.logged(why) == 1);
        CHECK(f.logged("[zigb] probe fail") == 1);
        f.chip();  // flashed, or awake
        auto client = f.visit();
        client.send("hello");
        CHECK(f.eventually([&] { return client.heard() == "hello"; }));
    };
    refuses(ZigbeeFixture::Mood::boot_loader, "chip is in its boot loader");
    refuses(ZigbeeFixture::Mood::silent, "no answer in time");
    refuses(ZigbeeFixture::Mood::chatty, "another firmware");
}

TEST_CASE("a port scan does not stop the vendor's program", "[agent][zigbee][tcp]") {
    ZigbeeFixture f;
    auto& chip = f.chip();
    f.vendor_program(endless);
    f.start({"z3", "--zigbee.tcp=0"});
    REQUIRE(f.eventually([&] { return f.logged("[zigb] run") == 1; }));
    f.visit().leave();
    auto silent = f.visit();
    f.pass(2min);
    CHECK(f.logged("[zigb] close") == 0);
    CHECK(f.logged("[zigb] accept conn") == 0);
    CHECK(f.report->tcp_starts == 0);
    CHECK(f.report->z3_since.has_value());
    CHECK_FALSE(silent.closed());
    f.pass(4min);
    CHECK(f.eventually([&] { return silent.closed(); }));
    CHECK(chip.heard().empty());
    CHECK(f.report->z3_starts == 1);
}

TEST_CASE("the first byte takes the chip from the vendor's program, for good", "[agent][zigbee][tcp]") {
    ZigbeeFixture f;
    f.chip();
    f.vendor_program(endless);
    f.start({"z3", "--zigbee.tcp=0"});
    REQUIRE(f.eventually([&] { return f.logged("[zigb] run") == 1; }));
    {
        auto client = f.visit();
        client.send("hello");
        REQUIRE(f.eventually([&] { return client.heard() == "hello"; }));
        CHECK(f.logged("[zigb] close app=Lumi_Z3GatewayHost_MQTT") == 1);
        CHECK_FALSE(f.report->z3_since.has_value());
        CHECK(f.guards().size() == 1);
    }
    f.pass(1h);
    CHECK(f.report->tcp_remote.empty());
    CHECK(f.report->z3_starts == 1);
    CHECK(f.guards().size() == 1);
}

TEST_CASE("the vendor's program comes back when asked for, once the client has been gone",
          "[agent][zigbee][tcp]") {
    ZigbeeFixture f;
    f.chip();
    f.vendor_program(endless);
    f.start({"z3", "--zigbee.tcp=0", "--zigbee.return=30s"});
    REQUIRE(f.eventually([&] { return f.logged("[zigb] run") == 1; }));
    const auto visit = [&] {
        auto client = f.visit();
        client.send("hello");
        REQUIRE(f.eventually([&] { return client.heard() == "hello"; }));
        f.pass(10min);
        CHECK_FALSE(client.closed());
    };
    visit();
    f.pass(25s);
    CHECK(f.report->z3_starts == 1);
    visit();
    f.pass(25s);
    CHECK(f.report->z3_starts == 1);
    f.pass(6s);
    CHECK(f.eventually([&] { return f.report->z3_starts == 2 && f.report->z3_since.has_value(); }));
    visit();
    CHECK(f.report->tcp_starts == 3);
}

TEST_CASE("without z3 the gateway's own program comes back: the stand-in goes", "[agent][zigbee][tcp]") {
    ZigbeeFixture f;
    f.chip();
    const auto program = f.vendor_program("while :; do sleep 0.1; done\n");
    f.start({"--zigbee.tcp=0", "--zigbee.return=30s"});
    REQUIRE(f.eventually([&] { return f.guards().size() == 1; }));
    f.pass(31s);
    REQUIRE(f.eventually([&] { return f.guards().empty(); }));

    std::vector<std::string> argv{program};
    const auto own = f.HostFixture::start(argv);  // as the gateway's watchdog does
    REQUIRE(f.eventually([&] { return f.vendor_programs.find("Lumi_Z3GatewayHost_MQTT").size() == 1; }));
    {
        auto client = f.visit();
        client.send("hello");
        REQUIRE(f.eventually([&] { return client.heard() == "hello"; }));
        CHECK(f.guards().size() == 1);
        CHECK_FALSE(alive(own->pid()));
    }
    f.pass(20s);
    CHECK(f.guards().size() == 1);
    f.pass(11s);
    CHECK(f.eventually([&] { return f.guards().empty(); }));
}

TEST_CASE("a serial device that vanishes closes the client and is tried again", "[agent][zigbee][tcp]") {
    ZigbeeFixture f;
    f.chip();
    f.start({"--zigbee.tcp=0"});
    auto client = f.visit();
    client.send("hello");
    REQUIRE(f.eventually([&] { return client.heard() == "hello"; }));
    f.wired->vanish();
    REQUIRE(f.eventually([&] { return client.closed(); }));
    CHECK(f.logged("[zigb] the client is closed") == 1);
    for (int i = 0; i < 3; ++i) {
        auto early = f.visit();
        early.send("x");
        REQUIRE(f.eventually([&] { return early.closed(); }));
    }
    CHECK(f.logged("ttyS2: No such file or directory") <= 1);
    CHECK(f.logged("[zigb] the client is closed") <= 2);
    f.chip();
    auto late = f.visit();
    late.send("again");
    CHECK(f.eventually([&] { return late.heard() == "again"; }));
}

TEST_CASE("another serial device than the gateway's", "[agent][zigbee][tcp]") {
    ZigbeeFixture f;
    const auto device = f.chip().path();
    std::filesystem::remove(f.root / "dev/ttyS2");
    f.start({"--zigbee.tcp=0", "--zigbee.tty=" + device});
    auto client = f.visit();
    client.send("hello");
    CHECK(f.eventually([&] { return client.heard() == "hello"; }));
}

TEST_CASE("stopping ends a session in the middle and gives the chip back", "[agent][zigbee][tcp]") {
    ZigbeeFixture f;
    auto& chip = f.chip();
    f.start({"--zigbee.tcp=0"});
    auto client = f.visit();
    client.send("hello");
    REQUIRE(f.eventually([&] { return client.heard() == "hello"; }));
    f.stop();
    CHECK(f.eventually([&] { return client.closed(); }));
    CHECK(f.logged(" WRN ") + f.logged(" ERR ") == 0);
    CHECK(f.guards().empty());
    CHECK(f.report->tcp_remote.empty());
    CHECK(chip.heard().ends_with("hello"));
}
