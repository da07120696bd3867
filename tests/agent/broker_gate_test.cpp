#include "agent/broker/broker_gate.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "agent/settings.hpp"
#include "host_fixture.hpp"
#include "mqtt/packets.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::agent;
using namespace std::string_literals;
using asio::ip::tcp;

namespace {

const auto lan = asio::ip::make_address("127.0.0.2");

/// A broker on 127.0.0.1 and a gate on 127.0.0.2.
struct Fixture : test::HostFixture {
    std::uint16_t port = test::free_tcp_port("0.0.0.0");
    std::vector<std::string> lines;
    Journal journal{time, Levels()};
    GateSettings settings;
    std::vector<asio::ip::address> wanted{lan};
    std::unique_ptr<BrokerGate> gate;
    std::unique_ptr<net::Process> broker;

    Fixture() {
        journal.set_print([this](std::string_view line) { lines.emplace_back(line); });
        settings.port = port;
        settings.login = Login("me", Secret("right"));
        settings.addresses = [this] { return wanted; };
        settings.limits.refusal_pause = 10ms;
    }
    ~Fixture() {
        if (gate) run(gate->stop());
    }
    void open() {
        gate = std::make_unique<BrokerGate>(context, journal, settings);
        gate->refresh();
        CHECK(gate->listening() == wanted);
    }
    void start_broker() {
        const auto config =
            write("/etc/mosquitto.conf", "listener " + std::to_string(port) +
                                             " 127.0.0.1\nallow_anonymous true\npersistence false\n");
        broker = start({"mosquitto", "-c", config});
        REQUIRE(wait_until([&] {
            tcp::socket probe(io);
            error_code ec;
            probe.connect(tcp::endpoint(asio::ip::address_v4::loopback(), port), ec);
            return !ec;
        }));
    }
    /// The outcome of one of mosquitto's clients.
    net::Exit client(std::vector<std::string> words, std::vector<std::string>* output = nullptr) {
        words.insert(words.begin() + 1, {"-p", std::to_string(port)});
        auto child = net::Process::start(context, std::move(words), [&](net::Stream, std::string_view line) {
            if (output) output->emplace_back(line);
        });
        REQUIRE(child.has_value());
        const auto end = test::run(io, (*child)->wait());
        REQUIRE(end.has_value());
        return *end;
    }
    int seen(std::string_view part) const {
        int count = 0;
        for (const auto& line : lines) count += line.find(part) != line.npos ? 1 : 0;
        return count;
    }
    tcp::socket connected() {
        tcp::socket socket(io);
        socket.connect(tcp::endpoint(lan, port));
        return socket;
    }
    /// What comes until the other side closes.
    std::string rest(tcp::socket& socket) {
        std::string got(1024, '\0');
        bool ended = false;
        std::size_t size = 0;
        asio::async_read(socket, asio::buffer(got), [&](error_code, std::size_t n) {
            ended = true;
            size = n;
        });
        REQUIRE(wait_until([&] { return ended; }));
        return got.substr(0, size);
    }
};

std::string hello(const std::string& user, const std::string& password) {
    mqtt::ConnectRequest request;
    request.client_id = "me";
    request.username = user;
    request.password = Secret(password);
    return mqtt::connect_packet(request);
}

}  // namespace

TEST_CASE("LAN clients come in with the password, in every version of MQTT", "[agent][gate]") {
    Fixture f;
    f.start_broker();
    f.open();
    for (const char* version : {"mqttv31", "mqttv311", "mqttv5"}) {
        INFO(version);
        CHECK(f.client({"mosquitto_pub", "-h", "127.0.0.2", "-V", version, "-u", "me", "-P", "right", "-q",
                        "1", "-r", "-t", "a", "-m", version})
                  .clean());
        std::vector<std::string> got;
        CHECK(f.client({"mosquitto_sub", "-h", "127.0.0.2", "-V", version, "-u", "me", "-P", "right", "-t",
                        "a", "-C", "1", "-W", "5"},
                       &got)
                  .clean());
        CHECK(got == std::vector<std::string>{version});
    }
    CHECK(f.seen("without the right password") == 0);
    CHECK(f.wait_until([&] { return f.gate->clients() == 0; }));
}

TEST_CASE("LAN clients without the password are refused, loopback needs none", "[agent][gate]") {
    Fixture f;
    f.start_broker();
    f.open();
    for (const char* version : {"mqttv31", "mqttv311", "mqttv5"}) {
        INFO(version);
        CHECK_FALSE(
            f.client({"mosquitto_pub", "-h", "127.0.0.2", "-V", version, "-t", "a", "-m", "x"}).clean());
        CHECK_FALSE(f.client({"mosquitto_pub", "-h", "127.0.0.2", "-V", version, "-u", "me", "-P", "s3cret",
                              "-t", "a", "-m", "x"})
                        .clean());
    }
    CHECK(f.client({"mosquitto_pub", "-h", "127.0.0.1", "-t", "a", "-m", "x"}).clean());
    CHECK(f.seen("without the right password") == 1);
    CHECK(f.seen("s3cret") == 0);
}

TEST_CASE("refusals are answered before the connection goes", "[agent][gate]") {
    Fixture f;
    f.open();
    auto wrong = f.connected();
    asio::write(wrong, asio::buffer(hello("me", "wrong")));
    CHECK(f.rest(wrong) == "\x20\x02\x00\x04"s);
    // no broker
    auto right = f.connected();
    asio::write(right, asio::buffer(hello("me", "right")));
    CHECK(f.rest(right) == "\x20\x02\x00\x03"s);
    auto stranger = f.connected();
    asio::write(stranger, asio::buffer("GET / HTTP/1.1\r\n\r\n"s));
    CHECK(f.rest(stranger).empty());
    CHECK(f.seen("speaks no MQTT") == 1);
}

TEST_CASE("with an address and no password the gate only passes on", "[agent][gate]") {
    Fixture f;
    f.settings.login.reset();
    f.start_broker();
    f.open();
    CHECK(f.client({"mosquitto_pub", "-h", "127.0.0.2", "-t", "a", "-m", "x"}).clean());
}

TEST_CASE("big messages pass whole", "[agent][gate]") {
    Fixture f;
    f.start_broker();
    f.open();
    const auto file = f.write("/tmp/big", std::string(900'000, 'x'));
    CHECK(f.client({"mosquitto_pub", "-h", "127.0.0.2", "-u", "me", "-P", "right", "-q", "1", "-r", "-t",
                    "big", "-f", file})
              .clean());
    std::vector<std::string> got;
    CHECK(f.client({"mosquitto_sub", "-h", "127.0.0.2", "-u", "me", "-P", "right", "-t", "big", "-C", "1",
                    "-W", "5", "-F", "%l"},
                   &got)
              .clean());
    CHECK(got == std::vector<std::string>{"900000"});
}

TEST_CASE("who says nothing is sent away", "[agent][gate]") {
    Fixture f;
    f.settings.limits.greeting = 1s;
    f.open();
    auto silent = f.connected();
    auto slow = f.connected();
    asio::write(slow, asio::buffer(hello("me", "right").substr(0, 5)));
    const auto begun = std::chrono::steady_clock::now();
    CHECK(f.rest(silent).empty());
    CHECK(f.rest(slow).empty());
    CHECK(std::chrono::steady_clock::now() - begun >= 900ms);
    CHECK(f.wait_until([&] { return f.gate->clients() == 0; }));
}

TEST_CASE("there is a limit to LAN clients", "[agent][gate]") {
    Fixture f;
    f.settings.limits.clients = 2;
    f.open();
    auto one = f.connected();
    auto two = f.connected();
    REQUIRE(f.wait_until([&] { return f.gate->clients() == 2; }));
    auto three = f.connected();
    CHECK(f.rest(three).empty());
    CHECK(f.gate->clients() == 2);
    CHECK(f.seen("too many LAN clients") == 1);
    one.close();
    REQUIRE(f.wait_until([&] { return f.gate->clients() == 1; }));
    auto four = f.connected();
    CHECK(f.wait_until([&] { return f.gate->clients() == 2; }));
}

TEST_CASE("a client that takes nothing is dropped", "[agent][gate]") {
    Fixture f;
    f.settings.limits.stall = 1s;
    f.settings.login.reset();
    tcp::acceptor broker(f.io, {asio::ip::address_v4::loopback(), f.port});
    f.open();
    auto stuck = f.connected();
    tcp::socket behind(f.io);
    broker.async_accept(behind, [](error_code) {});
    REQUIRE(f.wait_until([&] { return behind.is_open(); }));
    const std::string flood(16 << 20, 'x');
    bool ended = false;
    asio::async_write(behind, asio::buffer(flood), [&](error_code, std::size_t) { ended = true; });
    CHECK(f.wait_until([&] { return ended && f.gate->clients() == 0; }));
    CHECK(f.seen("LAN client stalls") == 1);
}

TEST_CASE("addresses come and go", "[agent][gate]") {
    Fixture f;
    f.open();
    f.wanted.push_back(asio::ip::make_address("127.0.0.3"));
    f.gate->refresh();
    CHECK(f.gate->listening() == f.wanted);
    f.wanted.erase(f.wanted.begin());
    f.gate->refresh();
    CHECK(f.gate->listening() == f.wanted);
    tcp::socket socket(f.io);
    error_code ec;
    socket.connect(tcp::endpoint(lan, f.port), ec);
    CHECK(ec == asio::error::connection_refused);

    // not ours yet: tried again with every refresh, told once
    f.wanted.push_back(asio::ip::make_address("192.0.2.1"));
    f.gate->refresh();
    f.gate->refresh();
    CHECK(f.gate->listening().size() == 1);
    CHECK(f.seen("can't listen for the LAN") == 1);
}

TEST_CASE("clients outlive neither the broker nor its restart, and come in again", "[agent][gate]") {
    Fixture f;
    f.start_broker();
    f.open();
    auto one = f.connected();
    asio::write(one, asio::buffer(hello("me", "right")));
    std::string answer(4, '\0');
    bool answered = false;
    asio::async_read(one, asio::buffer(answer), [&](error_code ec, std::size_t) { answered = !ec; });
    REQUIRE(f.wait_until([&] { return answered; }));
    CHECK(answer == "\x20\x02\x00\x00"s);
    f.broker.reset();
    CHECK(f.rest(one).empty());
    f.start_broker();
    CHECK(f.client({"mosquitto_pub", "-h", "127.0.0.2", "-u", "me", "-P", "right", "-t", "a", "-m", "x"})
              .clean());
}

TEST_CASE("the gate listens on IPv6 as well", "[agent][gate]") {
    Fixture f;
    const auto here = asio::ip::make_address("::1");
    error_code ec;
    tcp::acceptor probe(f.io);
    probe.open(tcp::v6(), ec);
    if (!ec) probe.bind(tcp::endpoint(here, 0), ec);
    if (ec) {
        WARN("no IPv6 on this machine");
        return;
    }
    f.wanted.push_back(here);
    f.open();
    tcp::socket socket(f.io);
    socket.connect(tcp::endpoint(here, f.port));
    asio::write(socket, asio::buffer(hello("me", "wrong")));
    CHECK(f.rest(socket) == "\x20\x02\x00\x04"s);
}

TEST_CASE("a gate that is stopped cuts its clients off", "[agent][gate]") {
    Fixture f;
    f.start_broker();
    f.open();
    auto one = f.connected();
    asio::write(one, asio::buffer(hello("me", "right")));
    auto two = f.connected();
    REQUIRE(f.wait_until([&] { return f.gate->clients() == 2; }));
    f.run(f.gate->stop());
    CHECK(f.gate->clients() == 0);
    CHECK(f.gate->listening().empty());
}
