#include "agent/peers/cloud_link.hpp"

#include "lanbridge/sim/gateway/cloud_client.hpp"
#include "socket_fixture.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::agent;
using agent::testing::SocketFixture;
using sim::CloudClient;

namespace {

struct Linked : SocketFixture {
    /// On real time, or with waits that are told to end.
    enum class Waits : bool { real, told };
    explicit Linked(Waits waits = Waits::real)
        : link(waits == Waits::real ? context : virtual_context, journal, port(), events()) {}
    ~Linked() {
        link.stop();
        until([this] { return link.idle(); });
    }

    CloudClient cloud{context};
    std::vector<std::string> objects;
    CloudLink link;

    std::uint16_t port() {
        REQUIRE(cloud.listen());
        return cloud.port();
    }
    CloudLink::Events events() {
        CloudLink::Events all;
        all.object = [this](std::string_view text) { objects.emplace_back(text); };
        return all;
    }
    void join() {
        link.start();
        REQUIRE(until([this] { return link.online() && cloud.connected(); }));
    }
};

asio::awaitable<Result<std::string>> pieces(CloudClient& cloud, std::vector<std::string> all) {
    co_await cloud.send_pieces(std::move(all));
    co_return std::string();
}

}  // namespace

TEST_CASE("the link is made, spoken of, and carries both ways", "[agent][cloud_link]") {
    Linked linked;
    linked.join();
    CHECK(linked.logged("[miio] connected to miio_client") == 1);
    CHECK(linked.link.send(R"({"id":1})"));
    CHECK(linked.link.send(R"({"id":2})"));
    CHECK(linked.wait(linked.cloud.next()).value() == R"({"id":1})");
    CHECK(linked.wait(linked.cloud.next()).value() == R"({"id":2})");
    CHECK(linked.cloud.bytes() == 16);  // nothing in between
    linked.cloud.send(R"({"id":3})");
    REQUIRE(linked.until([&] { return linked.objects.size() == 1; }));
    CHECK(linked.objects.front() == R"({"id":3})");
}

TEST_CASE("objects are found glued, apart and split", "[agent][cloud_link]") {
    Linked linked;
    linked.join();
    const std::vector<std::string> all{R"({"a":"}{"}{"b":1} )", "\n{\"c\"", ":[{}", R"(]}{"d":"\)",
                                       R"("}{"})"};
    linked.wait(pieces(linked.cloud, all)).value();
    REQUIRE(linked.until([&] { return linked.objects.size() == 4; }));
    CHECK(linked.objects ==
          std::vector<std::string>{R"({"a":"}{"})", R"({"b":1})", R"({"c":[{}]})", R"({"d":"\"}{"})"});
}

TEST_CASE("messages of 64 KiB and more pass", "[agent][cloud_link]") {
    Linked linked;
    linked.join();
    const auto huge = R"({"x":")" + std::string(300'000, 'x') + R"("})";
    CHECK(linked.link.send(huge));
    CHECK(linked.wait(linked.cloud.next()).value() == huge);
    linked
        .wait(pieces(linked.cloud,
                     {huge.substr(0, 65'536), huge.substr(65'536, 100'000), huge.substr(165'536)}))
        .value();
    REQUIRE(linked.until([&] { return linked.objects.size() == 1; }));
    CHECK(linked.objects.front() == huge);
}

TEST_CASE("half a message of a lost connection does not spoil the next one", "[agent][cloud_link]") {
    Linked linked;
    linked.join();
    linked.cloud.send(R"({"half":"of)");
    linked.settle();
    linked.cloud.drop();
    REQUIRE(linked.until([&] { return linked.cloud.accepted() == 2 && linked.link.online(); }));
    linked.cloud.send(R"({"whole":1})");
    REQUIRE(linked.until([&] { return !linked.objects.empty(); }));
    CHECK(linked.objects == std::vector<std::string>{R"({"whole":1})"});
}

TEST_CASE("a lost connection is dialled again at once, and messages wait for it", "[agent][cloud_link]") {
    Linked linked(Linked::Waits::told);
    linked.join();
    linked.virtual_time.advance(1h);
    linked.cloud.drop();
    REQUIRE(linked.until([&] { return !linked.link.online(); }));
    CHECK(linked.link.send(R"({"id":1})"));
    linked.virtual_time.advance(0s);  // no wait at all
    CHECK(linked.wait(linked.cloud.next()).value() == R"({"id":1})");
    CHECK(linked.link.dropped() == 0);
}

TEST_CASE("nobody there: dialled again after 10 s, messages meanwhile are dropped", "[agent][cloud_link]") {
    Linked linked(Linked::Waits::told);
    const auto port = linked.cloud.port();
    linked.cloud.close();
    linked.link.start();
    CHECK(linked.link.send("early"));  // it may turn out that somebody is there
    REQUIRE(linked.until([&] { return linked.link.dropped() == 1; }));
    for (int i = 0; i < 1000; ++i) CHECK_FALSE(linked.link.send("x"));
    CHECK(linked.link.dropped() == 1001);
    CHECK(linked.logged("dropping messages to miio_client") == 1);
    CHECK(linked.logged("can't connect") == 1);
    CloudClient back(linked.context);
    REQUIRE(back.listen(port));
    linked.virtual_time.advance(9s);
    linked.settle();
    CHECK(back.accepted() == 0);
    linked.virtual_time.advance(1s);
    REQUIRE(linked.until([&] { return linked.link.online() && back.connected(); }));
    CHECK(linked.link.send(R"({"id":2})"));
    CHECK(linked.wait(back.next()).value() == R"({"id":2})");
}

TEST_CASE("a client that does not read has a bounded queue, and gets whole messages", "[agent][cloud_link]") {
    Linked linked;
    linked.join();
    linked.cloud.set_reading(false);
    linked.settle();
    const std::string filling(40'000, 'x');
    for (int i = 0; i < 1000; ++i)
        CHECK(linked.link.send(R"({"n":)" + std::to_string(i) + R"(,"x":")" + filling + R"("})"));
    CHECK(linked.link.dropped() > 100);
    CHECK(linked.logged("dropping messages") == 1);
    linked.cloud.set_reading(true);
    const auto expected = 1000 - linked.link.dropped();
    REQUIRE(linked.until([&] { return linked.cloud.inbox().count() >= expected; }));
    const auto all = linked.cloud.inbox().take_all();
    CHECK(all.size() == expected);
    CHECK(all.back().starts_with(R"({"n":999,)"));
    for (const auto& message : all) CHECK(message.ends_with(filling + R"("})"));
}

TEST_CASE("a half-written message is not resumed on the next connection", "[agent][cloud_link]") {
    Linked linked;
    linked.join();
    linked.cloud.set_reading(false);
    linked.settle();
    const std::string filling(40'000, 'x');
    for (int i = 0; i < 1000; ++i) linked.link.send(R"({"n":")" + filling + R"("})");
    const auto before = linked.link.dropped();
    linked.cloud.set_reading(true);
    linked.cloud.drop();
    REQUIRE(linked.until([&] { return linked.cloud.accepted() == 2 && linked.link.online(); }));
    const auto after = linked.cloud.inbox().count();
    CHECK(linked.link.send(R"({"last":1})"));
    REQUIRE(linked.until([&] {
        const auto& waiting = linked.cloud.inbox().waiting();
        return !waiting.empty() && waiting.back() == R"({"last":1})";
    }));
    CHECK(linked.link.dropped() <= before + 1);
    CHECK(linked.cloud.inbox().count() > after);
    for (const auto& message : linked.cloud.inbox().waiting()) CHECK(message.starts_with(R"({")"));
}

TEST_CASE("a client that flaps is followed without a loss, and the log stays short", "[agent][cloud_link]") {
    Linked linked(Linked::Waits::told);
    linked.join();
    for (int round = 0; round < 20; ++round) {
        linked.virtual_time.advance(round % 2 == 0 ? 100ms : 1000ms);  // how long it lasts
        linked.cloud.drop();
        REQUIRE(linked.until([&] { return !linked.link.online(); }));
        CHECK(linked.link.send(R"({"round":)" + std::to_string(round) + "}"));
        linked.virtual_time.advance(1s);
        REQUIRE(linked.until([&] { return linked.link.online() && linked.cloud.connected(); }));
        CHECK(linked.wait(linked.cloud.next()).value() == R"({"round":)" + std::to_string(round) + "}");
    }
    CHECK(linked.link.dropped() == 0);
    CHECK(linked.link.connects() == 21);
    CHECK(linked.logged("connected to miio_client") == 1);
    CHECK(linked.logged("lost miio_client") == 1);
    linked.virtual_time.advance(1min);
    linked.cloud.drop();
    REQUIRE(linked.until([&] { return !linked.link.online(); }));
    linked.virtual_time.advance(1s);
    REQUIRE(linked.until([&] { return linked.logged("connected to miio_client times=21") == 1; }));
}

TEST_CASE("a client that accepts and hangs up is not dialled without a pause", "[agent][cloud_link]") {
    Linked linked(Linked::Waits::told);
    linked.cloud.set_hangs_up(true);
    linked.link.start();
    REQUIRE(linked.until([&] { return linked.cloud.accepted() == 1; }));
    linked.settle();
    CHECK(linked.cloud.accepted() == 1);
    const auto one_more = [&](auto pause) {
        const auto before = linked.cloud.accepted();
        linked.virtual_time.advance(pause - 1ms);
        linked.settle();
        CHECK(linked.cloud.accepted() == before);
        linked.virtual_time.advance(1ms);
        CHECK(linked.until([&] { return linked.cloud.accepted() == before + 1; }));
        linked.settle();
    };
    one_more(100ms);
    one_more(100ms);
    one_more(1000ms);
    one_more(1000ms);
}

TEST_CASE("when a link is dialled again", "[agent][cloud_link]") {
    const Redial::Moment start{};
    Redial redial;
    redial.dialled(start);
    CHECK_FALSE(redial.given_up());
    CHECK(redial.failed(start) == start + 10s);
    CHECK(redial.given_up());
    redial.dialled(start + 10s);
    redial.connected(start + 10s);
    CHECK_FALSE(redial.given_up());
    CHECK(redial.lost(start + 1h) == start + 1h);
    CHECK_FALSE(redial.given_up());
    for (const auto wait : {100ms, 100ms, 1010ms, 1010ms}) {
        redial.dialled(start + 2h);
        redial.connected(start + 2h);
        CHECK(redial.lost(start + 2h + 10ms) == start + 2h + wait);
    }
    redial.dialled(start + 3h);
    redial.connected(start + 3h);
    CHECK(redial.lost(start + 3h + 1s) == start + 3h + 1s);  // one that held is forgiven all
}

TEST_CASE("the link may be stopped by an event", "[agent][cloud_link]") {
    SocketFixture fixture;
    CloudClient cloud(fixture.context);
    REQUIRE(cloud.listen());
    CloudLink* target = nullptr;
    CloudLink::Events events;
    events.object = [&](std::string_view) { target->stop(); };
    CloudLink link(fixture.context, fixture.journal, cloud.port(), events);
    target = &link;
    link.start();
    REQUIRE(fixture.until([&] { return link.online() && cloud.connected(); }));
    cloud.send("{}");
    REQUIRE(fixture.until([&] { return link.idle(); }));
    CHECK_FALSE(link.online());
    CHECK_FALSE(link.send("{}"));
}
