// The small ones: time rules, broker credentials, and requests without a key.
#include "lanbridge/meross/protocol/credentials.hpp"
#include "lanbridge/meross/protocol/reply_header.hpp"
#include "lanbridge/meross/protocol/time_rules.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;
using namespace lanbridge::test;

TEST_CASE("a device is given the rule in force and the next one", "[meross][time]") {
    for (const auto& vector : meross_vectors("time_rules").at("cases")) {
        INFO(vector.dump());
        const auto now = vector.at("device_timestamp").get<std::int64_t>();
        const auto rules = time_rules(text(vector, "timezone"), now);
        REQUIRE(rules);
        CHECK(*rules == plain(vector.at("timeRule")));
        const auto payload = set_time_payload(text(vector, "timezone"), now);
        REQUIRE(payload);
        const DeviceTime applied = parse_device_time(payload->at("time"));
        CHECK(applied.timezone == text(vector, "timezone"));
        CHECK(device_offset_s(applied, now) == rules->at(0).at(1));
        CHECK(time_rules_hold(applied, text(vector, "timezone"), now));
    }
    CHECK(time_rules("Mars/Olympus", 0).error().is(Errc::not_found));
    CHECK(set_time_payload("", 0).error().is(Errc::not_found));
}

TEST_CASE("a device's offset comes from its rules, else its zone", "[meross][time]") {
    const auto rules = Json::parse(R"({"timezone":"Europe/Rome","timeRule":[[1000,3600,0],[2000,7200,1]]})");
    const DeviceTime time = parse_device_time(rules);
    CHECK(device_offset_s(time, 1500) == 3600);
    CHECK(device_offset_s(time, 2000) == 7200);
    DeviceTime named = parse_device_time(Json::parse(R"({"timestamp":5,"timezone":"Asia/Tokyo"})"));
    CHECK(named.timestamp == 5);
    CHECK(device_offset_s(named, 1700000000) == 32400);
    CHECK(device_offset_s(parse_device_time(Json::object()), 1700000000) == 0);
    named.timezone = "Nowhere/AtAll";
    CHECK(device_offset_s(named, 1700000000) == 0);
}

TEST_CASE("odd time rules are passed over", "[meross][time]") {
    const auto odd = parse_device_time(Json::parse(
        R"({"timestamp":null,"timezone":7,"timeRule":[7,[],[1],["a",1,0],[0,99999999999,0],[1.5,3600,0],[10,-18000,0]]})"));
    CHECK(odd.timezone.empty());
    CHECK(device_offset_s(odd, 100) == -18000);
    CHECK(device_offset_s(parse_device_time(Json::parse(R"({"timeRule":{}})")), 100) == 0);
    CHECK(device_offset_s(parse_device_time(Json::parse("[]")), 100) == 0);
}

TEST_CASE("rules hold when they agree with the zone for the coming week", "[meross][time]") {
    constexpr std::int64_t winter_2023 = 1700000109;
    constexpr std::int64_t spring_2024 = 1711846800;  // 2024-03-31 01:00 UTC, Rome goes to summer time
    auto time = parse_device_time(set_time_payload("Europe/Rome", winter_2023)->at("time"));
    CHECK(time_rules_hold(time, "Europe/Rome", winter_2023));
    CHECK(time_rules_hold(time, "Europe/Rome", spring_2024 - 86400));
    CHECK(time_rules_hold(time, "Europe/Rome", spring_2024 + 86400));
    CHECK_FALSE(time_rules_hold(time, "America/New_York", winter_2023));
    CHECK_FALSE(time_rules_hold(time, "No/Zone", winter_2023));
    time.time_rule.erase(1);  // without the coming change it holds until a week before
    CHECK(time_rules_hold(time, "Europe/Rome", spring_2024 - 8 * 86400));
    CHECK_FALSE(time_rules_hold(time, "Europe/Rome", spring_2024 - 6 * 86400));
    CHECK_FALSE(time_rules_hold(DeviceTime(), "Europe/Rome", winter_2023));
}

TEST_CASE("clock skew is averaged", "[meross][time]") {
    ClockSkew skew;
    const auto& vectors = meross_vectors("clock_skew_average");
    CHECK(ClockSkew::tolerance_s == vectors.at("tolerance_seconds").get<double>());
    for (const auto& sample : vectors.at("samples")) {
        INFO(sample.dump());
        skew.sample(sample.at("now").get<std::int64_t>(), sample.at("device_timestamp").get<std::int64_t>());
        CHECK_THAT(skew.seconds(), WithinAbs(sample.at("timedelta").get<double>(), 1e-6));
        CHECK(skew.exceeds_tolerance() == sample.at("exceeds_tolerance").get<bool>());
    }
}

TEST_CASE("a device logs in to a broker with its MAC and a digest of its key", "[meross][credentials]") {
    std::size_t client_ids = 0;
    for (const auto& vector : meross_vectors("mqtt_device_credentials")) {
        INFO(text(vector, "name"));
        const Uuid uuid(vector.at("uuid").is_null() ? "" : text(vector, "uuid"));
        const auto tail = vector.value("clientid_random_part", "");
        const auto login = device_credentials(uuid, text(vector, "macAddress"), Secret(text(vector, "key")),
                                              text(vector, "userId"), tail);
        CHECK(login.username == text(vector, "username"));
        CHECK(login.password.reveal() == text(vector, "password"));
        if (!vector.contains("clientid")) continue;
        CHECK(login.client_id == text(vector, "clientid"));
        ++client_ids;
    }
    CHECK(client_ids == 4);
}

TEST_CASE("broker addresses", "[meross][credentials]") {
    for (const auto& vector : meross_vectors("broker_address_parse")) {
        const auto address = parse_broker_address(text(vector, "text"));
        CHECK(address.host == text(vector, "host"));
        CHECK(address.port == vector.at("port").get<int>());
    }
    CHECK(parse_broker_address("host:").port == 443);
    CHECK(parse_broker_address("host:99999").port == 443);
    CHECK(parse_broker_address("host:-1").port == 443);
    CHECK(parse_broker_address("").host.empty());
}

TEST_CASE("the active broker is told by System.Debug", "[meross][credentials]") {
    for (const auto& vector : meross_vectors("broker_from_debug")) {
        INFO(vector.dump());
        const auto address = broker_from_debug(plain(vector.at("debug")));
        CHECK(address.host == text(vector, "host"));
        CHECK(address.port == vector.at("port").get<int>());
    }
    CHECK(broker_from_debug(Json::parse("[]")).host.empty());
    CHECK(broker_from_debug(Json::parse(R"({"cloud":7})")).port == 443);
}

TEST_CASE("signatures that the device made are given back to it", "[meross][reply_header]") {
    const auto& steps = meross_vectors("keyhack").at("steps");
    REQUIRE(steps.size() == 3);
    const auto request_of = [](const OrderedJson& step) {
        const auto message = parse_message(text(step, "request_body")).value();
        return Request(message.header.name_space, message.header.method, message.payload);
    };
    const auto wanted = [](const OrderedJson& step) { return plain(step.at("request")); };
    const auto reply = [](const OrderedJson& step) { return plain(step.at("response").at("header")); };

    ReplyHeader reflecting("MerossClient", "MerossClient");
    const auto ability = request_of(steps.at(0));
    CHECK(Json::parse(reflecting.request(ability)) == wanted(steps.at(0)));
    CHECK(Json::parse(reflecting.retry(ability, reply(steps.at(0)))) == wanted(steps.at(1)));
    reflecting.accepted(reply(steps.at(1)));
    CHECK(Json::parse(reflecting.request(request_of(steps.at(2)))) == wanted(steps.at(2)));
    reflecting.reset();
    CHECK(Json::parse(reflecting.request(ability)) == wanted(steps.at(0)));
}

TEST_CASE("a parsed header serves as well as the wire's for reflecting", "[meross][reply_header]") {
    const Secret key(meross_vectors("keyhack").at("device_key_unknown_to_client").get<std::string>());
    const auto reply = parse_message(text(meross_vectors("keyhack").at("steps").at(1), "response_body"));
    REQUIRE(reply);
    ReplyHeader reflecting("here");
    reflecting.accepted(to_json(reply->header));
    const auto next =
        parse_message(reflecting.request(Request("Appliance.System.All", Method::get, Json::object())));
    REQUIRE(next);
    CHECK(next->header.from == "here");
    CHECK(next->header.trigger_src == "lanbridge");
    CHECK(next->header.name_space == "Appliance.System.All");
    CHECK(signature_valid(next->header, key));
    reflecting.accepted(Json::parse("[7]"));  // a reply without a usable header starts over
    CHECK(Json::parse(reflecting.request(Request("A", Method::get, Json::object()))).at("header").size() ==
          5);
}
