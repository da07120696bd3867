#include "broker_fixture.hpp"
#include "lanbridge/sim/fleet.hpp"
#include "sim/support.hpp"

// Simulated devices on a real mosquitto, with the least of a broker agent beside them.
using namespace lanbridge;
using namespace lanbridge::test;
using meross::Method;
using Stage = sim::MqttSession::Stage;

namespace {

const bool mosquitto_found = require_mosquitto();

/// Answers Clock and Bind, and remembers everything else.
struct Agent {
    Agent(BrokerFixture& f, std::uint16_t port, std::string device_key = vector_key)
        : fixture(f), key(std::move(device_key)), client(f.context, f.settings(port, "agent")) {
        REQUIRE(client.subscribe("/appliance/+/publish", 1,
                                 [this](const mqtt::Message& message) { hear(message.payload); }));
        client.start();
        REQUIRE(fixture.wait_until([this] { return client.connected(); }));
    }
    ~Agent() { fixture.run(client.stop()); }

    void hear(std::string_view text) {
        auto message = meross::parse_message(text);
        REQUIRE(message);
        const auto sender = meross::sender_of(message->header);
        REQUIRE(sender);
        heard.push_back(*message);
        if (!serving) return;
        auto answer = *message;
        answer.header.uuid.clear();
        if (message->header.name_space == "Appliance.System.Clock") {
            answer.payload["clock"]["timestamp"] = message->header.timestamp;
        } else if (message->header.name_space == "Appliance.Control.Bind") {
            answer.header.method = Method::setack;
            answer.header.from = meross::publish_topic(*sender);
            answer.header.sign = meross::sign(answer.header.message_id, Secret(key), answer.header.timestamp);
            answer.payload = Json::object();
        } else {
            return;
        }
        REQUIRE(client.publish(meross::request_topic(*sender), meross::serialize(answer), 1, false));
    }
    void ask(const sim::MerossDevice& device, std::string_view name, Method method,
             std::string_view payload) {
        const auto origin =
            meross::Origin{meross::publish_topic(device.identity().uuid), "test", fixture.time.wall_s()};
        const auto header =
            meross::make_request_header(name, method, device.identity().key, origin, fixture.random);
        const auto text = meross::serialize(header, Json::parse(payload));
        REQUIRE(client.publish(meross::request_topic(device.identity().uuid), text, 1, false));
    }
    std::size_t count(std::string_view name, Method method) const {
        return static_cast<std::size_t>(std::ranges::count_if(heard, [&](const auto& message) {
            return message.header.name_space == name && message.header.method == method;
        }));
    }

    BrokerFixture& fixture;
    std::string key;
    bool serving = true;
    std::vector<meross::Message> heard;
    mqtt::Client client;
};

struct Site : BrokerFixture {
    sim::FleetSettings settings_with_key() {
        sim::FleetSettings settings;
        settings.key = Secret(vector_key);
        settings.member.settling = 10ms;
        settings.member.restart = 20ms;
        return settings;
    }
    void end(sim::Fleet& fleet) {
        fleet.close();
        CHECK(wait_until([&] { return fleet.idle(); }));
    }
    /// Clients that connect side by side take turns of some seconds, hence the patience.
    bool soon(const std::function<bool()>& done) { return wait_until(done, 20s); }
    bool all_at(sim::Fleet& fleet, Stage stage) {
        return soon([&] {
            return std::ranges::all_of(fleet.members(), [stage](const auto& member) {
                return member->session() != nullptr && member->session()->stage() == stage;
            });
        });
    }
};

}  // namespace

TEST_CASE("a fleet shares one connection", "[sim][mqtt]") {
    Site site;
    const auto port = free_port();
    Mosquitto mosquitto(site, port);
    Agent agent(site, port);
    mqtt::Client client(site.context, site.settings(port, "fleet"));
    sim::Fleet fleet(site.context, site.settings_with_key());
    REQUIRE(fleet.add(builtin("mss310"), 20));
    fleet.join(client);
    client.start();
    REQUIRE(site.all_at(fleet, Stage::steady));
    REQUIRE(fleet.add(builtin("mss210")));
    REQUIRE(site.all_at(fleet, Stage::steady));
    CHECK(site.soon([&] { return agent.count("Appliance.System.Online", Method::push) == 21; }));
    CHECK(agent.count("Appliance.Control.Bind", Method::set) == 21);
    const auto firmware = fleet[3].device.state("Appliance.System.All").at("system").at("firmware");
    CHECK(firmware.at("port") == port);

    agent.ask(fleet[3].device, "Appliance.System.All", Method::get, "{}");
    CHECK(site.soon([&] { return agent.count("Appliance.System.All", Method::getack) == 1; }));
    REQUIRE(fleet[4].device.press());
    CHECK(site.soon([&] { return agent.count("Appliance.Control.ToggleX", Method::push) == 1; }));

    SECTION("one device leaves and comes back") {
        fleet[3].link()->disconnect();
        agent.ask(fleet[3].device, "Appliance.System.All", Method::get, "{}");
        site.run_for(100ms);
        CHECK(agent.count("Appliance.System.All", Method::getack) == 1);
        CHECK_FALSE(fleet[3].device.online());
        fleet[3].link()->reconnect();
        REQUIRE(site.all_at(fleet, Stage::steady));
        CHECK(agent.count("Appliance.Control.Bind", Method::set) == 21);
    }
    SECTION("the broker goes away and comes back") {
        mosquitto.stop();
        REQUIRE(site.all_at(fleet, Stage::offline));
        CHECK_FALSE(fleet[0].device.online());
        mosquitto.start();
        REQUIRE(site.all_at(fleet, Stage::steady));
    }
    site.end(fleet);
    site.run(client.stop());
}

TEST_CASE("a device connects by itself with its own credentials", "[sim][mqtt]") {
    Site site;
    asio::ip::tcp::acceptor broker(site.io, {asio::ip::address_v4::loopback(), 0});
    asio::ip::tcp::socket socket(site.io);
    std::string connect(512, ' ');
    std::size_t got = 0;
    broker.async_accept(socket, [&](error_code failure) {
        REQUIRE_FALSE(failure);
        socket.async_read_some(asio::buffer(connect), [&](error_code, std::size_t size) { got = size; });
    });
    auto settings = site.settings_with_key();
    settings.member.own.transport = sim::OwnConnection::Transport::plain;
    sim::Fleet fleet(site.context, settings);
    REQUIRE(fleet.add(builtin("mss310")));
    meross::BrokerAddress address;
    address.host = "127.0.0.1";
    address.port = broker.local_endpoint().port();
    fleet.connect(address);
    REQUIRE(site.soon([&] { return got > 0; }));
    const auto& device = fleet[0].device;
    const auto expected =
        meross::device_credentials(device.identity().uuid, device.mac(), Secret(vector_key), "0", "");
    CHECK(connect.substr(4, 4) == "MQTT");
    CHECK(connect[8] == 4);                                 // 3.1.1
    CHECK(static_cast<unsigned char>(connect[9]) == 0xC2);  // user, password, clean session, no will
    CHECK(connect[11] == 120);                              // keep-alive
    CHECK(connect.substr(14, expected.client_id.size()) == expected.client_id);
    const auto rest = connect.substr(14 + expected.client_id.size() + 16, got);
    CHECK(rest.substr(2, 17) == expected.username);
    CHECK(rest.substr(21, expected.password.reveal().size()) == expected.password.reveal());
    CHECK_FALSE(device.online());
    site.end(fleet);
}

TEST_CASE("Config.Key moves a device from the shared connection to its own", "[sim][mqtt]") {
    Site site;
    const auto port = free_port();
    Mosquitto mosquitto(site, port);
    Agent agent(site, port);
    mqtt::Client client(site.context, site.settings(port, "fleet"));
    client.start();
    sim::Fleet fleet(site.context, site.settings_with_key());
    REQUIRE(fleet.add(builtin("mss310"), 2));
    fleet.join(client);
    REQUIRE(site.all_at(fleet, Stage::steady));
    agent.key = "a key of ours";
    agent.ask(
        fleet[0].device, "Appliance.Config.Key", Method::set,
        R"({"key":{"gateway":{"host":"localhost","port":)" + std::to_string(port) +
            R"(,"secondHost":"localhost","secondPort":1,"redirect":1},"key":"a key of ours","userId":"7"}})");
    REQUIRE(site.soon([&] { return agent.count("Appliance.Config.Key", Method::setack) == 1; }));
    CHECK(meross::signature_valid(agent.heard.back().header, Secret(vector_key)));
    CHECK(site.soon([&] { return agent.count("Appliance.Control.Bind", Method::set) == 3; }));
    REQUIRE(site.all_at(fleet, Stage::steady));
    CHECK(fleet[0].device.identity().key == Secret("a key of ours"));
    CHECK(fleet[1].device.identity().key == Secret(vector_key));
    agent.ask(fleet[0].device, "Appliance.System.Time", Method::get, "{}");
    CHECK(site.soon([&] { return agent.count("Appliance.System.Time", Method::getack) == 1; }));
    site.end(fleet);
    site.run(client.stop());
}

TEST_CASE("a factory-new device joins, and is born on the broker it was given", "[sim][mqtt]") {
    Site site;
    const auto port = free_port();
    Mosquitto mosquitto(site, port);
    Agent agent(site, port, "a key of ours");
    auto settings = site.settings_with_key();
    settings.member.own.transport = sim::OwnConnection::Transport::plain;
    sim::Fleet fleet(site.context, settings);
    REQUIRE(fleet.add(builtin("mss310-new")));
    auto& member = fleet[0];
    const auto access_point = member.server.endpoint();
    int joined = 0;
    member.on_joined([&] { ++joined; });
    const auto tell = [&](std::string_view name, std::string_view payload) {
        const auto origin = meross::Origin{"test", "test", site.time.wall_s()};
        const auto header = meross::make_request_header(name, Method::set, Secret(), origin, site.random);
        const auto reply = member.device.handle(meross::serialize(header, Json::parse(payload)));
        CHECK_THAT(reply.body, ContainsSubstring("SETACK"));
    };
    const auto key = R"({"key":{"gateway":{"host":"127.0.0.1","port":)" + std::to_string(port) +
                     R"(,"redirect":1},"key":"a key of ours","userId":"7"}})";
    tell("Appliance.Config.Key", key);
    tell("Appliance.Config.Wifi", R"({"wifi":{"ssid":"bGFuYnJpZGdl","password":"d3Jvbmc="}})");
    REQUIRE(site.soon([&] { return !member.server.listening(); }));
    REQUIRE(site.soon([&] { return member.server.listening(); }));
    CHECK(member.device.in_ap_mode());
    CHECK(member.server.endpoint() == access_point);
    CHECK(joined == 0);
    tell("Appliance.Config.Wifi", R"({"wifi":{"ssid":"bGFuYnJpZGdl","password":"c2ltdWxhdGVk"}})");
    REQUIRE(site.soon([&] { return joined == 1; }));
    CHECK_FALSE(member.device.in_ap_mode());
    REQUIRE(site.all_at(fleet, Stage::steady));
    CHECK(agent.count("Appliance.Control.Bind", Method::set) == 1);
    CHECK(int_or(agent.heard.front().payload, {"clock", "timestamp"}, 0) > 0);
    site.end(fleet);
}
