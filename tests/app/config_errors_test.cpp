#include <sys/stat.h>
#include <unistd.h>

#include "app/cli/run_config.hpp"
#include "config_support.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::app;
using namespace lanbridge::test;

TEST_CASE("five different mistakes are reported at once with line, column and path", "[app][config]") {
    const auto loaded = parse(
        "mqtt:\n"
        "  brokr: mqtt://x\n"
        "  protocol: 4\n"
        "meross:\n"
        "  poll_interval: 2s\n"
        "  keys: abc\n"
        "  devices:\n"
        "    - name: nowhere\n"
        "log: {level: [a]}\n");
    REQUIRE(loaded.problems.size() == 6);
    const auto text = complaints(loaded);
    for (const auto* line :
         {"t.yaml:2:3: mqtt.brokr: expected one of broker,", "did you mean \"broker\"?",
          "t.yaml:3:13: mqtt.protocol: expected one of 5, 3.1.1, found \"4\"",
          "t.yaml:5:18: meross.poll_interval: expected a duration from 5s to 1h",
          "t.yaml:6:9: meross.keys: expected a list", "t.yaml:8:7: meross.devices[0]: expected a host",
          "t.yaml:9:14: log.level: expected one of trace"})
        CHECK_THAT(text, ContainsSubstring(line));
}

TEST_CASE("each of these is a mistake at its place", "[app][config]") {
    struct Row {
        const char* text;
        const char* complaint;
    };
    const auto row = GENERATE(values<Row>({
        {"nothing: 1", "t.yaml:1:1: nothing: expected one of mqtt"},
        {"poll_interval: 30s", "did you mean \"meross.poll_interval\"?"},
        {"- a", "t.yaml:1:1: expected a section with names and values, found a list"},
        {"mqtt: 5", "t.yaml:1:7: mqtt: expected a section with names and values, found a single value"},
        {"a: 1\n---\nb: 1", "expected one YAML document, found 2"},
        {"mqtt: {a: b\nc: - d", "t.yaml:2:"},
        {"mqtt: {base_topic: a}\nmqtt: {}", "t.yaml:2:1: mqtt: expected each name once"},
        {"mqtt: {broker: [embedded, mqtt://a]}", "mqtt.broker[0]: expected mqtt://"},
        {"mqtt: {broker: []}", "mqtt.broker: expected at least one broker"},
        {"mqtt: {broker: [mqtt://a, mqtt://a]}", "mqtt.broker[1]: expected each item once"},
        {"mqtt: {broker: 192.168.1.5}", "mqtt.broker: expected embedded, or mqtt://"},
        {"mqtt: {base_topic: ''}", "mqtt.base_topic: expected a topic without wildcards, found \"\""},
        {"mqtt: {base_topic: a/#}", "are wildcards"},
        {"mqtt: {base_topic: homeassistant}", "mqtt.base_topic: expected a base topic outside of"},
        {"mqtt: {base_topic: homeassistant/x}", "mqtt.base_topic: expected a base topic outside of"},
        {"homeassistant: {discovery_prefix: lanbridge}",
         "homeassistant.discovery_prefix: expected a base topic"},
        {"mqtt: {username: true}", "put it in quotes"},
        {"mqtt: {password: x}", "mqtt.password: expected mqtt.username beside it"},
        {"mqtt: {tls: {ca: /nowhere/ca.pem}}", "/nowhere/ca.pem: No such file"},
        {"mqtt: {client_id: }", "mqtt.client_id: expected a client id, found nothing"},
        {"mqtt: {client_id: !secrt x}", "the tags are !secret NAME, !file PATH and !env NAME"},
        {"homeassistant: {enabled: 'true'}", "without quotes"},
        {"homeassistant: {enabled: 1}", "homeassistant.enabled: expected true or false, found \"1\""},
        {"embedded_broker: {listen: [0.0.0.0:1883]}", "add users, or listen on 127.0.0.1 only"},
        {"embedded_broker: {listen: ['127.0.0.1:0']}", "ports are numbers from 1 to 65535"},
        {"embedded_broker: {users: [{username: a, password: b}, {username: a, password: c}]}",
         "embedded_broker.users[1].username: expected a username that no other item has"},
        {"embedded_broker: {users: [{username: a}]}",
         "embedded_broker.users[0]: expected a password, found none"},
        {"meross: {poll_interval: 30}", "give a unit: 30s"},
        {"meross: {poll_interval: 61m}", "expected a duration from 5s to 1h"},
        {"meross: {poll_interval: 99999999999999999999h}", "expected a duration from 5s to 1h"},
        {"meross: {devices: [{host: a}, {host: 'A:80'}]}",
         "meross.devices[1].host: expected a host that no other"},
        {"meross: {devices: [{host: http://a}]}", "leave out the scheme"},
        {"meross: {devices: [{host: 1.2.3.999}]}",
         "meross.devices[0].host: expected a host name or IP address"},
        {"meross: {devices: [{uuid: 12}]}", "meross.devices[0].uuid: expected a uuid of 32 hex digits"},
        {"meross: {devices: [{host: a, timezone: Mars/Base}]}", "expected an IANA time zone"},
        {"meross: {devices: [{host: a, trace: {max_size: 64}}]}", "give a unit: 64B"},
        {"meross: {devices: [{host: a, trace: maybe}]}", "expected true, false or {duration"},
        {"meross: {devices: [{host: a, options: {colder: true}}]}",
         "meross.devices[0].options.colder: expected one of cool, heating_rule, found the unknown name"},
        {"meross: {devices: [{host: a, options: {cool: [1]}}]}", "meross.devices[0].options.cool: expected"},
        {"meross: {discovery: {subnets: [10.0.0.0/8]}}",
         "meross.discovery.subnets[0]: expected an IPv4 network"},
        {"meross: {discovery: {subnets: [10.0.0.0]}}", "add the prefix length"},
        {"xiaomi: {devices: [{token: 00112233445566778899aabbccddeeff}]}",
         "xiaomi.devices[0]: expected a host"},
        {"xiaomi: {devices: [{host: a, token: 12}]}",
         "a token of 32 hex digits, found a value that is not shown"},
        {"log: {levels: {a: b}}", "log.levels.a: expected one of trace"},
    }));
    const auto loaded = parse(row.text);
    INFO(row.text);
    CHECK_FALSE(loaded.ok());
    CHECK_THAT(complaints(loaded), ContainsSubstring(row.complaint));
}

TEST_CASE("what stands behind a tag is missing: the complaint names the place and the thing",
          "[app][config]") {
    const TemporaryFolder folder;
    const auto file = folder.write("c.yaml", "mqtt:\n  username: u\n  password: !secret nope\n");
    CHECK_THAT(complaints(load_config_file(file, environment())),
               ContainsSubstring("c.yaml:3:13: mqtt.password: expected a password, found !secret nope (" +
                                 (folder.path() / "secrets.yaml").string() + ": No such file"));
    folder.write("secrets.yaml", "other: x\n");
    CHECK_THAT(complaints(load_config_file(file, environment())),
               ContainsSubstring("has no \"nope\": add a line"));
    folder.write("secrets.yaml", "nope: [1]\n");
    CHECK_THAT(complaints(load_config_file(file, environment())),
               ContainsSubstring("secrets.yaml:1: must be"));
    folder.write("secrets.yaml", "nope: {\n");
    CHECK_FALSE(load_config_file(file, environment()).ok());
    CHECK_THAT(complaints(parse("meross: {keys: [!env NOPE]}")), ContainsSubstring("NOPE is not set"));
    CHECK_THAT(complaints(parse("meross: {keys: [!file /nowhere/x]}")),
               ContainsSubstring("/nowhere/x: No such file"));
}

TEST_CASE("a file that is named has to be there and readable", "[app][config]") {
    const TemporaryFolder folder;
    CHECK_THAT(complaints(find_and_load_config(folder.path() / "none.yaml", environment())),
               ContainsSubstring("none.yaml: expected a readable configuration file, found No such file"));
    CHECK_THAT(complaints(load_config_file(folder.path(), environment())),
               ContainsSubstring("Is a directory"));
    if (::geteuid() == 0) return;  // root reads everything
    const auto file = folder.write("closed.yaml", "log:\n");
    ::chmod(file.c_str(), 0);
    CHECK_THAT(complaints(load_config_file(file, environment())), ContainsSubstring("Permission denied"));
}

TEST_CASE("no complaint shows a secret", "[app][config]") {
    const auto loaded = parse(
        "mqtt: {broker: 'mqtt://user:hunter2@a b', pasword: hunter2, password: [hunter2]}\n"
        "meross: {keys: hunter2, devices: [{host: a, key: {hunter2: 1}}]}\n"
        "xiaomi: {devices: [{host: a, token: hunter2}]}\n");
    CHECK(loaded.problems.size() == 6);
    const auto text = complaints(loaded);
    INFO(text);
    CHECK(text.find("hunter2") == std::string::npos);
}

TEST_CASE("command line flags win over the file and add to its lists", "[app][config]") {
    RunOptions flags;
    flags.brokers.emplace(1, mqtt::BrokerUrl("flag", 1883));
    flags.meross = {HostPort("192.168.1.20", 80), HostPort("192.168.1.99", 80)};
    flags.meross_keys = {Secret("0123456789abcdef"), Secret("new")};
    const auto merged = with_flags(load_full().config, flags);
    REQUIRE(merged.mqtt.brokers.size() == 1);
    CHECK(merged.mqtt.brokers[0].host == "flag");
    CHECK(merged.meross.devices.size() == 4);
    CHECK(merged.meross.devices.back().host == HostPort("192.168.1.99", 80));
    CHECK(merged.meross.keys.size() == 3);
    flags.brokers.emplace();
    CHECK(with_flags(load_full().config, flags).mqtt.embedded());
}
