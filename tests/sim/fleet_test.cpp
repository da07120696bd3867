#include "lanbridge/sim/fleet.hpp"

#include <set>

#include "sim/support.hpp"

using namespace lanbridge;
using namespace lanbridge::test;

namespace {

struct Yard {
    asio::io_context io;
    SystemTime time;
    SeededRandom random{5};
    Context context{io.get_executor(), time, random};
    void drain(sim::Fleet& fleet) {
        fleet.close();
        for (int i = 0; i < 1000 && !fleet.idle(); ++i) {
            io.restart();
            io.poll();
        }
    }
};

}  // namespace

TEST_CASE("the demo has one device of each kind on loopback", "[sim][fleet]") {
    Yard yard;
    sim::FleetSettings settings;
    settings.key = Secret(vector_key);
    sim::Fleet fleet(yard.context, settings);
    REQUIRE(fleet.add_demo());
    CHECK(fleet.members().size() == sim::builtin_descriptions().size() - 2);  // those in AP mode
    std::set<std::string> uuids, addresses;
    for (const auto& member : fleet.members()) {
        CHECK(member->server.endpoint().address().is_loopback());
        CHECK(sim::is_real_uuid(member->device.identity().uuid.value()));
        uuids.insert(member->device.identity().uuid.value());
        addresses.insert(member->address());
    }
    CHECK(uuids.size() == fleet.members().size());
    CHECK(addresses.size() == fleet.members().size());
    yard.drain(fleet);
}

TEST_CASE("a crowd shares one description and has addresses of its own", "[sim][fleet]") {
    Yard yard;
    sim::Fleet probe(yard.context);
    REQUIRE(probe.add(builtin("mss310")));
    sim::FleetSettings settings;
    settings.address = asio::ip::make_address_v4("127.1.0.250");
    settings.port = probe[0].server.endpoint().port();
    settings.own_addresses = true;
    sim::Fleet fleet(yard.context, settings);
    REQUIRE(fleet.add(builtin("mss310"), 300));
    CHECK(fleet[10].address() == "127.1.1.4:" + std::to_string(settings.port));
    CHECK(&fleet[0].device.blueprint() == &fleet[299].device.blueprint());
    CHECK(fleet[0].device.identity().uuid != fleet[299].device.identity().uuid);
    yard.drain(probe);
    yard.drain(fleet);
}

TEST_CASE("a fleet says what it cannot do", "[sim][fleet]") {
    Yard yard;
    sim::FleetSettings settings;
    settings.own_addresses = true;
    sim::Fleet fleet(yard.context, settings);
    CHECK_FALSE(fleet.add(builtin("mss310")));
    settings.own_addresses = false;
    settings.port = 65535;
    sim::Fleet high(yard.context, settings);
    const auto added = high.add(builtin("mss310"), 2);
    REQUIRE_FALSE(added);
    CHECK_THAT(added.error().text(), ContainsSubstring("65535"));
    CHECK_THAT(high.add_path("/no/such/path").error().text(), ContainsSubstring("/no/such/path"));
    yard.drain(high);
}

TEST_CASE("a masked uuid is replaced and looks like one", "[sim][fleet]") {
    CHECK_FALSE(sim::is_real_uuid("###############################0"));
    CHECK(sim::is_real_uuid(vector_uuid));
    const auto uuid = sim::made_up_uuid(4711).value();
    CHECK(uuid == sim::made_up_uuid(4711).value());
    CHECK(meross::mac_of(sim::made_up_uuid(4711)) == "48:e1:e9:00:12:67");
}
