#include <array>
#include <boost/asio/ip/udp.hpp>

#include "meross/finder_house.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;

namespace {

using House = test::FinderHouse;
using test::quiet_settings;
using Udp = asio::ip::udp;

/// A device's UDP side on the loopback interface.
class Responder {
public:
    Responder(asio::io_context& io, std::uint16_t answer_port)
        : socket_(io, Udp::endpoint(asio::ip::address_v4::loopback(), 0)), answer_port_(answer_port) {
        listen();
    }
    std::uint16_t port() const { return socket_.local_endpoint().port(); }
    void send(const std::string& text) {
        socket_.send_to(asio::buffer(text), Udp::endpoint(asio::ip::address_v4::loopback(), answer_port_));
    }
    std::vector<std::string> queries;
    std::vector<std::string> answers;

private:
    void listen() {
        socket_.async_receive_from(asio::buffer(buffer_), peer_, [this](error_code ec, std::size_t size) {
            if (ec) return;
            queries.emplace_back(buffer_.data(), size);
            for (const auto& answer : answers) send(answer);
            listen();
        });
    }
    Udp::socket socket_;
    std::uint16_t answer_port_;
    Udp::endpoint peer_;
    std::array<char, 512> buffer_{};
};

std::uint16_t free_udp_port(asio::io_context& io) {
    const Udp::socket probe(io, Udp::endpoint(asio::ip::address_v4::any(), 0));
    return probe.local_endpoint().port();
}

/// Lets sockets of the loopback interface deliver; the virtual clock stands still.
template <class Condition>
bool eventually(House& house, Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + 5s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        house.io.restart();
        house.io.run_one_for(5ms);
    }
    return true;
}

FinderSettings udp_settings(const Responder& responder, std::uint16_t answer_port) {
    auto settings = quiet_settings();
    settings.udp = true;
    settings.answer_port = answer_port;
    settings.query_port = responder.port();
    settings.known_addresses = [] { return std::vector<std::string>{"127.0.0.1", "no address"}; };
    return settings;
}

std::string answer_of(std::string_view uuid, int port = 8080) {
    return dump_json(Json{{"uuid", uuid}, {"port", port}, {"ip", "127.0.0.1"}, {"deviceType", "mss310"}});
}

constexpr const char* first_uuid = "1802038465725329080648e1e9a1b2c3";
constexpr const char* second_uuid = "1802038465725329080648e1e9a1b2c4";

}  // namespace

TEST_CASE("devices answer a UDP query", "[meross][discovery]") {
    House house;
    const auto port = free_udp_port(house.io);
    Responder responder(house.io, port);
    responder.answers = {answer_of(first_uuid), answer_of(first_uuid), answer_of(second_uuid, 8081)};
    house.start(udp_settings(responder, port));
    REQUIRE(eventually(house, [&] { return house.sightings.size() == 2 && house.leg("udp").seen >= 6; }));
    CHECK(house.sightings[0].uuid == Uuid(first_uuid));
    CHECK(house.sightings[0].endpoint == net::HttpEndpoint("127.0.0.1", 8080));
    CHECK(house.sightings[1].endpoint == net::HttpEndpoint("127.0.0.1", 8081));
    CHECK(responder.queries.size() == 2);  // one for each brand
    CHECK_THAT(responder.queries[0], test::ContainsSubstring("49f33d8a2de2f2089ccf45ba8cdd4440"));
    CHECK(house.leg("udp").state == LegStatus::State::running);
    CHECK(house.leg("dhcp").state == LegStatus::State::off);
}

TEST_CASE("UDP asks at the start, soon again, and then now and again", "[meross][discovery]") {
    House house;
    const auto port = free_udp_port(house.io);
    Responder responder(house.io, port);
    house.start(udp_settings(responder, port));
    const auto asked = [&](std::size_t times) {
        return eventually(house, [&] { return responder.queries.size() == 2 * times; });
    };
    CHECK(asked(1));
    house.time.advance(5s);
    CHECK(asked(2));
    house.time.advance(24s);
    CHECK(asked(2));
    house.time.advance(1s);
    CHECK(asked(3));
    house.time.advance(5min);
    CHECK(asked(4));
    for (int i = 0; i < 1000; ++i) house.finder->seek();  // 1000 devices have lost their address at once
    house.time.advance(9s);
    for (int i = 0; i < 1000; ++i) house.finder->seek();
    CHECK(asked(4));
    house.time.advance(1s);
    CHECK(asked(5));
    house.time.advance(1min);
    CHECK(asked(5));
    house.finder->seek();
    house.time.settle();
    CHECK(asked(6));
}

TEST_CASE("nonsense by UDP is counted and harmless", "[meross][discovery]") {
    House house;
    const auto port = free_udp_port(house.io);
    Responder responder(house.io, port);
    house.start(udp_settings(responder, port));
    responder.send("{");
    responder.send(std::string(20'000, 'x'));
    responder.send(std::string("\0\0\0", 3));
    responder.send("");
    responder.send(std::string(4000, '['));
    REQUIRE(eventually(house, [&] { return house.leg("udp").malformed == 5; }));
    responder.send(answer_of(first_uuid));
    REQUIRE(eventually(house, [&] { return !house.sightings.empty(); }));
}

TEST_CASE("a flood of UDP answers is bounded", "[meross][discovery]") {
    House house;
    const auto port = free_udp_port(house.io);
    Responder responder(house.io, port);
    house.start(udp_settings(responder, port));
    std::uint64_t number = 0;
    const auto flooded = eventually(house, [&] {
        for (int i = 0; i < 20; ++i)
            responder.send(
                answer_of("180203846572532908060000" + sim::made_up_uuid(++number).value().substr(24)));
        return house.leg("udp").dropped > 0;
    });
    CHECK(flooded);
    CHECK(house.sightings.size() <= 1024);
    const auto before = house.leg("udp").seen;
    house.time.advance(1min);  // the flood is over: honest answers count again
    responder.send(answer_of(first_uuid));
    CHECK(eventually(house, [&] { return house.leg("udp").seen > before; }));
}

TEST_CASE("a taken UDP port is one clear reason", "[meross][discovery]") {
    House house;
    const Udp::socket other(house.io, Udp::endpoint(asio::ip::address_v4::any(), 0));  // not shared
    auto settings = quiet_settings();
    settings.udp = true;
    settings.answer_port = other.local_endpoint().port();
    house.start(settings);
    house.time.advance(1h);
    CHECK(house.leg("udp").state == LegStatus::State::failed);
    CHECK_THAT(house.leg("udp").why, test::ContainsSubstring(std::to_string(settings.answer_port)));
}
