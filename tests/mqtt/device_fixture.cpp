#include "device_fixture.hpp"

#include <sys/stat.h>

#include "lanbridge/base/async.hpp"
#include "support/catch.hpp"
#include "support/run.hpp"

namespace lanbridge::test {

using namespace lanbridge::mqtt;

namespace {

constexpr auto patience = 5s;

}  // namespace

DeviceLogin DeviceBrokerFixture::login(int n) {
    const auto number = std::to_string(n);
    const std::string uuid = "190000000000000000000000000000a" + number;
    return DeviceLogin("48:e1:e9:00:00:0" + number, Secret("0_password" + number),
                       "/appliance/" + uuid + "/subscribe", "/appliance/" + uuid + "/publish");
}

EmbeddedBrokerSettings DeviceBrokerFixture::embedded(int devices) const {
    EmbeddedBrokerSettings out;
    out.data_directory = folder.path() + "/data";
    out.listen = {BrokerListener("127.0.0.1", port)};
    out.devices_listen = BrokerListener("127.0.0.1", devices_port);
    out.device_names = {"127.0.0.1", "broker.example"};
    for (int n = 1; n <= devices; ++n) out.devices.push_back(login(n));
    return out;
}

void DeviceBrokerFixture::start(EmbeddedBroker& broker) {
    const auto started = test::run(io, broker.start());
    INFO((started.has_error() ? started.error().text() : ""));
    REQUIRE(started.has_value());
}

std::optional<int> TestDevice::connect(std::uint16_t port, const DeviceLogin& login, int level) {
    auto open = with_timeout(fixture_.time, link_.open("127.0.0.1", port, Suites::rsa), patience);
    auto facts = test::run(fixture_.io, std::move(open));
    if (!facts) return std::nullopt;
    facts_ = *facts;
    ConnectRequest request;
    request.level = level;
    request.client_id = "fmware:190000000000000000000000000000a1_0123456789abcdef";
    request.username = login.username;
    request.password = login.password;
    send(connect_packet(request));
    return static_cast<unsigned char>(await(PacketType::connack).body.back());
}

int TestDevice::subscribe(const std::string& topic) {
    send(subscribe_packet(1, topic, 1));
    return static_cast<unsigned char>(await(PacketType::suback).body.back());
}

void TestDevice::publish(const std::string& topic, const std::string& payload) {
    send(publish_packet(2, topic, payload));
    await(PacketType::puback);
}

std::vector<std::string> TestDevice::heard() {
    std::vector<std::string> topics;
    send(ping_packet());
    await(PacketType::pingresp, &topics);
    return topics;
}

void TestDevice::send(const std::string& bytes) {
    const auto sent = test::run(fixture_.io, link_.send(bytes));
    REQUIRE(sent.has_value());
}

Packet TestDevice::await(PacketType type, std::vector<std::string>* topics) {
    for (;;) {
        const auto packet = test::run(fixture_.io, with_timeout(fixture_.time, link_.receive(), patience));
        INFO((packet.has_error() ? packet.error().text() : ""));
        REQUIRE(packet.has_value());
        if (topics != nullptr && packet->type == PacketType::publish)
            topics->emplace_back(publish_topic(*packet));
        if (packet->type == type) return *packet;
    }
}

unsigned mode_of(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : 0U;
}

}  // namespace lanbridge::test
