#include <boost/asio/ip/udp.hpp>
#include <set>

#include "lanbridge/meross/discovery.hpp"
#include "meross/local_network.hpp"
#include "support/catch.hpp"
#include "support/run.hpp"
#include "support/virtual_time.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;

namespace {

using Udp = asio::ip::udp;

net::Subnet subnet(const char* address, int prefix) {
    return net::Subnet(asio::ip::make_address_v4(address), prefix);
}

FinderSettings quiet_settings() {
    FinderSettings settings;
    settings.udp = false;
    settings.dhcp = false;
    settings.broadcast = false;
    return settings;
}

/// A finder on the virtual clock, with simulated devices in place of web servers.
struct House {
    House() : time(io), random(7), context(io.get_executor(), time, random), network(time) {}
    ~House() {
        if (!finder) return;
        finder->stop();
        for (int i = 0; i < 100 && !finder->idle(); ++i) time.settle();
    }
    House(const House&) = delete;
    House& operator=(const House&) = delete;

    void start(FinderSettings settings) {
        finder.emplace(context, network, std::move(settings),
                       [this](const Sighting& sighting) { sightings.push_back(sighting); });
        finder->start();
    }
    std::set<std::string> places() const {
        std::set<std::string> out;
        for (const auto& sighting : sightings) out.insert(sighting.endpoint->text());
        return out;
    }
    LegStatus leg(std::string_view name) const {
        for (const auto& status : finder->legs())
            if (status.name == name) return status;
        return {};
    }

    asio::io_context io;
    test::VirtualTime time;
    SeededRandom random;
    Context context;
    test::LocalNetwork network;
    std::optional<Finder> finder;
    std::vector<Sighting> sightings;
};

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

/// Nobody is there; counts who is asked at a time.
class Desert final : public net::HttpPoster {
public:
    explicit Desert(TimeSource& time) : time_(time) {}
    asio::awaitable<Result<net::HttpResponse>> post(net::HttpEndpoint endpoint, std::string, std::string,
                                                    std::string, net::HttpPatience patience) override {
        asked.insert(endpoint.host);
        ++questions;
        most = std::max(most, ++at_a_time);
        const auto cancelled = co_await time_.sleep(patience.connect);
        --at_a_time;
        if (cancelled) co_return Error(Errc::cancelled);
        co_return Error(Errc::unreachable, endpoint.text());
    }
    std::set<std::string> asked;
    std::size_t questions = 0, at_a_time = 0, most = 0;

private:
    TimeSource& time_;
};

Found examined(House& house, const Sighting& sighting, std::vector<Secret> keys) {
    return test::run(house.io, examine(house.context, house.network, sighting, std::move(keys)));
}

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

TEST_CASE("a sweep finds devices whatever their key", "[meross][discovery]") {
    House house;
    const auto& plug = house.network.plug_in("10.0.0.5", "mss310", Secret("secret"), 1);
    house.network.plug_in("10.0.0.6", "mss110", Secret("secret"), 2);  // encrypts
    house.network.plug_in("10.0.0.14", "em06", Secret(""), 3);
    house.network.plug_in("10.0.0.20", "mss310", Secret(""), 4);  // in another network
    house.network.interfere(
        [](const std::string& host, const std::string&) -> std::optional<Result<net::HttpResponse>> {
            if (host != "10.0.0.7") return std::nullopt;
            net::HttpResponse router;
            router.status = 200;
            router.body = "<html>";
            return Result<net::HttpResponse>(std::move(router));
        });
    auto settings = quiet_settings();
    settings.subnets = {subnet("10.0.0.0", 28)};
    house.start(settings);
    house.time.advance(1s);
    CHECK(house.places() == std::set<std::string>{"10.0.0.5", "10.0.0.6", "10.0.0.14"});
    CHECK(house.sightings[0].by == FoundBy::sweep);
    CHECK(house.sightings[0].uuid == plug.identity().uuid);
    CHECK(house.network.requests.size() == 14);
    for (const auto& [host, requests] : house.network.requests) CHECK(requests == 1);
    house.time.advance(59min);
    CHECK(house.network.requests["10.0.0.5"] == 1);
    house.time.advance(2min);
    CHECK(house.network.requests["10.0.0.5"] == 2);
    CHECK(house.sightings.size() == 6);
}

TEST_CASE("a sweep is slow enough for a home network and quick enough for people", "[meross][discovery]") {
    House house;
    Desert desert(house.time);
    auto settings = quiet_settings();
    settings.subnets = {subnet("10.0.0.0", 24)};
    settings.is_served = [](const net::HttpEndpoint& endpoint) { return endpoint.host == "10.0.0.9"; };
    Finder finder(house.context, desert, settings, [](const Sighting&) {});
    finder.start();
    house.time.advance(20s);
    CHECK(desert.questions == 253);
    CHECK(desert.asked.size() == 253);
    CHECK_FALSE(desert.asked.contains("10.0.0.9"));
    CHECK(desert.most == 8);
    for (int i = 0; i < 100; ++i) finder.seek();
    house.time.advance(4min);
    CHECK(desert.questions == 253);
    house.time.advance(2min);
    CHECK(desert.questions == 2 * 253);

    bool over = false;
    Nursery nursery(house.context.executor);
    const auto scan = [](Finder& who, bool& done) -> asio::awaitable<void> {
        co_await who.scan();
        done = true;
    };
    nursery.start("scan", scan(finder, over));
    house.time.advance(5s);
    CHECK_FALSE(over);
    house.time.advance(20s);
    CHECK(over);
    CHECK(desert.questions == 3 * 253);
    finder.stop();
    for (int i = 0; i < 20; ++i) house.time.settle();
    CHECK(finder.idle());
    CHECK(desert.at_a_time == 0);
}

TEST_CASE("a new configuration changes what it names and nothing else", "[meross][discovery]") {
    House house;
    Desert desert(house.time);
    auto settings = quiet_settings();
    settings.subnets = {subnet("10.0.0.0", 28)};
    Finder finder(house.context, desert, settings, [](const Sighting&) {});
    finder.start();
    house.time.advance(10s);
    CHECK(desert.questions == 14);
    finder.reconfigure(settings);
    house.time.advance(10s);
    CHECK(desert.questions == 14);
    settings.subnets = {subnet("10.0.1.0", 30), subnet("10.0.0.0", 8)};
    finder.reconfigure(settings);
    house.time.advance(10s);
    CHECK(desert.questions == 16);
    settings.subnets.clear();
    finder.reconfigure(settings);
    house.time.advance(3h);
    CHECK(desert.questions == 16);
    finder.stop();
    for (int i = 0; i < 20; ++i) house.time.settle();
    CHECK(finder.idle());
}

TEST_CASE("an examination tells which key fits", "[meross][discovery]") {
    House house;
    const auto& plug = house.network.plug_in("10.0.0.5", "mss310", Secret("secret"), 1);
    house.network.plug_in("10.0.0.6", "mss110", Secret("secret"), 2);
    house.network.plug_in("10.0.0.7", "em06", Secret(""), 3);
    Sighting hint(FoundBy::sweep);
    hint.endpoint = net::HttpEndpoint("10.0.0.5");
    const std::vector<Secret> keys{Secret("wrong"), Secret("secret")};

    auto found = examined(house, hint, keys);
    CHECK(found.key == KeyState::ok);
    CHECK(found.key_index == 1U);
    CHECK(found.model == "mss310");
    CHECK_FALSE(found.firmware.empty());
    CHECK(found.uuid == plug.identity().uuid);

    found = examined(house, hint, {Secret("wrong")});
    CHECK(found.key == KeyState::wrong);
    CHECK_FALSE(found.key_index);
    CHECK(found.uuid == plug.identity().uuid);  // told beside the refusal

    hint.uuid = Uuid(second_uuid);
    found = examined(house, hint, keys);
    CHECK(found.key == KeyState::lied);
    CHECK(found.uuid == plug.identity().uuid);
    hint.uuid.reset();

    hint.endpoint = net::HttpEndpoint("10.0.0.6");
    CHECK(examined(house, hint, keys).key == KeyState::ok);
    hint.endpoint = net::HttpEndpoint("10.0.0.7");
    CHECK(examined(house, hint, keys).key == KeyState::empty);
    hint.endpoint = net::HttpEndpoint("10.0.0.8");
    found = examined(house, hint, keys);
    CHECK(found.key == KeyState::no_answer);
    CHECK_FALSE(found.error.empty());
}
