#include "meross/device/facts.hpp"

#include <algorithm>

#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;

namespace {

Json json(std::string_view text) { return parse_json(text).value(); }

const Json modern = json(R"({"all":{"system":{
  "hardware":{"type":"mss310","subType":"EU","version":"2.0.0","uuid":"2012000000000000000048E1E9A1B2C3",
              "macAddress":"48:E1:E9:A1:B2:C3"},
  "firmware":{"version":"2.1.17","innerIp":"192.0.2.20","server":"broker.example.org","port":"8883","userId":123},
  "time":{"timestamp":1681841111,"timezone":"Europe/London","timeRule":[[1648342800,3600,1]]},
  "online":{"status":1}},
 "digest":{"togglex":[{"channel":0,"onoff":0}]}}})");

}  // namespace

TEST_CASE("facts come from System.All with or without its wrapper", "[meross][facts]") {
    for (const Json& all : {modern, modern["all"]}) {
        const auto facts = parse_facts(all, json(R"({"ability":{"Appliance.Control.ToggleX":{}}})")).value();
        CHECK(facts.type == "mss310");
        CHECK(facts.sub_type == "eu");
        CHECK(facts.hardware_version == "2.0.0");
        CHECK(facts.uuid.value() == "2012000000000000000048e1e9a1b2c3");
        CHECK(facts.mac == "48:e1:e9:a1:b2:c3");
        CHECK(facts.firmware_version == "2.1.17");
        CHECK(facts.inner_ip == "192.0.2.20");
        CHECK(facts.server == "broker.example.org");
        CHECK(facts.server_port == 8883);
        CHECK(facts.user_id == "123");
        CHECK(facts.online_status == 1);
        CHECK(facts.time.timezone == "Europe/London");
        CHECK(facts.digest.contains("togglex"));
        CHECK(facts.has("Appliance.Control.ToggleX"));
        CHECK_FALSE(facts.has("Appliance.Control.Toggle"));
    }
}

TEST_CASE("firmware 1.x calls its digest control", "[meross][facts]") {
    Json all = modern["all"];
    all.erase("digest");
    all["control"] = json(R"({"toggle":{"onoff":1},"trigger":[],"timer":[]})");
    const auto facts = parse_facts(all, Json::object()).value();
    CHECK(facts.digest == all["control"]);
    CHECK(facts.max_cmd_num() == 0);
}

TEST_CASE("whatever is missing has a default, but the uuid", "[meross][facts]") {
    const auto bare =
        parse_facts(json(R"({"system":{"hardware":{"uuid":"2012000000000000000048e1e9a1b2c3"}}})"), Json())
            .value();
    CHECK(bare.mac == "48:e1:e9:a1:b2:c3");  // from the uuid
    CHECK(bare.online_status == -1);
    CHECK(bare.digest == Json::object());
    CHECK(bare.ability == Json::object());
    CHECK(bare.server_port == default_broker_port);
    for (std::string_view text :
         {"null", "[]", "{}", R"({"all":{"system":[]}})", R"({"system":{"hardware":{"uuid":7}}})",
          R"({"system":{"hardware":{"uuid":"short"}}})"}) {
        const auto none = parse_facts(json(text), Json::object());
        REQUIRE(none.has_error());
        CHECK(none.error().is(Errc::malformed));
    }
}

TEST_CASE("a device's own address counts only if it is one", "[meross][facts]") {
    Json all = modern["all"];
    for (std::string_view mac :
         {"", "00:00:00:00:00:00", "48:e1:e9:a1:b2", "48e1e9a1b2c3", "48:e1:e9:a1:b2:zz"}) {
        all["system"]["hardware"]["macAddress"] = mac;
        CHECK(parse_facts(all, Json::object()).value().mac == "48:e1:e9:a1:b2:c3");
    }
    all["system"]["hardware"]["macAddress"] = "34-29-8F-00-00-01";
    CHECK(parse_facts(all, Json::object()).value().mac == "34:29:8f:00:00:01");
    all["system"]["firmware"]["port"] = "";
    CHECK(parse_facts(all, Json::object()).value().server_port == 443);
    all["system"]["firmware"]["port"] = 0;
    CHECK(parse_facts(all, Json::object()).value().server_port == 443);
}

TEST_CASE("how many commands fit in a Multiple", "[meross][facts]") {
    const auto with = [](std::string_view type, std::string_view firmware, std::string_view ability) {
        Json all = modern["all"];
        all["system"]["hardware"]["type"] = type;
        all["system"]["firmware"]["version"] = firmware;
        return parse_facts(all, json(ability)).value().max_cmd_num();
    };
    constexpr std::string_view five = R"({"Appliance.Control.Multiple":{"maxCmdNum":5}})";
    CHECK(with("mss310", "2.1.17", five) == 5);
    CHECK(with("mss310", "2.1.17", R"({"Appliance.Control.Multiple":{}})") == 3);
    CHECK(with("mss310", "2.1.17", "{}") == 0);
    CHECK(with("mrs100", "2.1.4", five) == 0);  // lists it, mishandles it
    CHECK(with("mrs100", "2.1.10", five) == 5);
    CHECK(with("mrs100", "6.6.6", five) == 5);
}

TEST_CASE("a digest splits into the namespaces that it stands for", "[meross][facts]") {
    const auto parts = split_digest(json(R"({
        "togglex":[{"channel":0}],"toggle":{"onoff":1},"light":{"channel":0},"light.effect":[{"Id":"1"}],
        "garageDoor":[{"channel":1}],"hub":{"hubId":-1},"spray":[{"mode":0}],"fan":[{"speed":1}],
        "diffuser":{"type":"mod100","light":[{"onoff":0}],"spray":[{"mode":2}]},
        "thermostat":{"mode":[{"channel":0}],"modeB":[],"summerMode":[{"mode":1}],"windowOpened":[{"status":0}]},
        "timerx":[],"triggerx":[],"timer":[],"trigger":[],"news":[1]})"));
    const auto payload = [&](std::string_view name) {
        const auto it = std::ranges::find(parts, name, &DigestPart::name_space);
        return it == parts.end() ? Json() : it->payload;
    };
    CHECK(parts.size() == 14);
    CHECK(payload("Appliance.Control.ToggleX") == json(R"({"togglex":[{"channel":0}]})"));
    CHECK(payload("Appliance.Control.Toggle") == json(R"({"toggle":{"onoff":1}})"));
    CHECK(payload("Appliance.Control.Light") == json(R"({"light":{"channel":0}})"));
    CHECK(payload("Appliance.Control.Light.Effect") == json(R"({"effect":[{"Id":"1"}]})"));
    CHECK(payload("Appliance.GarageDoor.State") == json(R"({"state":[{"channel":1}]})"));
    CHECK(payload("Appliance.Digest.Hub") == json(R"({"hub":{"hubId":-1}})"));
    CHECK(payload("Appliance.Control.Spray") == json(R"({"spray":[{"mode":0}]})"));
    CHECK(payload("Appliance.Control.Fan") == json(R"({"fan":[{"speed":1}]})"));
    CHECK(payload("Appliance.Control.Diffuser.Light") == json(R"({"light":[{"onoff":0}]})"));
    CHECK(payload("Appliance.Control.Diffuser.Spray") == json(R"({"spray":[{"mode":2}]})"));
    CHECK(payload("Appliance.Control.Thermostat.Mode") == json(R"({"mode":[{"channel":0}]})"));
    CHECK(payload("Appliance.Control.Thermostat.ModeB") == json(R"({"modeB":[]})"));
    CHECK(payload("Appliance.Control.Thermostat.SummerMode") == json(R"({"summerMode":[{"mode":1}]})"));
    CHECK(payload("Appliance.Control.Thermostat.WindowOpened") == json(R"({"windowOpened":[{"status":0}]})"));
    CHECK(split_digest(json("[]")).empty());
    CHECK(unknown_digest_keys(json(R"({"togglex":[],"timerx":[],"diffuser":{},"news":[1]})")) ==
          std::vector<std::string>{"news"});
}

TEST_CASE("types have product names and makers", "[meross][facts]") {
    CHECK(product_name("mss310") == "Smart Plug");
    CHECK(product_name("mss425f") == "Power Strip");
    CHECK(product_name("mss510x") == "Wall Switch");
    CHECK(product_name("mss560") == "Dimmer");
    CHECK(product_name("mop320") == "Outdoor Plug");
    CHECK(product_name("msl320cpr") == "Light Strip");
    CHECK(product_name("msl450") == "Ambient Lamp");
    CHECK(product_name("msl120d") == "Smart Bulb");
    CHECK(product_name("mts150p") == "Radiator Valve");
    CHECK(product_name("mts200b") == "Thermostat");
    CHECK(product_name("mts960") == "Socket Thermostat");
    CHECK(product_name("em06") == "Energy Monitor");
    CHECK(product_name("xyz1") == "xyz1");
    CHECK(product_name("") == "");
    CHECK(manufacturer_of("mss310") == "Meross");
    for (std::string_view type : {"em06", "em16", "r10", "r11", "r21", "p11", "rsg100"})
        CHECK(manufacturer_of(type) == "Refoss");
}
