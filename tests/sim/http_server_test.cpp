#include "lanbridge/sim/http_server.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "sim/support.hpp"
#include "support/run.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using asio::ip::tcp;
using sim::Faults;

namespace {

/// What a raw socket saw.
struct Seen {
    Seen() = default;
    std::string text;
    error_code ended;  ///< eof for an orderly end
    error_code connected;
    std::string head() const { return text.substr(0, text.find("{\"header\"")); }
    std::string body() const {
        const auto at = text.find("{\"header\"");
        return at == std::string::npos ? std::string() : text.substr(at);
    }
};

asio::awaitable<Seen> exchange(tcp::endpoint where, std::string request) {
    Seen seen;
    tcp::socket socket(co_await asio::this_coro::executor);
    auto [failed] = co_await socket.async_connect(where, as_result);
    seen.connected = failed;
    if (failed) co_return seen;
    const auto bytes = asio::buffer(request);
    auto [unsent, sent] = co_await asio::async_write(socket, bytes, as_result);
    if (unsent) seen.ended = unsent;  // the answer may be there all the same
    const auto input = asio::dynamic_buffer(seen.text);
    auto [ec, got] = co_await asio::async_read(socket, input, as_result);
    seen.ended = ec;
    co_return seen;
}

std::string post(const std::string& body, const std::string& path = "/config") {
    return "POST " + path + " HTTP/1.1\r\nHost: x\r\ncontent-length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

struct Shop {
    explicit Shop(sim::HttpSettings settings = {}, std::string_view kind = "mss310")
        : context{io.get_executor(), time, random},
          device(builtin(kind), sim::Identity(meross::Uuid(vector_uuid), Secret(vector_key)), time),
          server(context, device, settings) {
        auto listening = server.listen(tcp::endpoint(asio::ip::address_v4::loopback(), 0));
        if (!listening) FAIL(listening.error().text());
    }
    ~Shop() {
        server.close();
        for (int i = 0; i < 1000 && !server.idle(); ++i) {
            io.restart();
            io.poll();
        }
    }
    std::string request(meross::Method method = meross::Method::get,
                        std::string_view name = "Appliance.System.All",
                        const Json& payload = Json::object()) {
        const auto origin = meross::Origin{"test", "test", device.clock_s()};
        const auto header = meross::make_request_header(name, method, Secret(vector_key), origin, random);
        return meross::serialize(header, payload);
    }
    Seen send(const std::string& text) { return run(io, exchange(server.endpoint(), text)); }
    Seen ask() { return send(post(request())); }

    asio::io_context io;
    SystemTime time;
    SeededRandom random{3};
    Context context;
    sim::MerossDevice device;
    sim::HttpServer server;
};

sim::HttpSettings impatient() {
    sim::HttpSettings settings;
    settings.idle_limit = 50ms;
    settings.remembered_requests = 4;
    return settings;
}

}  // namespace

TEST_CASE("one request per connection, answered and closed", "[sim][http]") {
    Shop shop(impatient());
    const auto seen = shop.ask();
    CHECK_THAT(seen.text, Catch::Matchers::StartsWith("HTTP/1.1 200 OK\r\n"));
    CHECK(Json::parse(seen.body()).at("header").at("method") == "GETACK");
    CHECK_THAT(seen.head(),
               ContainsSubstring("Content-Length: " + std::to_string(seen.body().size()) + "\r\n"));
    CHECK(seen.ended == asio::error::eof);
    const auto set = shop.request(meross::Method::set, "Appliance.Control.ToggleX",
                                  Json::parse(R"({"togglex":{"channel":0,"onoff":0}})"));
    shop.send(post(set, "/public"));
    CHECK(shop.device.relay() == false);
    CHECK(shop.server.counters().requests == 2);
    CHECK(shop.server.counters().sets == 1);
    CHECK(shop.server.requests().back() == set);
}

TEST_CASE("what is no request gets no answer", "[sim][http]") {
    Shop shop(impatient());
    CHECK(Json::parse(Shop(impatient()).ask().body()).contains("payload"));
    CHECK(shop.send("GET /config HTTP/1.1\r\n\r\n").text.empty());
    CHECK(shop.send(post(shop.request(), "/elsewhere")).text.empty());
    CHECK(shop.send("POST /config HTTP/1.1\r\nContent-Le").text.empty());
    CHECK(shop.send(post(std::string(20'000, 'x'))).text.empty());
    CHECK(shop.send(post("no json")).text.empty());
    CHECK(shop.server.counters().bad_requests == 4);
    CHECK_FALSE(shop.ask().body().empty());
}

TEST_CASE("a second connection is reset while one is served", "[sim][http]") {
    Shop shop(impatient());
    shop.server.faults().delay = 40ms;
    std::optional<Seen> first;
    asio::co_spawn(shop.io, exchange(shop.server.endpoint(), post(shop.request())),
                   [&first](std::exception_ptr, Seen seen) { first = std::move(seen); });
    while (shop.server.counters().requests == 0) shop.io.run_one_for(100ms);
    const auto second = shop.ask();
    CHECK(second.text.empty());
    CHECK(second.ended != asio::error::eof);
    CHECK(shop.server.counters().refused_parallel == 1);
    while (!first) shop.io.run_one_for(100ms);
    CHECK_FALSE(first->body().empty());
    // the next one has the device for itself again
    CHECK_FALSE(shop.ask().body().empty());
}

TEST_CASE("requests one after another are never refused", "[sim][http]") {
    Shop shop;
    for (int i = 0; i < 200; ++i) REQUIRE_FALSE(shop.ask().body().empty());
    CHECK(shop.server.counters().refused_parallel == 0);
}

TEST_CASE("the body can be spoilt", "[sim][http]") {
    Shop shop(impatient());
    auto& faults = shop.server.faults();
    faults.cut_body = 100;
    CHECK(shop.ask().body().size() == 100);
    faults = Faults();
    faults.body = "<html>";
    CHECK_THAT(shop.ask().text, Catch::Matchers::EndsWith("\r\n\r\n<html>"));
    faults = Faults();
    faults.padding = 100'000;
    CHECK(shop.ask().body().size() > 100'000);
    faults = Faults();
    faults.encoding = Faults::Encoding::latin1;
    CHECK_THAT(shop.ask().text, ContainsSubstring("caf\xE9"));
    faults.encoding = Faults::Encoding::invalid_utf8;
    CHECK_THAT(shop.ask().text, ContainsSubstring("\xC3\x28"));
    faults = Faults();
    faults.status = 500;
    CHECK_THAT(shop.ask().text, Catch::Matchers::StartsWith("HTTP/1.1 500 "));
    faults = Faults();
    CHECK(Json::parse(shop.ask().body()).at("header").at("method") == "GETACK");
}

TEST_CASE("the header can be spoilt", "[sim][http]") {
    Shop shop(impatient());
    auto& faults = shop.server.faults();
    faults.lf_only = true;
    CHECK(shop.ask().head().find('\r') == std::string::npos);
    faults = Faults();
    faults.odd_headers = true;
    CHECK_THAT(shop.ask().head(), ContainsSubstring("\r\nServer HTTPD no colon here\r\n"));
    faults = Faults();
    faults.content_length = Faults::Length::missing;
    CHECK(shop.ask().head().find("Content-Length") == std::string::npos);
    faults.content_length = Faults::Length::larger;
    const auto larger = shop.ask();
    CHECK_THAT(larger.head(), ContainsSubstring(std::to_string(larger.body().size() + 100)));
    faults.content_length = Faults::Length::smaller;
    const auto smaller = shop.ask();
    CHECK_THAT(smaller.head(), ContainsSubstring(std::to_string(smaller.body().size() / 2)));
}

TEST_CASE("the connection can be spoilt, for a number of requests", "[sim][http]") {
    Shop shop(impatient());
    auto& faults = shop.server.faults();
    faults.silent = true;
    faults.requests = 1;
    const auto silent = shop.ask();
    CHECK(silent.text.empty());
    CHECK_FALSE(shop.ask().body().empty());
    faults = Faults();
    faults.half_open = true;
    faults.requests = 1;
    CHECK(shop.ask().text.empty());
    CHECK_FALSE(shop.ask().body().empty());
    faults = Faults();
    faults.reset_after = 30;
    faults.requests = 1;
    const auto cut = shop.ask();
    CHECK(cut.text.size() <= 30);
    CHECK(cut.ended == asio::error::connection_reset);
    CHECK_FALSE(shop.ask().body().empty());
}

TEST_CASE("a device can be off, come back, flap and move", "[sim][http]") {
    Shop shop(impatient());
    shop.server.pause();
    CHECK(shop.ask().connected == asio::error::connection_refused);
    REQUIRE(shop.server.listen_again());
    CHECK_FALSE(shop.ask().body().empty());
    shop.server.reboot(20ms);
    CHECK(shop.ask().connected == asio::error::connection_refused);
    while (!shop.server.listening()) shop.io.run_one_for(100ms);
    CHECK_FALSE(shop.ask().body().empty());
    shop.server.flap(5ms, 5ms);
    for (int turns = 0, was = 1; turns < 4; shop.io.run_one_for(20ms)) {
        const int is = shop.server.listening() ? 1 : 0;
        turns += is != was ? 1 : 0;
        was = is;
    }
    shop.server.stop_flapping();
    CHECK_FALSE(shop.ask().body().empty());
    const auto old = shop.server.endpoint();
    REQUIRE(shop.server.move_to(tcp::endpoint(asio::ip::make_address_v4("127.0.5.1"), 0)));
    CHECK(run(shop.io, exchange(old, post("{}"))).connected);
    CHECK(Json::parse(shop.ask().body()).at("payload").at("all").at("system").at("firmware").at("innerIp") ==
          "127.0.5.1:" + std::to_string(shop.server.endpoint().port()));
}

TEST_CASE("another device can take the address, with another key", "[sim][http]") {
    Shop shop(impatient());
    shop.device.set_uuid(sim::made_up_uuid(77));
    CHECK_THAT(shop.ask().body(), ContainsSubstring(sim::made_up_uuid(77).value()));
    shop.device.set_key(Secret("another"));
    CHECK(Json::parse(shop.ask().body()).at("payload").at("error").at("code") == 5001);
}

TEST_CASE("a port in use is said so", "[sim][http]") {
    Shop shop(impatient());
    sim::HttpServer second(shop.context, shop.device, impatient());
    const auto taken = second.listen(shop.server.endpoint());
    REQUIRE_FALSE(taken);
    CHECK(taken.error().is(Errc::busy));
}
