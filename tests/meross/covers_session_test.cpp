#include "lanbridge/meross/protocol/message.hpp"
#include "meross_house.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;
using model::Value;
using test::right_key;
using House = test::MerossHouse;

namespace {

/// A simulated cover at home on HTTP, and the SETs that reach it.
struct CoverHouse : House {
    CoverHouse(std::string_view description, std::string_view name_space) : watched(full(name_space)) {
        network.plug_in("cover", description, right_key);
        network.interfere([this](const std::string&, const std::string& body) { return pass_on(body); });
        start(one(device("cover")));
    }
    static std::string full(std::string_view name) { return "Appliance." + std::string(name); }

    std::optional<Result<net::HttpResponse>> pass_on(const std::string& body) {
        const auto request = parse_message(body);
        if (!request || request->header.method != Method::set || request->header.name_space != watched)
            return std::nullopt;
        if (hang_ups > 0) {
            --hang_ups;
            return Result<net::HttpResponse>(Error(Errc::closed, "cover"));
        }
        obeyed.push_back({request->payload, time.now()});
        return std::nullopt;
    }

    std::optional<Result<void>> order(std::string_view part, Value value) {
        std::optional<Result<void>> outcome;
        model::Command wish(model::DeviceId(id()), "cover_0", part, std::move(value));
        asio::co_spawn(io, seen().driver->apply(std::move(wish)),
                       [&](const std::exception_ptr&, Result<void> result) { outcome = std::move(result); });
        time.settle();
        time.advance(1s);
        return outcome;
    }
    Value shown() { return seen().values["cover_0"]; }
    std::int64_t position() {
        const auto* known = std::get_if<std::int64_t>(&seen().values["cover_0/position"]);
        return known ? *known : -1;
    }

    struct Obeyed {
        Json payload;
        TimeSource::Clock::time_point when;
    };
    std::string watched;
    std::vector<Obeyed> obeyed;
    int hang_ups = 0;  ///< so many of them end with a closed connection
};

Json position_of(int position) { return Json{{"position", {{"channel", 0}, {"position", position}}}}; }
Value word(const char* text) { return std::string(text); }

}  // namespace

TEST_CASE("mrs100 2.1.2: set to 30 %, it is stopped there on time", "[meross][session][shutter]") {
    CoverHouse house("mrs100-old", "RollerShutter.Position");  // 40 s to open, 38 s to close
    CHECK(house.network.count("\"multiple\"") == 0);
    CHECK(house.shown() == word("closed"));
    CHECK(house.position() == 0);

    const auto done = house.order("position", std::int64_t{30});
    REQUIRE(done.has_value());
    CHECK(done->has_value());
    REQUIRE(house.obeyed.size() == 1);
    CHECK(house.obeyed[0].payload == position_of(100));
    CHECK(house.shown() == word("opening"));
    house.pass(8s);
    CHECK(house.shown() == word("opening"));
    CHECK(house.position() > 18);
    CHECK(house.position() < 27);
    house.pass(5s);
    REQUIRE(house.obeyed.size() == 2);
    CHECK(house.obeyed[1].payload == position_of(-1));
    const auto took = house.obeyed[1].when - house.obeyed[0].when;
    CHECK(took >= 12s);
    CHECK(took < 12500ms);
    CHECK(house.shown() == word("open"));
    CHECK(house.position() == 30);
    house.pass(60s);
    CHECK(house.obeyed.size() == 2);
    CHECK(house.position() == 30);  // though the device says 0

    house.order("state", word("CLOSE"));
    house.pass(20s);
    CHECK(house.position() == 0);
    CHECK(house.shown() == word("closing"));  // the motor runs on
    house.pass(20s);
    CHECK(house.shown() == word("closed"));
    const auto requests = house.network.requests["cover"];
    house.pass(20s);
    CHECK(house.network.requests["cover"] - requests < 10);  // at rest it is left in peace
}

TEST_CASE("a shutter that hangs up is asked three times, and moves once", "[meross][session][shutter]") {
    CoverHouse house("mrs100-old", "RollerShutter.Position");
    house.hang_ups = 2;
    auto done = house.order("state", word("OPEN"));
    REQUIRE(done.has_value());
    CHECK(done->has_value());
    CHECK(house.obeyed.size() == 1);
    CHECK(house.shown() == word("opening"));
    house.hang_ups = 3;
    done = house.order("state", word("STOP"));
    REQUIRE(done.has_value());
    CHECK(done->has_error());
    CHECK(house.seen().availability.online);
}

TEST_CASE("a door goes through its states, and is asked for only while it moves",
          "[meross][session][garage]") {
    CoverHouse house("msg100", "GarageDoor.State");  // opens in 20 s, closes within 24 s
    CHECK(house.shown() == word("closed"));
    CHECK(house.seen().values["door_0"] == Value(false));
    REQUIRE(house.order("state", word("OPEN")).has_value());
    CHECK(house.shown() == word("opening"));
    house.pass(3s);
    CHECK(house.seen().values["door_0"] == Value(true));
    CHECK(house.shown() == word("opening"));
    house.pass(18s);
    CHECK(house.shown() == word("open"));
    const auto requests = house.network.requests["cover"];
    house.pass(20s);
    CHECK(house.network.requests["cover"] - requests < 10);
    house.order("state", word("CLOSE"));
    CHECK(house.shown() == word("closing"));
    house.pass(22s);
    CHECK(house.shown() == word("closed"));
    CHECK(house.seen().values["timeout_0"] == Value(false));
    CHECK(house.obeyed.size() == 2);
}

TEST_CASE("a door whose order hangs up is not asked twice", "[meross][session][garage]") {
    CoverHouse house("msg100", "GarageDoor.State");
    house.hang_ups = 2;
    const auto done = house.order("state", word("OPEN"));
    REQUIRE(done.has_value());
    CHECK(done->has_error());
    CHECK(house.hang_ups == 1);
    CHECK(house.shown() == word("closed"));
}
