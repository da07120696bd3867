#include "agent/settings.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "support/catch.hpp"
#include "vectors.hpp"

using namespace lanbridge;
using namespace lanbridge::agent;
using Words = std::vector<std::string>;

namespace {

Settings settings(const Words& words) { return make_settings(parse_arguments(words)); }

Severity level(const Settings& from, Part part) { return from.levels.of[static_cast<std::size_t>(part)]; }

}  // namespace

TEST_CASE("arguments are split as openmiio_agent splits them", "[agent][settings]") {
    for (const auto& item : testing::vectors("agent_args")) {
        INFO(item.dump());
        CHECK(parse_arguments(item["argv"].get<Words>()) == item["args"].get<Arguments>());
    }
    CHECK(parse_arguments({"a=1", "a=2"}) == Arguments{{"a", "2"}});
    CHECK(parse_arguments({""}) == Arguments{{"", ""}});
}

TEST_CASE("the command lines that integrations use are understood", "[agent][settings]") {
    const auto usual = settings({"miio", "mqtt=1", "cache", "central", "z3", "--zigbee.tcp=8888"});
    CHECK((usual.miio && usual.mqtt && usual.cache && usual.central && usual.z3));
    CHECK(usual.zigbee_tcp == "8888");
    CHECK_FALSE(usual.zigbee_baud);
    CHECK(usual.broker_port == 1883);
    CHECK(usual.cloud_port == 54322);
    CHECK(usual.paths.root().empty());

    const auto flashing = settings({"--zigbee.tcp=8889", "--zigbee.baud=115200"});
    CHECK_FALSE((flashing.miio || flashing.mqtt || flashing.cache || flashing.central || flashing.z3));
    CHECK(flashing.zigbee_baud == 115200U);
    CHECK_FALSE(settings({"--zigbee.baud=fast"}).zigbee_baud);
    CHECK(settings({"-h", "--nonsense=1", "--zigbee.baud=x"}).mistakes.empty());
}

TEST_CASE("levels are names or numbers, and parts follow the main one", "[agent][settings]") {
    const auto levels = testing::vectors("agent_log_levels");
    for (const auto& [name, number] : levels["accepted"].items()) {
        auto parsed = Severity::info;
        CHECK(parse_severity(name, parsed));
        CHECK(static_cast<int>(parsed) == number.get<int>());
    }
    for (const auto& wrong : levels["rejected_keep_default"])
        CHECK(level(settings({"--log.level=" + wrong.get<std::string>()}), Part::main) == Severity::info);
    for (const int number : {-128, -1, 0, 127}) {
        const auto got = level(settings({"--log.level=" + std::to_string(number)}), Part::main);
        CHECK(static_cast<int>(got) == number);
    }

    const auto some = settings({"--log.level=warn", "--log.miio=trace", "--log.zigbee=LOUD"});
    CHECK(level(some, Part::main) == Severity::warn);
    CHECK(level(some, Part::miio) == Severity::trace);
    CHECK(level(some, Part::zigbee) == Severity::warn);
}

TEST_CASE("additions are read, and their mistakes are said", "[agent][settings]") {
    const auto good = settings({"--zigbee.return=1m", "--zigbee.tty=/dev/ttyGS0", "--lua.budget=5",
                                "--root=/x", "--mqtt.port=1884", "--miio.port=54323"});
    CHECK(good.mistakes.empty());
    CHECK(good.zigbee_return == 60s);
    CHECK(good.zigbee_tty == "/dev/ttyGS0");
    CHECK(good.lua_budget == 5);
    CHECK(good.paths.at("/etc") == "/x/etc");
    CHECK(good.broker_port == 1884);
    CHECK(good.cloud_port == 54323);
    CHECK(settings({"--zigbee.return=10"}).zigbee_return == 10s);
    CHECK(settings({"--zigbee.return=10s"}).zigbee_return == 10s);
    CHECK_FALSE(settings({"--zigbee.return=0"}).zigbee_return);
    CHECK_FALSE(settings({}).zigbee_return);

    for (const char* wrong :
         {"--zigbee.return=soon", "--zigbee.return=-1", "--zigbee.return=9999h", "--lua.budget=0",
          "--lua.budget=", "--mqtt.port=0", "--mqtt.port=65536", "--miio.port=http"}) {
        INFO(wrong);
        const auto made = settings({wrong});
        REQUIRE(made.mistakes.size() == 1);
        CHECK(made.mistakes[0].starts_with(wrong));
        CHECK_FALSE(made.zigbee_return);
        CHECK((made.lua_budget == 10'000'000 && made.broker_port == 1883 && made.cloud_port == 54322));
    }
}

TEST_CASE("a broker that was to be protected is never open by mistake", "[agent][settings]") {
    CHECK_FALSE(settings({"mqtt"}).mqtt_local);
    const auto login = settings({"--mqtt.user=me", "--mqtt.pass=s3cret=x"});
    CHECK(login.mistakes.empty());
    CHECK_FALSE(login.mqtt_local);
    CHECK(login.mqtt_user == "me");
    CHECK(login.mqtt_pass.reveal() == "s3cret=x");
    CHECK(settings({"--mqtt.bind=192.168.1.5"}).mqtt_bind == "192.168.1.5");
    CHECK(settings({"--mqtt.bind=fe80::1"}).mqtt_bind == "fe80::1");
    for (const char* everywhere : {"--mqtt.bind=0.0.0.0", "--mqtt.bind=::"}) {
        CHECK(settings({everywhere}).mqtt_bind.empty());
        CHECK_FALSE(settings({everywhere}).mqtt_local);
    }
    for (const char* local : {"--mqtt.bind=127.0.0.1", "--mqtt.bind=::1"}) {
        CHECK(settings({local}).mqtt_local);
        CHECK(settings({local}).mistakes.empty());
    }

    const std::vector<Words> wrong{{"--mqtt.bind=lan"},
                                   {"--mqtt.bind="},
                                   {"--mqtt.user=me"},
                                   {"--mqtt.pass=x"},
                                   {"--mqtt.user=", "--mqtt.pass=x"},
                                   {"--mqtt.user=me", "--mqtt.pass="},
                                   {"--mqtt.user=me", "--mqtt.pass=@/nowhere/pass"},
                                   {"--mqtt.user=me", "--mqtt.pass=" + std::string(300, 'x')}};
    for (const auto& words : wrong) {
        INFO(words.back());
        const auto made = settings(words);
        CHECK(made.mqtt_local);
        REQUIRE(made.mistakes.size() == 1);
        CHECK(made.mistakes[0].ends_with("the LAN does not reach the broker"));
    }
}

TEST_CASE("the password may be the first line of a file", "[agent][settings]") {
    const auto path =
        std::filesystem::temp_directory_path() / ("lanbridge-pass-" + std::to_string(::getpid()));
    std::ofstream(path) << "from a file\r\nsecond line\n";
    const auto made = settings({"--mqtt.user=me", "--mqtt.pass=@" + path.string()});
    std::filesystem::remove(path);
    CHECK(made.mistakes.empty());
    CHECK(made.mqtt_pass.reveal() == "from a file");
}

TEST_CASE("networks that may use the Zigbee chip", "[agent][settings]") {
    const auto good = settings({"--zigbee.tcp=8888", "--zigbee.allow=192.168.1.0/24,10.0.0.7,fd00::/8"});
    CHECK(good.zigbee_allow == Words{"192.168.1.0/24", "10.0.0.7", "fd00::/8"});
    CHECK(good.zigbee_tcp == "8888");
    CHECK(good.mistakes.empty());

    const auto partly = settings({"--zigbee.tcp=8888", "--zigbee.allow=10.0.0.0/33,10.0.0.7"});
    CHECK(partly.zigbee_allow == Words{"10.0.0.7"});
    CHECK(partly.mistakes.size() == 1);

    for (const char* nobody :
         {"--zigbee.allow=", "--zigbee.allow=lan", "--zigbee.allow=10.0.0.0/", "--zigbee.allow=/8"}) {
        const auto closed = settings({"--zigbee.tcp=8888", nobody});
        CHECK(closed.zigbee_tcp.empty());
        CHECK(closed.mistakes.back() == "--zigbee.allow names nobody; --zigbee.tcp stays closed");
    }
}
