#include "lanbridge/meross/protocol/namespaces.hpp"
#include "lanbridge/meross/protocol/obfuscation.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;
using namespace lanbridge::test;

namespace {

/// Everything that must not come through, in whatever member it stands.
const std::vector<std::string> secrets{"2109270102030405060748e1e9a1b2c3",  // uuid
                                       "48:e1:e9:a1:b2:c3",
                                       "48e1e9a1b2c3",
                                       "02:11:22:33:44:55",
                                       "aa-bb-cc-dd-ee-ff",
                                       "7654321",
                                       "192.168.7.23",
                                       "10.11.12.13",
                                       "fd00::17",
                                       "mqtt-eu-3.example.com",
                                       "hub.smith.lan",
                                       "9443",
                                       "0123456789abcdef0123456789abcde0",  // key
                                       "U21pdGggZmFtaWx5",
                                       "Smith family",
                                       "cGFzc3dvcmQ=",
                                       "correct horse",
                                       "john.smith@example.org",
                                       "SN-4711",
                                       "X-HM://00527813XAB12",
                                       "031-45-154",
                                       "tok_5f2c",
                                       "-1234567",
                                       "51500700",
                                       "matterid77",
                                       "bind0123456789ab",
                                       "Grandma's lamp",
                                       "05:12"};

/// What a device may say of itself and of the house, with all secrets in it.
Json disclosure() {
    return Json::parse(R"({
      "uuid":"2109270102030405060748e1e9a1b2c3","device_id":"2109270102030405060748e1e9a1b2c3",
      "macAddress":"48:e1:e9:a1:b2:c3","wifiMac":"02:11:22:33:44:55","gatewayMac":"02:11:22:33:44:55",
      "mac":"48:e1:e9:a1:b2:c3","bssid":"aa-bb-cc-dd-ee-ff","ssid":"U21pdGggZmFtaWx5",
      "innerIp":"192.168.7.23","ip":"fd00::17","host":"hub.smith.lan","port":9443,"secondHost":"10.11.12.13",
      "secondPort":"9443","server":"mqtt-eu-3.example.com","mainServer":"mqtt-eu-3.example.com","mainPort":9443,
      "activeServer":"mqtt-eu-3.example.com:9443","secondServer":"10.11.12.13",
      "domain":"mqtt-eu-3.example.com:9443","reservedDomain":"mqtt-eu-3.example.com",
      "userId":7654321,"userid":"7654321","key":"0123456789abcdef0123456789abcde0","bindId":"bind0123456789ab",
      "password":"cGFzc3dvcmQ=","wifiPassword":"correct horse","email":"john.smith@example.org","sn":"SN-4711",
      "setupId":"X-HM://00527813XAB12","setupCode":"031-45-154","token":"tok_5f2c","accessToken":"tok_5f2c",
      "longitude":-1234567,"latitude":51500700,"suncalc":"05:12;21:30","devName":"Grandma's lamp",
      "alias":"Grandma's lamp","homekit":{"model":"MSS310","category":7,"uuid":"2109270102030405060748e1e9a1b2c3",
      "extra":"X-HM://00527813XAB12","list":["031-45-154"]},"matter":{"node":"matterid77","fabrics":["matterid77"]},
      "pingTrace":["192.168.7.23","mqtt-eu-3.example.com:9443"],
      "info":"joined 'Smith family' at aa-bb-cc-dd-ee-ff, asked 192.168.7.23:9443?token=tok_5f2c, told john.smith@example.org",
      "url":"https://mqtt-eu-3.example.com/u/2109270102030405060748e1e9a1b2c3/f.bin",
      "raw":"{\"ssid\":\"U21pdGggZmFtaWx5\",\"password\":\"correct horse\",\"port\":9443}",
      "from":"/appliance/2109270102030405060748e1e9a1b2c3/publish","peers":["48e1e9a1b2c3",["fd00::17"]],
      "192.168.7.23":"48:e1:e9:a1:b2:c3","onoff":1,"channel":0,"id":"0300c0de","temperature":215,"version":"2.1.17",
      "type":"mss310","timezone":"Europe/Rome","date":"2026-11-21","value":[1,-2,3.5],"status":null})");
}

void check_clean(const Json& out) {
    const auto text = dump_json(out);
    for (const auto& secret : secrets) {
        INFO(secret << " in " << text);
        CHECK(text.find(secret) == std::string::npos);
    }
}

}  // namespace

TEST_CASE("the maps of the reference are kept", "[meross][obfuscation]") {
    // Member by member, since the numbers follow the order in which the values come.
    Obfuscator obfuscator;
    for (const auto& step : meross_vectors("obfuscation").at("steps")) {
        for (const auto& [name, value] : step.at("input").items()) {
            INFO(name);
            CHECK(obfuscator.json(Json{{name, plain(value)}}) ==
                  Json{{name, plain(step.at("output").at(name))}});
        }
    }
}

TEST_CASE("no payload of any namespace lets a secret through", "[meross][obfuscation]") {
    for (const auto& row : namespaces()) {
        INFO(row.name);
        const std::string key(row.key.empty() ? guess_namespace(row.name).key : row.key);
        Obfuscator obfuscator;
        obfuscator.hide(Hidden::ssid, "Smith family");
        for (const auto& shape : {disclosure(), Json::array({disclosure(), disclosure()})}) {
            Json payload = Json::object();
            payload[key] = shape;
            const auto out = obfuscator.unsigned_json(payload);
            check_clean(out);
            const auto& told = shape.is_array() ? out.at(key).at(0) : out.at(key);
            for (const auto* kept : {"onoff", "channel", "id", "temperature", "version", "type", "timezone",
                                     "date", "value", "status"})
                CHECK(told.at(kept) == disclosure().at(kept));
            CHECK(told.at("homekit").at("model") == "MSS310");
        }
        Json bare = disclosure();
        bare.erase("key");
        check_clean(obfuscator.unsigned_json(bare));
    }
}

TEST_CASE("what was told before is found in any string", "[meross][obfuscation]") {
    Obfuscator obfuscator;
    obfuscator.hide(Hidden::key, "my very own key");
    obfuscator.hide(Hidden::redacted, "hunter2!");
    obfuscator.hide(Hidden::name, "Lamp");  // too short to be looked for in words
    CHECK(obfuscator.text("signed with my very own key, not hunter2!, by Lampard") ==
          "signed with ##############0, not <redacted>, by Lampard");
    CHECK(obfuscator.json(Json("my very own key")) == Json("##############0"));
    CHECK(obfuscator.json(Json{{"devName", "Lamp"}}) == Json{{"devName", "###0"}});
}

TEST_CASE("free text loses addresses and nothing else", "[meross][obfuscation]") {
    Obfuscator o;
    CHECK(o.text("mss310 2.1.17 at 12:30:45 says 1.5 kWh, Appliance.Control.ToggleX: on.") ==
          "mss310 2.1.17 at 12:30:45 says 1.5 kWh, Appliance.Control.ToggleX: on.");
    CHECK(o.text("192.168.1.20:80 does not answer.") == "###########0:@0 does not answer.");
    CHECK(o.text("see 48:E1:E9:00:00:01, then 192.168.1.20") == "see ################0, then ###########0");
    CHECK(o.text("hub id 0300c0de1122 stays, 48e1e9000001 goes") ==
          "hub id 0300c0de1122 stays, ###########1 goes");
    CHECK(o.text("password=abc&x=1") == "password=<redacted>&x=1");
    CHECK(o.text("a@b.example") == "##########0");
    CHECK(o.text("00112233-4455-6677-8899-aabbccddeeff") == "###################################0");
    CHECK(o.text("") == "");
}

TEST_CASE("signatures and message ids are not written", "[meross][obfuscation]") {
    Obfuscator o;
    const auto payload = Json::parse(
        R"({"multiple":[{"header":{"messageId":"m","sign":"s","method":"GETACK","namespace":"Appliance.System.Runtime",
        "timestamp":5},"payload":{"runtime":{"signal":90}}}]})");
    CHECK(o.unsigned_json(payload) ==
          Json::parse(R"({"multiple":[{"header":{"method":"GETACK","namespace":"Appliance.System.Runtime",
        "timestamp":5},"payload":{"runtime":{"signal":90}}}]})"));
    CHECK(o.json(payload) == payload);
}

TEST_CASE("depth and number of values are bounded", "[meross][obfuscation]") {
    Obfuscator o;
    Json deep = Json::object();
    for (int i = 0; i < 300; ++i) deep = Json{{"x", std::move(deep)}};
    CHECK(dump_json(o.json(deep)).find("<redacted>") != std::string::npos);
    for (int i = 0; i < 6000; ++i) o.json(Json{{"ssid", "net " + std::to_string(i)}});
    CHECK(o.json(Json{{"ssid", "net 0"}}) == Json{{"ssid", "####0"}});
    CHECK(o.json(Json{{"ssid", "another"}}) == Json{{"ssid", "<redacted>"}});
}
