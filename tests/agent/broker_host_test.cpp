#include "agent/broker/broker_host.hpp"

#include <signal.h>

#include <boost/asio/ip/tcp.hpp>

#include "agent/broker/listening.hpp"
#include "host_fixture.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::agent;
using asio::ip::tcp;

namespace {

/// A stand-in for the vendor's mosquitto: it starts the real one where this file says it listens, and leaves
/// it behind as a daemon.
constexpr const char* vendor = R"(#!/bin/sh
root=${0%/*/mosquitto}
echo "$0 $*" >> $root/tmp/starts
address=127.0.0.1
test -e $root/tmp/everywhere && address=0.0.0.0
grep -q "bind_address 127" $root/tmp/mosquitto.conf 2>/dev/null && address=127.0.0.1
case $0 in */tmp/mosquitto) address=0.0.0.0 ;; esac
test -e $root/tmp/broken && exit 0
printf 'listener %s %s\nallow_anonymous true\n' $(cat $root/tmp/port) $address > $root/tmp/real.conf
mosquitto -c $root/tmp/real.conf < /dev/null > /dev/null 2>&1 &
ln -s /proc/$! $root/proc/$!
exit 0
)";
const std::string known("127.0.0.1\0\0\0lo", 14);

struct Fixture : test::HostFixture {
    std::uint16_t port = test::free_tcp_port("0.0.0.0");
    Settings settings;
    Gateway gateway;
    std::vector<std::string> lines;
    Journal journal{time, Levels()};
    std::unique_ptr<BrokerHost> host;

    Fixture() {
        journal.set_print([this](std::string_view line) { lines.emplace_back(line.substr(13)); });
        gateway.model = "lumi.gateway.mcn001";
        gateway.firmware = "1.0.6_0010";
        settings.paths = paths;
        settings.broker_port = port;
        std::filesystem::remove(root / "proc/net");
        std::filesystem::create_symlink("/proc/net", root / "proc/net");
        write("/tmp/port", std::to_string(port));
        write("/bin/mosquitto", vendor + known, 0755);
    }
    ~Fixture() {
        if (host) run(host->stop());
        run(programs.end({"mosquitto"}));
    }
    /// As the firmware does at boot.
    void boot() {
        auto child = net::Process::start(context, {paths.at("/bin/mosquitto")});
        REQUIRE(child.has_value());
        REQUIRE(wait_until([&] { return reach_of(paths, port) != Reach::nobody; }));
        std::filesystem::remove(root / "tmp/starts");
    }
    void begin() {
        host = std::make_unique<BrokerHost>(context, journal, settings, gateway, programs);
        run(host->start(), 15s);
    }
    bool reached_at(const char* address) {
        tcp::socket probe(io);
        error_code ec;
        probe.connect(tcp::endpoint(asio::ip::make_address(address), port), ec);
        return !ec;
    }
    bool said(std::string_view part) const {
        for (const auto& line : lines)
            if (line.find(part) != line.npos) return true;
        return false;
    }
    std::string port_option() const { return " -d -p " + std::to_string(port) + "\n"; }
};

}  // namespace

TEST_CASE("the vendor's broker is started anew for the whole LAN, and that is said", "[agent][broker]") {
    Fixture f;
    f.boot();
    CHECK_FALSE(f.reached_at("127.0.0.2"));
    f.begin();
    CHECK(f.reached_at("127.0.0.2"));
    CHECK(f.read("/tmp/starts") == f.paths.at("/tmp/mosquitto") + f.port_option());
    CHECK(f.programs.find("mosquitto").size() == 1);
    CHECK(f.said("INF [mqtt] run mosquitto on 0.0.0.0:" + std::to_string(f.port)));
    CHECK(
        f.said("WRN [mqtt] port " + std::to_string(f.port) + " is open to the whole LAN without a password"));
    const auto copy = f.read("/tmp/mosquitto");
    CHECK(copy.find(known) == copy.npos);
    const auto mode = std::filesystem::status(f.root / "tmp/mosquitto").permissions();
    CHECK(static_cast<unsigned>(mode) == 0755U);
}

TEST_CASE("a broker that is public already is left alone", "[agent][broker]") {
    Fixture f;
    f.write("/tmp/everywhere", "");
    f.boot();
    const auto before = f.programs.find("mosquitto");
    f.begin();
    CHECK(f.programs.find("mosquitto") == before);
    CHECK_FALSE(f.said("run mosquitto"));
    CHECK(f.said("is open to the whole LAN"));
}

TEST_CASE("an old firmware's broker needs no patch", "[agent][broker]") {
    Fixture f;
    f.gateway.model = "lumi.gateway.mgl03";
    f.gateway.firmware = "1.5.4_0090";
    f.boot();
    f.write("/tmp/everywhere", "");
    const auto spinning =
        f.start({f.write("/bin/zigbee_gw", "#!/bin/sh\nwhile :; do sleep 0.1; done\n", 0755)});
    f.begin();
    CHECK(f.reached_at("127.0.0.2"));
    CHECK(f.read("/tmp/starts") == f.paths.at("/bin/mosquitto") + f.port_option());
    CHECK_FALSE(test::alive(spinning->pid()));
}

TEST_CASE("an unknown build is left alone, and that is said once", "[agent][broker]") {
    Fixture f;
    f.write("/bin/mosquitto", vendor, 0755);
    f.boot();
    const auto before = f.programs.find("mosquitto");
    f.begin();
    f.host->check();
    f.wait_until([] { return false; }, 200ms);
    CHECK(f.programs.find("mosquitto") == before);
    CHECK(f.lines.size() == 1);
    CHECK(f.said("unsupported mosquitto binary version"));
}

TEST_CASE("where there is no mosquitto nothing is ended", "[agent][broker]") {
    Fixture f;
    std::filesystem::remove(f.root / "bin/mosquitto");
    f.begin();
    CHECK(f.said("WRN [mqtt] the LAN does not reach the broker error=\"no mosquitto in"));
}

TEST_CASE("a broker that the firmware brought back is made public again", "[agent][broker]") {
    Fixture f;
    f.boot();
    f.begin();
    for (const int pid : f.programs.find("mosquitto")) ::kill(pid, SIGKILL);
    REQUIRE(f.wait_until([&] { return reach_of(f.paths, f.port) == Reach::nobody; }));
    f.boot();
    CHECK_FALSE(f.reached_at("127.0.0.2"));
    f.host->check();
    CHECK(f.wait_until([&] { return f.reached_at("127.0.0.2"); }));
}

TEST_CASE("a start that fails is not repeated over and over", "[agent][broker]") {
    Fixture f;
    f.boot();
    f.write("/tmp/broken", "");
    f.begin();
    CHECK(f.said("the LAN does not reach the broker"));
    const auto starts = f.read("/tmp/starts");
    f.host->check();
    f.wait_until([] { return false; }, 300ms);
    CHECK(f.read("/tmp/starts") == starts);
}

TEST_CASE("with a password the vendor's broker is not touched, and the LAN meets the gate",
          "[agent][broker]") {
    Fixture f;
    f.settings.mqtt_user = "me";
    f.settings.mqtt_pass = Secret("right");
    f.settings.mqtt_bind = "127.0.0.2";
    f.boot();
    const auto before = f.programs.find("mosquitto");
    f.begin();
    CHECK(f.programs.find("mosquitto") == before);
    CHECK(f.reached_at("127.0.0.2"));
    CHECK(f.said("INF [mqtt] listen for the LAN address=127.0.0.2:" + std::to_string(f.port) +
                 " password=yes"));
    CHECK_FALSE(f.said("is open to the whole LAN"));
    CHECK_FALSE(std::filesystem::exists(f.root / "tmp/mosquitto"));
    f.run(f.host->stop());
    CHECK_FALSE(f.reached_at("127.0.0.2"));
}

TEST_CASE("a broker that is open already is taken back to loopback for the gate", "[agent][broker]") {
    Fixture f;
    const bool old = GENERATE(false, true);
    if (old) {
        f.gateway.model = "lumi.gateway.mgl03";
        f.gateway.firmware = "1.5.0_0102";
    }
    f.write("/tmp/everywhere", "");
    f.boot();
    if (!old) std::filesystem::remove(f.root / "tmp/everywhere");
    f.settings.mqtt_bind = "127.0.0.2";
    f.begin();
    CHECK(reach_of(f.paths, f.port) == Reach::loopback);
    CHECK(f.said("INF [mqtt] run mosquitto on 127.0.0.1:"));
    CHECK(f.said("listen for the LAN"));
    CHECK(std::filesystem::exists(f.root / "tmp/mosquitto.conf") == old);
}

TEST_CASE("a broker that cannot be closed is an error", "[agent][broker]") {
    Fixture f;
    f.write("/tmp/everywhere", "");
    f.boot();
    f.settings.mqtt_local = true;
    std::filesystem::remove(f.root / "bin/mosquitto");
    f.begin();
    CHECK(f.said("ERR [mqtt] the broker stays open to the LAN, without a password"));
}

TEST_CASE("closed to the LAN, there is no gate", "[agent][broker]") {
    Fixture f;
    f.settings.mqtt_local = true;
    f.boot();
    f.begin();
    CHECK(reach_of(f.paths, f.port) == Reach::loopback);
    CHECK_FALSE(f.reached_at("127.0.0.2"));
    CHECK(f.lines.empty());
}
