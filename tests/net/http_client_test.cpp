#include "lanbridge/net/http_client.hpp"

#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include "support/catch.hpp"
#include "support/run.hpp"

using namespace lanbridge;
using namespace lanbridge::net;
using Tcp = asio::ip::tcp;

namespace {

/// A web server that answers every connection with the same bytes and then does what it is told.
class ScriptedServer {
public:
    enum class Then { close, keep_open, reset };

    ScriptedServer(asio::io_context& io, std::string answer, Then then = Then::close)
        : acceptor_(io, Tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
          answer_(std::move(answer)),
          then_(then),
          nursery_(io.get_executor()) {
        nursery_.start("accept", accept());
    }
    HttpEndpoint endpoint() const { return HttpEndpoint("127.0.0.1", acceptor_.local_endpoint().port()); }
    int most_at_once() const { return most_; }
    const std::string& last_request() const { return request_; }
    void delay(std::chrono::milliseconds by) { delay_ = by; }
    void stop() {
        acceptor_.close();
        nursery_.stop();
    }

private:
    asio::awaitable<void> accept() {
        for (;;) {
            auto [ec, socket] = co_await acceptor_.async_accept(as_result);
            if (ec) co_return;
            nursery_.start("serve", serve(std::move(socket)));
        }
    }
    asio::awaitable<void> serve(Tcp::socket socket) {
        most_ = std::max(most_, ++open_);
        request_.resize(4096);
        auto [ec, n] = co_await socket.async_read_some(asio::buffer(request_), as_result);
        request_.resize(n);
        if (delay_.count() > 0) {
            asio::steady_timer timer(acceptor_.get_executor(), delay_);
            co_await timer.async_wait(as_result);
        }
        co_await asio::async_write(socket, asio::buffer(answer_), as_result);
        if (then_ == Then::keep_open) {
            char rest{};
            co_await socket.async_read_some(asio::buffer(&rest, 1), as_result);
        }
        if (then_ == Then::reset) socket.set_option(asio::socket_base::linger(true, 0));
        --open_;
    }

    Tcp::acceptor acceptor_;
    std::string answer_;
    Then then_;
    std::chrono::milliseconds delay_{0};
    std::string request_;
    int open_ = 0;
    int most_ = 0;
    Nursery nursery_;
};

struct Bench {
    asio::io_context io;
    SystemTime time;
    SystemRandom random;
    Context context{io.get_executor(), time, random};
    HttpClient client{context};

    Result<HttpResponse> ask(const HttpEndpoint& endpoint, HttpPatience patience = {}) {
        return test::run(io, client.post(endpoint, "/config", "application/json", "{\"a\":1}", patience));
    }
};

HttpPatience short_patience() {
    HttpPatience patience;
    patience.connect = 50ms;
    patience.connect_last = 50ms;
    patience.total = 200ms;
    return patience;
}

}  // namespace

TEST_CASE("an orderly answer is understood and the request is complete", "[net][http]") {
    Bench bench;
    ScriptedServer server(bench.io, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{\"b\":2}");
    auto response = bench.ask(server.endpoint());
    REQUIRE(response.has_value());
    CHECK(response->status == 200);
    CHECK(response->body == "{\"b\":2}");
    CHECK(response->complete);
    CHECK(server.last_request() ==
          "POST /config HTTP/1.1\r\nHost: " + server.endpoint().text() +
              "\r\nContent-Type: application/json\r\nContent-Length: 7\r\nConnection: "
              "close\r\n\r\n{\"a\":1}");
    server.stop();
}

TEST_CASE("what sloppy servers send is accepted", "[net][http]") {
    Bench bench;
    const auto [answer, body, complete] = GENERATE(table<std::string, std::string, bool>({
        {"HTTP/1.1 200 OK\nServer: HTTPD\n\n{\"b\":2}", "{\"b\":2}", true},
        {"HTTP/1.1 200 OK\nContent-Length: 7\r\n\n{\"b\":2}", "{\"b\":2}", true},
        {"HTTP/1.1 200\r\nthis is no header\r\n: neither\r\n\r\n{\"b\":2}", "{\"b\":2}", true},
        {"HTTP/1.0  200 OK\r\ncontent-length:  3\r\n\r\n{\"b\":2}", "{\"b\":2}", true},
        {"HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\n{\"b\":2}", "{\"b\":2}", false},
        {"HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n{\"b\":2}", "{\"b\":2}", true},
        {"HTTP/1.1 200 OK\r\n\r\n", "", true},
    }));
    ScriptedServer server(bench.io, answer);
    auto response = bench.ask(server.endpoint());
    INFO(answer);
    REQUIRE(response.has_value());
    CHECK(response->body == body);
    CHECK(response->complete == complete);
    server.stop();
}

TEST_CASE("a server that keeps the connection open after a whole answer is not waited for", "[net][http]") {
    Bench bench;
    ScriptedServer server(bench.io, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{\"b\":2}",
                          ScriptedServer::Then::keep_open);
    const auto begin = std::chrono::steady_clock::now();
    auto response = bench.ask(server.endpoint());
    REQUIRE(response.has_value());
    CHECK(std::chrono::steady_clock::now() - begin < 2s);
    server.stop();
}

TEST_CASE("failures are told apart", "[net][http]") {
    Bench bench;
    SECTION("nobody listens") {
        Tcp::acceptor gone(bench.io, Tcp::endpoint(asio::ip::address_v4::loopback(), 0));
        const HttpEndpoint endpoint("127.0.0.1", gone.local_endpoint().port());
        gone.close();
        auto response = bench.ask(endpoint);
        REQUIRE(response.has_error());
        CHECK(response.error().is(Errc::unreachable));
        CHECK_THAT(response.error().text(), test::ContainsSubstring(endpoint.text()));
    }
    SECTION("the peer hangs up without a word") {
        ScriptedServer server(bench.io, "");
        auto response = bench.ask(server.endpoint());
        REQUIRE(response.has_error());
        CHECK(response.error().is(Errc::closed));
        server.stop();
    }
    SECTION("the peer accepts and says nothing") {
        ScriptedServer server(bench.io, "", ScriptedServer::Then::keep_open);
        auto response = bench.ask(server.endpoint(), short_patience());
        REQUIRE(response.has_error());
        CHECK(response.error().is(Errc::timeout));
        server.stop();
    }
    SECTION("something that is not HTTP") {
        ScriptedServer server(bench.io, "SSH-2.0-OpenSSH_9.2\r\n");
        auto response = bench.ask(server.endpoint());
        REQUIRE(response.has_error());
        CHECK(response.error().is(Errc::malformed));
        server.stop();
    }
    SECTION("an error status") {
        ScriptedServer server(bench.io, "HTTP/1.1 500 Oops\r\n\r\n");
        auto response = bench.ask(server.endpoint());
        REQUIRE(response.has_error());
        CHECK(response.error().is(Errc::device_error));
        server.stop();
    }
    SECTION("an endless answer") {
        ScriptedServer server(bench.io,
                              "HTTP/1.1 200 OK\r\n\r\n" + std::string(HttpClient::max_body + 100'000, 'x'));
        auto response = bench.ask(server.endpoint());
        REQUIRE(response.has_error());
        CHECK(response.error().is(Errc::too_large));
        server.stop();
    }
    SECTION("an endless header") {
        ScriptedServer server(bench.io, "HTTP/1.1 200 OK\r\n" + std::string(20'000, 'x'));
        auto response = bench.ask(server.endpoint());
        REQUIRE(response.has_error());
        CHECK(response.error().is(Errc::too_large));
        server.stop();
    }
    SECTION("a name that does not exist") {
        auto response = bench.ask(HttpEndpoint("does-not-exist.invalid"), short_patience());
        REQUIRE(response.has_error());
        CHECK((response.error().is(Errc::unreachable) || response.error().is(Errc::timeout)));
    }
}

namespace {

asio::awaitable<void> ask_and_count(HttpClient& client, HttpEndpoint endpoint, int& answers) {
    HttpPatience patience;
    auto response = co_await client.post(std::move(endpoint), "/config", "application/json", "{}", patience);
    if (response) ++answers;
}

}  // namespace

TEST_CASE("one device is never asked two things at once", "[net][http]") {
    Bench bench;
    ScriptedServer server(bench.io, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    server.delay(5ms);
    Nursery nursery(bench.io.get_executor());
    int answers = 0;
    for (int i = 0; i < 5; ++i) nursery.start("ask", ask_and_count(bench.client, server.endpoint(), answers));
    const auto deadline = std::chrono::steady_clock::now() + 5s;
    while (answers < 5 && std::chrono::steady_clock::now() < deadline) bench.io.run_one_for(20ms);
    CHECK(answers == 5);
    CHECK(server.most_at_once() == 1);
    server.stop();
    bench.io.run_for(20ms);
}

TEST_CASE("endpoints are written and read", "[net][http]") {
    CHECK(parse_endpoint("192.168.1.20").value().text() == "192.168.1.20");
    CHECK(parse_endpoint("plug.lan:8080").value() == HttpEndpoint("plug.lan", 8080));
    CHECK(parse_endpoint("[fe80::1]:81").value() == HttpEndpoint("fe80::1", 81));
    CHECK(parse_endpoint("[fe80::1]:81").value().text() == "[fe80::1]:81");
    for (const auto* bad : {"", ":80", "host:", "host:0", "host:65536", "host:80x", "a b", "http://host",
                            "[::1", "fe80::1]:80", "a\nb"})
        CHECK(parse_endpoint(bad).has_error());
}
