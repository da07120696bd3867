#include "agent/peers/central_proxy.hpp"

#include <sys/stat.h>
#include <unistd.h>  // link, unlink

#include <filesystem>
#include <fstream>

#include "lanbridge/sim/gateway/central_service.hpp"
#include "lanbridge/sim/gateway/vendor_app.hpp"
#include "socket_fixture.hpp"
#include "support/catch.hpp"
#include "vectors.hpp"

using namespace lanbridge;
using namespace lanbridge::agent;
using agent::testing::SocketFixture;
using agent::testing::vectors;
using sim::CentralService;
using sim::VendorApp;

namespace {

/// A gateway's /tmp with its central service.
struct Central : SocketFixture {
    enum class Waits : bool { real, told };
    explicit Central(Waits waits = Waits::real)
        : proxy(waits == Waits::real ? context : virtual_context, journal, Paths(folder.path()),
                end_programs(), publish()) {
        REQUIRE(service.listen());
    }
    ~Central() {
        proxy.stop();
        until([this] { return proxy.idle(); });
    }

    bool made = std::filesystem::create_directory(path("tmp"));
    std::string original = path("tmp/central_service_lite.socket");
    std::string renamed = path("tmp/central_service_lite.proxy");
    CentralService service{context, original};
    std::vector<std::string> ended;
    std::vector<std::pair<std::string, std::string>> published;
    CentralProxy proxy;

    CentralProxy::EndPrograms end_programs() {
        return [this](std::vector<std::string> names) { return note(std::move(names)); };
    }
    asio::awaitable<void> note(std::vector<std::string> names) {
        ended.insert(ended.end(), names.begin(), names.end());
        co_return;
    }
    CentralProxy::Publish publish() {
        return [this](std::string_view topic, std::string_view payload) {
            published.emplace_back(topic, payload);
        };
    }
    /// Connected through to the service.
    void join(VendorApp& app, CentralService& to) {
        const auto before = proxy.pairs();
        REQUIRE(app.connect());
        REQUIRE(until([&] { return proxy.pairs() > before && to.connections() == proxy.pairs(); }));
        settle();  // the probe's connection may have been among them
        REQUIRE(to.connections() == proxy.pairs());
    }
    void join(VendorApp& app) { join(app, service); }
};

bool exists(const std::string& path) {
    struct stat file {};
    return ::lstat(path.c_str(), &file) == 0;
}

}  // namespace

TEST_CASE("at the first start the service's socket is renamed, after one probe", "[agent][central]") {
    Central central;
    REQUIRE(central.proxy.start());
    CHECK(central.logged("[cent] using original socket") == 1);
    CHECK(exists(central.renamed));
    CHECK(exists(central.original));
    REQUIRE(central.until([&] { return !central.ended.empty(); }));
    CHECK(central.ended == std::vector<std::string>{"silabs_ncp_bt", "miio_bt"});
    const auto all = vectors("agent_central_proxy");
    const auto probes = all.at("first_start").at("probe_connections_seen_by_real_service");
    central.settle();
    CHECK(central.service.accepted() == probes.get<std::uint64_t>());
}

TEST_CASE("datagrams pass as they are, and are shown as they are", "[agent][central]") {
    Central central;
    REQUIRE(central.proxy.start());
    VendorApp app(central.context, central.original);
    central.join(app);
    CHECK(central.logged("[cent] accept conn") == 1);
    const auto all = vectors("agent_central_proxy");
    REQUIRE(all.at("cases").size() == 3);
    for (const auto& vector : all.at("cases")) {
        if (!vector.contains("client_sends")) continue;  // the cut one is below
        central.published.clear();
        const auto text = vector.at("client_sends").get<std::string>();
        REQUIRE(app.send(text));
        CHECK(central.wait(central.service.next()).value() == text);
        if (vector.at("mqtt").is_null()) {
            CHECK(central.published.empty());
            continue;
        }
        REQUIRE(central.published.size() == 1);
        CHECK(central.published[0].first == vector.at("mqtt").at(0).get<std::string>());
        CHECK(central.published[0].second == vector.at("mqtt").at(1).get<std::string>());
    }
    CHECK(central.service.send("{\"id\":1, \"result\":\"ok\"}") == 1);
    CHECK(central.wait(app.next()).value() == "{\"id\":1, \"result\":\"ok\"}");
}

TEST_CASE("long datagrams are not cut", "[agent][central]") {
    Central central;
    REQUIRE(central.proxy.start());
    VendorApp app(central.context, central.original);
    central.join(app);
    for (const std::size_t size : {5008U, 65'536U, 150'000U}) {
        const auto huge = VendorApp::huge(size);
        REQUIRE(app.send(huge));
        CHECK(central.wait(central.service.next()).value() == huge);
        CHECK(central.published.back().second == huge);
        CHECK(central.service.send(huge) == 1);
        CHECK(central.wait(app.next()).value() == huge);
    }
}

TEST_CASE("when one side closes the other is closed, after what it still had to get", "[agent][central]") {
    Central central;
    REQUIRE(central.proxy.start());
    VendorApp app(central.context, central.original);
    central.join(app);
    SECTION("the app") {
        central.service.set_reading(false);
        central.settle();
        int sent = 0;
        for (; sent < 400 && central.until([&] { return app.send(std::to_string(sent)); }, 1s); ++sent) {
        }
        REQUIRE(sent == 400);
        app.close();
        REQUIRE(central.until([&] { return central.proxy.pairs() == 0; }));
        central.service.set_reading(true);
        REQUIRE(central.until([&] { return central.service.connections() == 0; }));
        CHECK(central.service.inbox().count() == 400);
    }
    SECTION("the service") {
        central.service.send("farewell");
        central.service.drop_connections();
        REQUIRE(central.until([&] { return !app.connected(); }));
        CHECK(central.wait(app.next()).value() == "farewell");
    }
    CHECK(central.proxy.pairs() == 0);
    CHECK(central.logged("[cent] close conn") == 1);
}

TEST_CASE("a side that hangs is given up on after a while", "[agent][central]") {
    Central central(Central::Waits::told);
    REQUIRE(central.proxy.start());
    VendorApp app(central.context, central.original);
    central.join(app);
    central.service.set_reading(false);
    central.settle();
    int sent = 0;
    for (; sent < 1000 && central.until([&] { return app.send(std::string(1000, 'x')); }, 1s); ++sent) {
    }
    CHECK(sent == 1000);  // nothing blocks
    REQUIRE(central.until([&] { return central.published.size() == 1000; }));
    CHECK(central.proxy.dropped() > 0);
    CHECK(central.logged("dropping messages") == 1);
    app.close();
    REQUIRE(central.until([&] { return central.proxy.pairs() == 0; }));
    central.virtual_time.advance(2s);
    central.service.set_reading(true);
    REQUIRE(central.until([&] { return central.service.connections() == 0; }));
    CHECK(central.service.inbox().count() == 1000 - central.proxy.dropped() - PeerQueue::most_messages);
}

TEST_CASE("a hanging pair does not hold up another", "[agent][central]") {
    Central central;
    REQUIRE(central.proxy.start());
    VendorApp deaf(central.context, central.original);
    deaf.set_reading(false);
    central.join(deaf);
    VendorApp app(central.context, central.original);
    central.join(app);
    for (int i = 0; i < 2000; ++i)
        REQUIRE(central.until([&] { return central.service.send(std::to_string(i)) == 2; }));
    REQUIRE(central.until(
        [&] { return !app.inbox().waiting().empty() && app.inbox().waiting().back() == "1999"; }));
    CHECK(app.inbox().count() >= 2000);  // more where the service had to try one of them again
}

TEST_CASE("after the agent's restart the service is found at the proxy's path", "[agent][central]") {
    Central central;
    REQUIRE(::rename(central.original.c_str(), central.renamed.c_str()) == 0);
    {
        net::SeqPacketListener killed(central.context.executor);  // the agent before, killed
        REQUIRE(killed.open(central.original));
        REQUIRE(::link(central.original.c_str(), (central.original + "2").c_str()) == 0);
    }
    REQUIRE(::rename((central.original + "2").c_str(), central.original.c_str()) == 0);
    REQUIRE(central.proxy.start());
    CHECK(central.logged("[cent] using proxy socket") == 1);
    VendorApp app(central.context, central.original);
    central.join(app);
    app.send("{}");
    CHECK(central.wait(central.service.next()).value() == "{}");
}

TEST_CASE("without a service the module is off", "[agent][central]") {
    Central central;
    central.service.close();
    SECTION("no file") {
        ::unlink(central.original.c_str());
        CHECK_FALSE(central.proxy.start());
        CHECK(central.lines.empty());
    }
    SECTION("nobody listens") {
        CHECK_FALSE(central.proxy.start());
        CHECK(central.logged("[cent] can't open socket") == 1);
    }
    CHECK_FALSE(exists(central.renamed));
    CHECK(central.ended.empty());
}

TEST_CASE("stopping gives the service its name back", "[agent][central]") {
    Central central;
    REQUIRE(central.proxy.start());
    VendorApp app(central.context, central.original);
    central.join(app);
    central.proxy.stop();
    REQUIRE(central.until([&] { return central.proxy.idle() && !app.connected(); }));
    CHECK_FALSE(exists(central.renamed));
    REQUIRE(app.connect());
    app.send("direct");
    CHECK(central.wait(central.service.next()).value() == "direct");
    CHECK(central.published.empty());
}

TEST_CASE("a service that restarts is taken the place of again", "[agent][central]") {
    Central central(Central::Waits::told);
    REQUIRE(central.proxy.start());
    central.virtual_time.advance(1h);
    central.service.close();
    VendorApp early(central.context, central.original);
    REQUIRE(early.connect());
    REQUIRE(central.until([&] { return !early.connected(); }));  // nobody behind us
    CHECK(central.logged("nobody listens") == 1);
    CentralService again(central.context, central.original);
    REQUIRE(again.listen());
    central.ended.clear();
    central.virtual_time.advance(5s);
    REQUIRE(central.until([&] { return central.ended.size() == 2; }));
    VendorApp app(central.context, central.original);
    central.join(app, again);
    app.send("{}");
    CHECK(central.wait(again.next()).value() == "{}");
    CHECK(central.published.size() == 1);
    // one that restarts in a loop does not take the Bluetooth program with it
    again.close();
    CentralService third(central.context, central.original);
    REQUIRE(third.listen());
    central.ended.clear();
    central.virtual_time.advance(30s);
    CHECK(central.ended.empty());
    central.virtual_time.advance(30s);
    CHECK(central.until([&] { return central.ended.size() == 2; }));
}

TEST_CASE("listening that fails is tried again", "[agent][central]") {
    Central central(Central::Waits::told);
    REQUIRE(central.proxy.start());
    central.virtual_time.advance(1h);
    ::unlink(central.original.c_str());
    std::filesystem::create_directory(central.original);
    central.virtual_time.advance(5s);
    CHECK(central.logged("[cent] trouble") == 1);
    std::filesystem::remove(central.original);
    central.virtual_time.advance(5s);
    VendorApp app(central.context, central.original);
    central.join(app);
}
