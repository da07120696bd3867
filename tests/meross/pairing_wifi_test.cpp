#include "lanbridge/base/bytes.hpp"
#include "lanbridge/meross/protocol/multiple.hpp"
#include "meross/pairing/wifi.hpp"
#include "newborn_device.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;
using namespace lanbridge::test;

namespace {

Json list(Json networks) { return Json{{"wifiList", std::move(networks)}}; }

PairingDevice device_of(const OrderedJson& vector) {
    return PairingDevice(Uuid(text(vector, "uuid")), text(vector, "macAddress"), text(vector, "type"), "1");
}

}  // namespace

TEST_CASE("the Wi-Fi password is encrypted as the vectors say", "[meross][pairing]") {
    const auto& vectors = meross_vectors("wifix_password");
    for (const auto& vector : vectors) {
        WifiNetwork network;
        network.ssid = "My Home WiFi";
        const auto request = wifi_request(network, Secret(text(vector, "password")), device_of(vector), true);
        CHECK(request.name_space == "Appliance.Config.WifiX");
        CHECK(string_or(request.payload, {"wifi", "password"}, "") ==
              text(vector, "password_base64_encrypted"));
        CHECK(string_or(request.payload, {"wifi", "ssid"}, "") == "TXkgSG9tZSBXaUZp");
    }
}

TEST_CASE("a device without encryption gets the password in base64", "[meross][pairing]") {
    const auto& vectors = meross_vectors("wifi_plain");
    const PairingDevice device{Uuid(std::string(NewbornDevice::uuid)), "48:e1:e9:a1:b2:c3", "mss310", "1"};
    for (const auto& vector : vectors) {
        WifiNetwork network;
        network.ssid = text(vector, "ssid");
        const auto request = wifi_request(network, Secret(text(vector, "password")), device, false);
        CHECK(request.name_space == "Appliance.Config.Wifi");
        CHECK(string_or(request.payload, {"wifi", "ssid"}, "") == text(vector, "ssid_base64"));
        CHECK(string_or(request.payload, {"wifi", "password"}, "") == text(vector, "password_base64"));
    }
}

TEST_CASE("of several access points the strongest is taken, or the one that was named", "[meross][pairing]") {
    const auto seen = parse_wifi_list(list({NewbornDevice::network("Home", "de:ad:be:ef:00:01", 40),
                                            NewbornDevice::network("Home", "DE-AD-BE-EF-00-02", 80),
                                            NewbornDevice::network("Other", "de:ad:be:ef:00:03", 99)}));
    REQUIRE(seen.size() == 3);
    CHECK(choose_network(seen, "Home", "").value().signal == 80);
    CHECK(choose_network(seen, "Home", "de:ad:be:ef:00:01").value().signal == 40);
    // what the device wrote goes back to it
    CHECK(choose_network(seen, "Home", "de:ad:be:ef:00:02").value().bssid == "DE-AD-BE-EF-00-02");
    const auto missing = choose_network(seen, "home", "");
    REQUIRE(!missing);
    CHECK_THAT(missing.error().text(), ContainsSubstring("it sees: Home, Other"));
    CHECK(!choose_network(seen, "Home", "de:ad:be:ef:00:03"));
}

TEST_CASE("nonsense in the list of networks is left out", "[meross][pairing]") {
    CHECK(parse_wifi_list(Json::object()).empty());
    CHECK(parse_wifi_list(list(7)).empty());
    CHECK(parse_wifi_list(list({1, nullptr, {{"ssid", "%%%"}}, {{"ssid", 5}}, {{"ssid", ""}}})).empty());
    const auto odd = parse_wifi_list(list({{{"ssid", "SG9tZQ=="}, {"signal", "80"}, {"channel", -4}}}));
    REQUIRE(odd.size() == 1);
    CHECK(odd[0].ssid == "Home");
    CHECK(odd[0].signal == 80);
    CHECK(odd[0].channel == 0);
    Json many = Json::array();
    for (int i = 0; i < 1000; ++i) many.push_back(NewbornDevice::network("n" + std::to_string(i), "", 1));
    CHECK(parse_wifi_list(list(many)).size() == 200);
}

TEST_CASE("a password that the network cannot have is refused", "[meross][pairing]") {
    WifiNetwork wpa;
    wpa.encryption = 6;
    CHECK(check_password(wpa, Secret("12345678")));
    CHECK(!check_password(wpa, Secret("1234567")));
    CHECK(!check_password(wpa, Secret("")));
    WifiNetwork open;
    CHECK(check_password(open, Secret("")));
    WifiNetwork wep;
    wep.encryption = 1;
    CHECK(check_password(wep, Secret("12345")));
}

TEST_CASE("what is shown of a request has no secrets", "[meross][pairing]") {
    const PairingBroker broker("192.168.1.5", 8883, true);
    const auto request = key_request(broker, Secret("very-secret"), "0");
    CHECK(request.payload == Json::parse(R"({"key":{"gateway":{"host":"192.168.1.5","port":8883,
        "secondHost":"192.168.1.5","secondPort":8883,"redirect":1},"key":"very-secret","userId":"0"}})"));
    const auto shown = shown_request(request);
    CHECK_THAT(shown, ContainsSubstring("SET Appliance.Config.Key"));
    CHECK_THAT(shown, ContainsSubstring("192.168.1.5"));
    CHECK(shown.find("very-secret") == std::string::npos);
    const PairingDevice device{Uuid(std::string(NewbornDevice::uuid)), "48:e1:e9:a1:b2:c3", "mss310", "1"};
    const auto wifi = wifi_request(WifiNetwork(), Secret("hidden-one"), device, false);
    CHECK(shown_request(wifi).find(to_base64(as_bytes("hidden-one"))) == std::string::npos);
}
