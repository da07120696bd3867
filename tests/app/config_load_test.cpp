#include <sys/stat.h>

#include "app/config/digest.hpp"
#include "app/config/unbuilt.hpp"
#include "config_support.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::app;
using namespace lanbridge::test;
using namespace std::chrono_literals;

TEST_CASE("every option of the contract is accepted and arrives", "[app][config]") {
    const auto loaded = load_full();
    INFO(complaints(loaded));
    REQUIRE(loaded.ok());
    const auto& c = loaded.config;
    REQUIRE(c.mqtt.brokers.size() == 2);
    CHECK(c.mqtt.brokers[0].password.reveal() == "pass@word");
    CHECK(c.mqtt.brokers[1].tls);
    CHECK(c.mqtt.password.reveal() == "from-file");
    CHECK(c.mqtt.tls.ca == LANBRIDGE_TEST_DATA "/config/ca.pem");
    CHECK_FALSE(c.mqtt.tls.verify);
    CHECK(c.mqtt.base_topic == "house/lanbridge");
    CHECK(c.mqtt.protocol == mqtt::Protocol::v3_1_1);
    REQUIRE(c.embedded_broker.listen.size() == 2);
    CHECK(c.embedded_broker.listen[1] == mqtt::BrokerListener("::1", 1884));
    CHECK(c.embedded_broker.devices_listen == mqtt::BrokerListener("0.0.0.0", 8883));
    CHECK(c.embedded_broker.users.at(0).password.reveal() == "from-secrets");
    CHECK(c.homeassistant.discovery == DiscoveryForm::entity);
    CHECK(c.homeassistant.status_topic == "ha/status");
    REQUIRE(c.meross.keys.size() == 2);
    CHECK(c.meross.keys[0].reveal() == "0123456789abcdef");
    CHECK(c.meross.keys[1].empty());
    CHECK(c.meross.poll_interval == 1min);
    CHECK(c.meross.protocol == DeviceProtocol::http);
    CHECK(c.meross.discovery.subnets.at(0) == Subnet("192.168.7.0", 24));
    CHECK(c.xiaomi.gateways.at(0).mqtt_password.reveal() == "p");
    CHECK(c.xiaomi.devices.at(0).token.reveal() == "ffeeddccbbaa99887766554433221100");
    CHECK_FALSE(c.xiaomi.discover_udp);
    CHECK(c.log.levels.at("meross.http") == log::Level::debug);
    CHECK(c.log.mqtt == log::Level::error);
}

TEST_CASE("the options of a Meross device arrive", "[app][config]") {
    const auto devices = load_full().config.meross.devices;
    REQUIRE(devices.size() == 3);
    const auto& kettle = devices[0];
    CHECK(kettle.host == HostPort("192.168.1.20", 80));
    REQUIRE(kettle.key);
    CHECK(kettle.key->empty());
    CHECK(kettle.poll_interval == 5s);
    CHECK(kettle.trace.duration == 1h);
    CHECK(kettle.trace.max_size == 1024 * 1024);
    CHECK(kettle.options.cool);
    CHECK_FALSE(kettle.options.heating_rule);
    CHECK_FALSE(devices[1].key);
    CHECK(devices[1].trace.enabled);
    CHECK(devices[1].trace.duration == 10min);
    CHECK_FALSE(devices[2].host);
    CHECK(devices[2].uuid ==
          "19020789213712251723"
          "48e1e9000000");
    CHECK(devices[2].key->reveal() == "from-env");
}

TEST_CASE("no file, an empty file and sections without content mean the defaults", "[app][config]") {
    const TemporaryFolder folder;
    const auto nowhere =
        find_and_load_config(std::nullopt, environment({{"XDG_CONFIG_HOME", folder.path()}}));
    if (!std::filesystem::exists("/etc/lanbridge/lanbridge.yaml")) CHECK(nowhere.file.empty());
    for (const auto* text : {"", "# nothing\n", "mqtt:\nmeross:\n  devices:\n", "{}"}) {
        const auto loaded = parse(text);
        INFO(text << complaints(loaded));
        CHECK(loaded.ok());
        CHECK(changed_sections(loaded.config, Config()).empty());
        CHECK(loaded.config.mqtt.embedded());
        CHECK(unbuilt_parts(loaded.config).empty());
    }
}

TEST_CASE("the user's own file is found where the system has none", "[app][config]") {
    const TemporaryFolder folder;
    std::filesystem::create_directories(folder.path() / "lanbridge");
    const auto file = folder.write("lanbridge/lanbridge.yaml", "mqtt: {base_topic: mine}\n");
    const auto files =
        default_config_files(environment({{"XDG_CONFIG_HOME", folder.path()}, {"HOME", "/users/x"}}));
    REQUIRE(files.size() == 2);
    CHECK(files[0] == "/etc/lanbridge/lanbridge.yaml");
    CHECK(files[1] == file);
    CHECK(default_config_files(environment({{"HOME", "/users/x"}})).at(1) ==
          "/users/x/.config/lanbridge/lanbridge.yaml");
    CHECK(load_config_file(file, environment()).config.mqtt.base_topic == "mine");
}

TEST_CASE("a JSON file is a configuration too", "[app][config]") {
    const auto loaded = parse("{\"mqtt\": {\"broker\": \"mqtt://h\"},\n\t\"log\": {\"level\": \"debug\"}}");
    INFO(complaints(loaded));
    REQUIRE(loaded.ok());
    CHECK(loaded.config.mqtt.brokers.at(0) == mqtt::BrokerUrl("h", 1883));
    CHECK(loaded.config.log.level == log::Level::debug);
}

TEST_CASE("secrets that every user can read are warned of", "[app][config]") {
    const TemporaryFolder folder;
    const auto file = folder.write("c.yaml", "meross: {keys: [abc]}\n");
    ::chmod(file.c_str(), 0644);
    const auto open = load_config_file(file, environment());
    REQUIRE(open.warnings.size() == 1);
    CHECK_THAT(open.warnings[0], ContainsSubstring("chmod"));
    ::chmod(file.c_str(), 0640);
    CHECK(load_config_file(file, environment()).warnings.empty());

    const auto tagged = folder.write("d.yaml", "meross: {keys: [!secret k]}\n");
    ::chmod(tagged.c_str(), 0644);
    ::chmod(folder.write("secrets.yaml", "k: v\n").c_str(), 0644);
    const auto by_tag = load_config_file(tagged, environment());
    REQUIRE(by_tag.warnings.size() == 1);
    CHECK_THAT(by_tag.warnings[0], ContainsSubstring("secrets.yaml"));
}

TEST_CASE("parts that are not built are named when they are asked for, once each", "[app][config]") {
    CHECK(unbuilt_parts(parse("meross: {discovery: {udp: false}}").config).empty());
    CHECK(unbuilt_parts(parse("meross: {discovery: {udp: true}}").config).empty());
    CHECK(unbuilt_parts(parse("xiaomi: {devices: [{host: a}, {host: b}]}").config).size() == 1);
    CHECK(unbuilt_parts(parse("embedded_broker: {devices_listen: 0.0.0.0}").config).empty());
    CHECK(unbuilt_parts(load_full().config).size() == 1);
}

TEST_CASE("the digest follows what is in force and no secret", "[app][config]") {
    const auto digest = [](const std::string& text) { return config_digest(parse(text).config); };
    CHECK(digest("").size() == 16);
    CHECK(digest("") == digest("mqtt: {base_topic: lanbridge}"));
    CHECK(digest("") != digest("mqtt: {base_topic: other}"));
    CHECK(digest("mqtt: {broker: 'mqtt://u:a@h'}") == digest("mqtt: {broker: 'mqtt://u:b@h'}"));
    const auto text = dump_json(config_json(load_full().config));
    for (const auto* secret : {"pass@word", "from-file", "from-secrets", "0123456789abcdef", "from-env"})
        CHECK(text.find(secret) == std::string::npos);
}

TEST_CASE("a reload sees which sections differ, secrets included", "[app][config]") {
    const auto a = parse("meross: {keys: [a]}\nlog: {level: info}").config;
    const auto b = parse("meross: {keys: [b]}\nlog: {level: debug}").config;
    CHECK(changed_sections(a, b) == std::vector<std::string_view>{"meross", "log"});
    CHECK(changed_sections(a, a).empty());
}
