#include <algorithm>
#include <list>

#include "support/catch.hpp"
#include "zigbee_fixture.hpp"

using namespace lanbridge;
using namespace lanbridge::test;

TEST_CASE("further clients wait their turn with what they have sent", "[agent][zigbee][tcp]") {
    ZigbeeFixture f;
    auto& chip = f.chip();
    f.start({"--zigbee.tcp=0"});
    auto first = f.visit();
    first.send("first");
    REQUIRE(f.eventually([&] { return first.heard() == "first"; }));
    auto silent = f.visit();
    auto hasty = f.visit();
    hasty.send("hasty");
    f.pass(1s);
    auto second = f.visit();
    second.send("second");
    f.pass(1h);
    CHECK(second.heard().empty());
    hasty.leave();
    first.leave();
    REQUIRE(f.eventually([&] { return second.heard() == "second"; }));
    CHECK(chip.heard() == std::string(ash_reset) + "firstsecond");
    CHECK(silent.closed());
    CHECK(f.logged("[zigb] accept conn") == 2);
}

TEST_CASE("a flood of connections leaves room for a client", "[agent][zigbee][tcp]") {
    ZigbeeFixture f;
    f.chip();
    f.start({"--zigbee.tcp=0"});
    std::list<TcpVisitor> crowd;
    for (int i = 0; i < 20; ++i) {
        crowd.emplace_back(f.io, f.zigbee->port());
        f.breathe();
    }
    const auto closed = [&] {
        return std::count_if(crowd.begin(), crowd.end(), [](const TcpVisitor& one) { return one.closed(); });
    };
    CHECK(f.eventually([&] { return closed() == 12; }));
    auto client = f.visit();
    client.send("hello");
    CHECK(f.eventually([&] { return client.heard() == "hello"; }));

    std::list<TcpVisitor> eager;
    for (int i = 0; i < 12; ++i) {
        eager.emplace_back(f.io, f.zigbee->port()).send("x");
        f.breathe();
    }
    f.pass(1min);
    for (auto& one : eager) CHECK_FALSE(one.closed());  // some in the kernel's queue
    client.leave();
    for (auto& one : eager) {
        REQUIRE(f.eventually([&] { return one.heard() == "x"; }));
        one.leave();
    }
}

TEST_CASE("only allowed networks get in", "[agent][zigbee][tcp]") {
    ZigbeeFixture f;
    f.chip();
    f.start({"--zigbee.tcp=0", "--zigbee.allow=10.0.0.0/8,127.0.0.2"});
    for (int i = 0; i < 3; ++i) {
        auto stranger = f.visit();
        REQUIRE(f.eventually([&] { return stranger.closed(); }));
    }
    CHECK(f.zigbee->refused() == 3);
    CHECK(f.logged("[zigb] refuse conn remote=127.0.0.1:") == 1);
    CHECK(f.report->tcp_starts == 0);
}

TEST_CASE("clients come over IPv6 too", "[agent][zigbee][tcp]") {
    ZigbeeFixture f;
    f.chip();
    f.start({"--zigbee.tcp=0", "--zigbee.allow=::1"});
    try {
        TcpVisitor client(f.io, f.zigbee->port(), "::1");
        client.send("hello");
        REQUIRE(f.eventually([&] { return client.heard() == "hello"; }));
        CHECK(f.report->tcp_remote.starts_with("[::1]:"));
    } catch (const boost::system::system_error&) {
        WARN("this machine has no IPv6");
    }
}

TEST_CASE("a client that does not read is closed after 30 seconds, and the next is served",
          "[agent][zigbee][tcp]") {
    ZigbeeFixture f;
    auto& chip = f.chip();
    f.start({"--zigbee.tcp=0"});
    TcpVisitor deaf(f.io, f.zigbee->port(), "127.0.0.1", true);
    deaf.send("x");
    REQUIRE(f.eventually([&] { return chip.heard().ends_with("x"); }));
    for (int i = 0; i < 300; ++i) {
        chip.say(std::string(1024, 'y'));
        f.breathe();
    }
    f.pass(20s);
    CHECK(f.report->tcp_since.has_value());
    f.pass(12s);
    CHECK(f.eventually([&] { return f.logged("[zigb] the client takes no bytes") == 1; }));
    auto next = f.visit();
    next.send("hello");
    CHECK(f.eventually([&] { return next.heard() == "hello"; }));
}

TEST_CASE("a port that is taken is said once and tried again", "[agent][zigbee][tcp]") {
    ZigbeeFixture f;
    f.chip();
    auto taken = std::make_unique<tcp::acceptor>(f.io, tcp::endpoint(tcp::v4(), 0));
    const auto port = taken->local_endpoint().port();
    f.start({"z3"});
    f.stop();
    f.settings.zigbee_tcp = std::to_string(port);
    agent::Zigbee zigbee(f.slow, *f.journal, f.settings, f.gateway, f.report, f.vendor_programs,
                         [](const std::string&, const std::string&) {});
    zigbee.start();
    f.pass(1min);
    CHECK(f.logged("[zigb] can't listen TCP") == 1);
    CHECK(zigbee.port() == 0);
    taken.reset();
    f.pass(11s);
    CHECK(f.eventually([&] { return zigbee.port() == port; }));
    CHECK(f.logged("[zigb] listen TCP port=" + std::to_string(port)) == 1);
    bool stopped = false;
    asio::co_spawn(f.io, zigbee.stop(), [&](const std::exception_ptr&) { stopped = true; });
    REQUIRE(f.eventually([&] { return stopped; }));
}

TEST_CASE("nonsense for a port is said and harms nothing", "[agent][zigbee][tcp]") {
    ZigbeeFixture f;
    f.chip();
    f.start({"z3"});
    f.stop();
    f.settings.zigbee_tcp = "http";
    f.settings.z3 = false;
    agent::Zigbee zigbee(f.slow, *f.journal, f.settings, f.gateway, f.report, f.vendor_programs,
                         [](const std::string&, const std::string&) {});
    zigbee.start();
    f.pass(1s);
    CHECK(f.logged("this is no port") == 1);
    bool stopped = false;
    asio::co_spawn(f.io, zigbee.stop(), [&](const std::exception_ptr&) { stopped = true; });
    REQUIRE(f.eventually([&] { return stopped; }));
}
