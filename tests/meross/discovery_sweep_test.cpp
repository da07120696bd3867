#include <set>

#include "meross/finder_house.hpp"
#include "support/catch.hpp"
#include "support/run.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;

namespace {

using House = test::FinderHouse;
using test::quiet_settings;

constexpr const char* second_uuid = "1802038465725329080648e1e9a1b2c4";

net::Subnet subnet(const char* address, int prefix) {
    return net::Subnet(asio::ip::make_address_v4(address), prefix);
}

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
