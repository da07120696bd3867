#pragma once

#include <optional>
#include <string>

#include "broker_fixture.hpp"
#include "lanbridge/mqtt/embedded_broker.hpp"
#include "mqtt/device_link.hpp"

namespace lanbridge::test {

/// The embedded broker with a listener for devices on loopback.
struct DeviceBrokerFixture : BrokerFixture {
    std::uint16_t port = free_port();
    std::uint16_t devices_port = free_port();

    mqtt::EmbeddedBrokerSettings embedded(int devices = 2) const;
    /// Number `n` of its devices, from 1.
    static mqtt::DeviceLogin login(int n);
    void start(mqtt::EmbeddedBroker& broker);
    std::string file(const std::string& name) const { return folder.path() + "/data/broker/" + name; }
};

/// A device's connection, driven packet by packet.
class TestDevice {
public:
    explicit TestDevice(BrokerFixture& fixture) : fixture_(fixture), link_(fixture.context) {}

    /// CONNACK's code; nothing when there is no connection.
    std::optional<int> connect(std::uint16_t port, const mqtt::DeviceLogin& login,
                               int level = mqtt::level_3_1);
    /// SUBACK's code.
    int subscribe(const std::string& topic);
    void publish(const std::string& topic, const std::string& payload);
    /// The topics of all messages that come before the answer to a ping. Publish whatever must come before.
    std::vector<std::string> heard();
    const mqtt::TlsFacts& facts() const { return facts_; }

private:
    mqtt::Packet await(mqtt::PacketType type, std::vector<std::string>* topics = nullptr);
    void send(const std::string& bytes);

    BrokerFixture& fixture_;
    mqtt::DeviceLink link_;
    mqtt::TlsFacts facts_;
};

unsigned mode_of(const std::string& path);

}  // namespace lanbridge::test
