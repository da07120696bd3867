#include "agent/address.hpp"

#include "support/catch.hpp"

using namespace lanbridge::agent;

TEST_CASE("an address is spoken of by its app's name, else as a number", "[agent]") {
    CHECK(address_name(mqtt_address) == "mqtt");
    CHECK(address_name(cloud_address) == "cloud");
    CHECK(address_name(bluetooth_address) == "bluetooth");
    CHECK(address_name(48) == "48");
}
