#include "agent/peers/app_server.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <fstream>

#include "lanbridge/sim/gateway/vendor_app.hpp"
#include "socket_fixture.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::agent;
using agent::testing::SocketFixture;
using sim::VendorApp;

namespace {

/// A server that remembers what its events said.
struct Served : SocketFixture {
    Served() { REQUIRE(server.start()); }
    ~Served() {
        server.stop();
        until([this] { return server.idle(); });
    }

    std::vector<Connection> opened;
    std::vector<Connection> closed;
    std::vector<std::pair<Connection, std::string>> arrived;
    std::string where = path("miio_agent.socket");
    AppServer server{context, journal, where, events()};

    AppServer::Events events() {
        AppServer::Events all;
        all.opened = [this](Connection c) { opened.push_back(c); };
        all.closed = [this](Connection c) { closed.push_back(c); };
        all.datagram = [this](Connection c, std::string_view text) { arrived.emplace_back(c, text); };
        return all;
    }
    /// Returns its connection.
    Connection join(VendorApp& app) {
        const auto before = opened.size();
        REQUIRE(app.connect());
        REQUIRE(until([&] { return opened.size() > before; }));
        return opened.back();
    }
};

bool exists(const std::string& path) {
    struct stat file {};
    return ::stat(path.c_str(), &file) == 0;
}

}  // namespace

TEST_CASE("datagrams go both ways, whole and in order", "[agent][app_server]") {
    Served served;
    VendorApp app(served.context, served.where);
    const auto connection = served.join(app);
    for (int i = 0; i < 100; ++i) REQUIRE(app.send("in " + std::to_string(i)));
    REQUIRE(served.until([&] { return served.arrived.size() == 100; }));
    for (std::size_t i = 0; i < 100; ++i)
        CHECK(served.arrived[i] == std::pair(connection, "in " + std::to_string(i)));
    for (int i = 0; i < 100; ++i) CHECK(served.server.send(connection, "out " + std::to_string(i)));
    for (int i = 0; i < 100; ++i) CHECK(served.wait(app.next()).value() == "out " + std::to_string(i));
    CHECK_FALSE(served.server.send(connection + 1, "nobody"));
}

TEST_CASE("messages of 64 KiB and more pass whole", "[agent][app_server]") {
    Served served;
    VendorApp app(served.context, served.where);
    const auto connection = served.join(app);
    for (const std::size_t size : {4097U, 65536U, 150'000U}) {
        const auto huge = VendorApp::huge(size);
        REQUIRE(huge.size() == size);
        REQUIRE(app.send(huge));
        REQUIRE(served.until([&] { return !served.arrived.empty(); }));
        CHECK(served.arrived.back().second == huge);
        served.arrived.clear();
        CHECK(served.server.send(connection, huge));
        CHECK(served.wait(app.next()).value() == huge);
    }
}

TEST_CASE("a message that no buffer takes is dropped and counted", "[agent][app_server]") {
    Served served;
    VendorApp app(served.context, served.where);
    const auto connection = served.join(app);
    CHECK_FALSE(served.server.send(connection, std::string(2'000'000, 'x')));
    CHECK_FALSE(served.server.send(connection, std::string(2'000'000, 'x')));
    CHECK(served.server.too_long() == 2);
    CHECK(served.logged("message to app too long") == 1);
    CHECK(served.server.send(connection, "short"));
    CHECK(served.wait(app.next()).value() == "short");
}

TEST_CASE("an app that never reads costs nobody else anything", "[agent][app_server]") {
    Served served;
    VendorApp deaf(served.context, served.where);
    deaf.set_reading(false);
    const auto stuck = served.join(deaf);
    VendorApp app(served.context, served.where);
    const auto connection = served.join(app);
    const std::string text(1000, 'x');
    for (int i = 0; i < 5000; ++i) {
        REQUIRE(served.server.send(stuck, std::to_string(i) + text));
        if (i % 100 != 0) continue;
        REQUIRE(served.server.send(connection, std::to_string(i)));
        CHECK(served.wait(app.next()).value() == std::to_string(i));
    }
    CHECK(served.server.dropped() > 4000);
    CHECK(served.logged("does not read") == 1);

    // what it finds when it wakes up: what the kernel had, then the latest that waited
    deaf.set_reading(true);
    const auto last = "4999" + text;
    REQUIRE(served.until([&] {
        const auto& waiting = deaf.inbox().waiting();
        return !waiting.empty() && waiting.back() == last;
    }));
    CHECK(deaf.inbox().count() == 5000 - served.server.dropped());
    REQUIRE(served.server.send(stuck, "again"));
    REQUIRE(served.until([&] { return deaf.inbox().waiting().back() == "again"; }));
}

TEST_CASE("an app that floods leaves the others their turn", "[agent][app_server]") {
    Served served;
    VendorApp flood(served.context, served.where);
    served.join(flood);
    VendorApp app(served.context, served.where);
    const auto connection = served.join(app);
    flood.flood("flood", 50'000);
    std::size_t seen = 0;
    for (int i = 0; i < 20; ++i) {
        REQUIRE(app.send("calm"));
        REQUIRE(served.until([&] {
            for (; seen < served.arrived.size(); ++seen)
                if (served.arrived[seen].first == connection) return ++seen > 0;
            return false;
        }));
    }
    CHECK(flood.flood_left() > 0);  // it is still at it
    REQUIRE(served.until([&] { return served.arrived.size() == 50'020; }));
}

TEST_CASE("garbage is handed over as it is", "[agent][app_server]") {
    Served served;
    VendorApp app(served.context, served.where);
    served.join(app);
    const auto sent = app.send_garbage();
    CHECK(sent > 10);
    REQUIRE(served.until([&] { return static_cast<int>(served.arrived.size()) == sent; }));
    CHECK(served.arrived[1].second == std::string(3, '\0'));
}

TEST_CASE("an app that goes is told of once, after what it has sent", "[agent][app_server]") {
    Served served;
    VendorApp app(served.context, served.where);
    const auto connection = served.join(app);
    app.send("last words");
    app.close();
    REQUIRE(served.until([&] { return !served.closed.empty(); }));
    CHECK(served.arrived.size() == 1);
    CHECK(served.closed == std::vector{connection});
    CHECK_FALSE(served.server.send(connection, "too late"));
    served.settle();
    CHECK(served.closed.size() == 1);
    CHECK(served.server.connections() == 0);
    CHECK(served.join(app) != connection);
}

TEST_CASE("an app that dies with messages unread is told of too", "[agent][app_server]") {
    Served served;
    VendorApp app(served.context, served.where);
    app.set_reading(false);
    const auto connection = served.join(app);
    for (int i = 0; i < 1000; ++i) served.server.send(connection, "unread");
    app.close();
    REQUIRE(served.until([&] { return !served.closed.empty(); }));
    CHECK_FALSE(served.server.send(connection, "x"));
}

TEST_CASE("connections beyond the limit are closed, the others go on", "[agent][app_server]") {
    Served served;
    std::vector<std::unique_ptr<VendorApp>> apps;
    for (std::size_t i = 0; i < AppServer::most_connections; ++i) {
        apps.push_back(std::make_unique<VendorApp>(served.context, served.where));
        served.join(*apps.back());
    }
    for (int i = 0; i < 40; ++i) {
        VendorApp late(served.context, served.where);
        REQUIRE(late.connect());
        REQUIRE(served.until([&] { return !late.connected(); }));
    }
    CHECK(served.server.connections() == AppServer::most_connections);
    CHECK(served.server.refused() == 40);
    CHECK(served.logged("too many conns") == 1);
    CHECK(served.server.send(served.opened.front(), "hello"));
    CHECK(served.wait(apps.front()->next()).value() == "hello");
    apps.front()->close();
    REQUIRE(served.until([&] { return !served.closed.empty(); }));
    VendorApp next(served.context, served.where);
    served.join(next);
}

#ifndef __SANITIZE_ADDRESS__  // whose own checks need descriptors
TEST_CASE("without a free descriptor accepting pauses and is tried again", "[agent][app_server]") {
    SocketFixture fixture;
    int opened = 0;
    AppServer::Events events;
    events.opened = [&](Connection) { ++opened; };
    events.datagram = [](Connection, std::string_view) {};
    events.closed = [](Connection) {};
    AppServer server(fixture.virtual_context, fixture.journal, fixture.path("socket"), events);
    REQUIRE(server.start());
    VendorApp app(fixture.context, fixture.path("socket"));
    REQUIRE(app.connect());
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const rlimit none{3, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    const bool told = fixture.until([&] { return fixture.logged("can't accept conn") > 0; });
    fixture.virtual_time.advance(10s);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(told);
    fixture.settle();
    CHECK(opened == 0);  // it waits, and does not ask again and again
    fixture.virtual_time.advance(1s);
    CHECK(fixture.until([&] { return opened == 1; }));
    CHECK(fixture.logged("can't accept conn") == 1);
    server.stop();
    REQUIRE(fixture.until([&] { return server.idle(); }));
}
#endif

TEST_CASE("a stale file gives way; the file goes with the server", "[agent][app_server]") {
    SocketFixture fixture;
    const auto where = fixture.path("socket");
    std::ofstream(where) << "left behind";
    AppServer::Events events;
    events.datagram = [](Connection, std::string_view) {};
    events.closed = [](Connection) {};
    AppServer server(fixture.context, fixture.journal, where, events);
    REQUIRE(server.start());
    VendorApp app(fixture.context, where);
    REQUIRE(app.connect());
    SECTION("its own") {
        server.stop();
        CHECK_FALSE(exists(where));
    }
    SECTION("not that of a successor") {
        AppServer successor(fixture.context, fixture.journal, where, events);
        REQUIRE(successor.start());
        server.stop();
        CHECK(exists(where));
        VendorApp other(fixture.context, where);
        CHECK(other.connect());
        successor.stop();
        fixture.until([&] { return successor.idle(); });
    }
    REQUIRE(fixture.until([&] { return server.idle(); }));
}

TEST_CASE("a folder that is not there is an error that says so", "[agent][app_server]") {
    SocketFixture fixture;
    AppServer server(fixture.context, fixture.journal, fixture.path("no/such/socket"), AppServer::Events());
    const auto started = server.start();
    REQUIRE_FALSE(started);
    CHECK_THAT(started.error().text(), test::ContainsSubstring("no/such/socket"));
}

TEST_CASE("the server may be stopped by an event", "[agent][app_server]") {
    Served served;
    VendorApp app(served.context, served.where);
    served.join(app);
    std::size_t count = 0;
    AppServer::Events events;
    AppServer* target = nullptr;
    events.datagram = [&](Connection, std::string_view) {
        ++count;
        target->stop();
    };
    events.closed = [&](Connection) { FAIL("nobody has closed"); };
    AppServer server(served.context, served.journal, served.path("other"), events);
    target = &server;
    REQUIRE(server.start());
    VendorApp other(served.context, served.path("other"));
    REQUIRE(other.connect());
    for (int i = 0; i < 10; ++i) other.send("stop");
    REQUIRE(served.until([&] { return server.idle() && !other.connected(); }));
    CHECK(count == 1);
}
