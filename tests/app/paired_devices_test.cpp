#include "app/daemon/paired_devices.hpp"

#include "app/daemon/lan_address.hpp"
#include "lanbridge/base/crypto.hpp"
#include "support/catch.hpp"
#include "support/volatile_memory.hpp"

using namespace lanbridge;
using namespace lanbridge::app;
using namespace lanbridge::test;

namespace {

Json account() {
    return {{"uuid", "2101010101010151812048e1e9a1b2c3"},
            {"mac", "48:e1:e9:a1:b2:c3"},
            {"key", "k3y"},
            {"user_id", "0"}};
}

}  // namespace

TEST_CASE("a paired device is remembered with its account and its key", "[app][pairing]") {
    VolatileMemory memory;
    auto device = parse_paired_device(account()).value();
    device.broker_host = "192.168.1.5";
    CHECK(device.id().value() == "meross_48e1e9a1b2c3");
    remember_paired(memory, device, true);
    CHECK(recall_paired(memory, device.id()) == device);
    CHECK(memory.recall(device.id(), "key") == R"({"key":"k3y"})");
}

TEST_CASE("the account of a device that has a key already does not replace that key", "[app][pairing]") {
    VolatileMemory memory;
    const auto device = parse_paired_device(account()).value();
    memory.remember(device.id(), "key", R"({"key":"present"})");
    CHECK(has_own_key(memory, device));
    remember_paired(memory, device, !has_own_key(memory, device));
    CHECK(memory.recall(device.id(), "key") == R"({"key":"present"})");
    remember_new_key(memory, device);
    CHECK(memory.recall(device.id(), "key") == R"({"key":"k3y"})");
}

TEST_CASE("an account that did not work out goes back to the one before", "[app][pairing]") {
    VolatileMemory memory;
    const auto device = parse_paired_device(account()).value();
    remember_paired(memory, device, false);
    forget_account(memory, device.id(), std::nullopt);
    CHECK(!recall_paired(memory, device.id()));
    auto before = device;
    before.key = Secret("older");
    forget_account(memory, device.id(), before);
    CHECK(recall_paired(memory, device.id()) == before);
}

TEST_CASE("the broker lets each paired device to its own two topics", "[app][pairing]") {
    VolatileMemory memory;
    Config config;
    mqtt::EmbeddedBrokerSettings none;
    add_paired_devices(none, config, memory);
    CHECK(!none.devices_listen);
    auto device = parse_paired_device(account()).value();
    device.broker_host = "192.168.1.5";
    remember_paired(memory, device, true);
    memory.remember(model::DeviceId("meross_other"), "account", "{damaged");
    mqtt::EmbeddedBrokerSettings settings;
    add_paired_devices(settings, config, memory);
    REQUIRE(settings.devices_listen);
    CHECK(settings.devices_listen->text() == "0.0.0.0:8883");
    REQUIRE(settings.devices.size() == 1);
    CHECK(settings.devices[0].username == "48:e1:e9:a1:b2:c3");
    CHECK(settings.devices[0].password.reveal() == "0_" + crypto::md5_hex("48:e1:e9:a1:b2:c3k3y"));
    CHECK(settings.devices[0].read_topic == "/appliance/2101010101010151812048e1e9a1b2c3/subscribe");
    CHECK(settings.devices[0].write_topic == "/appliance/2101010101010151812048e1e9a1b2c3/publish");
    CHECK(settings.device_names == std::vector<std::string>{"192.168.1.5"});
    config.embedded_broker.devices_listen = mqtt::BrokerListener("127.0.0.1", 18883);
    CHECK(device_listener(config).text() == "127.0.0.1:18883");
}

TEST_CASE("an account is refused with a sentence when a member makes no sense", "[app][pairing]") {
    const auto without = [](const char* name, Json value) {
        auto json = account();
        json[name] = std::move(value);
        return parse_paired_device(json);
    };
    CHECK_THAT(without("uuid", "x").error().text(), ContainsSubstring("\"uuid\""));
    CHECK_THAT(without("mac", "a b").error().text(), ContainsSubstring("\"mac\""));
    CHECK_THAT(without("mac", "48:e1:e9:a1:b2:c3\n").error().text(), ContainsSubstring("\"mac\""));
    CHECK_THAT(without("key", "").error().text(), ContainsSubstring("\"key\""));
    CHECK_THAT(without("user_id", "me").error().text(), ContainsSubstring("\"user_id\""));
    CHECK(without("mac", nullptr).value().mac == "48:e1:e9:a1:b2:c3");
}

TEST_CASE("the loopback is named to devices by the address they see", "[app][pairing]") {
    CHECK(host_for_device("broker.local", "192.168.1.20").value() == "broker.local");
    CHECK(host_for_device("127.0.0.1", "127.0.0.1").value() == "127.0.0.1");
    CHECK(is_loopback("localhost"));
    CHECK(is_loopback("0.0.0.0"));
    CHECK(!is_loopback("192.168.1.5"));
}
