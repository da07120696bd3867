#include "lanbridge/meross/protocol/message.hpp"

#include "support/catch.hpp"
#include "support/vectors.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;
using namespace lanbridge::test;

namespace {

Header header_of(const OrderedJson& json) {
    Header header;
    header.message_id = json.value("messageId", "");
    header.name_space = json.value("namespace", "");
    header.method = parse_method(json.value("method", ""));
    header.trigger_src = json.value("triggerSrc", "");
    header.from = json.value("from", "");
    header.timestamp = json.value("timestamp", std::int64_t{0});
    header.timestamp_ms = json.value("timestampMs", 0);
    header.sign = json.value("sign", "");
    header.uuid = json.value("uuid", "");
    return header;
}

void check_same(const Header& found, const Header& wanted) {
    CHECK(found.message_id == wanted.message_id);
    CHECK(found.name_space == wanted.name_space);
    CHECK(found.method == wanted.method);
    CHECK(found.payload_version == wanted.payload_version);
    CHECK(found.trigger_src == wanted.trigger_src);
    CHECK(found.from == wanted.from);
    CHECK(found.timestamp == wanted.timestamp);
    CHECK(found.timestamp_ms == wanted.timestamp_ms);
    CHECK(found.sign == wanted.sign);
    CHECK(found.uuid == wanted.uuid);
}

constexpr auto minimal = R"({"header":{"namespace":"Appliance.System.All","method":"GETACK"}})";

}  // namespace

TEST_CASE("signatures are the md5 of id, key and time", "[meross][message]") {
    for (const auto& vector : meross_vectors("sign")) {
        INFO(text(vector, "name"));
        CHECK(sign(text(vector, "messageId"), Secret(text(vector, "key")),
                   vector.at("timestamp").get<std::int64_t>()) == text(vector, "sign"));
    }
}

TEST_CASE("signatures are compared strictly", "[meross][message]") {
    for (const auto& vector : meross_vectors("sign_check")) {
        INFO(vector.dump());
        CHECK(signature_valid(header_of(vector.at("header")), Secret(text(vector, "key"))) ==
              vector.at("valid").get<bool>());
    }
}

TEST_CASE("a uuid ends with the MAC address", "[meross][message]") {
    for (const auto& vector : meross_vectors("uuid_to_mac")) {
        INFO(vector.dump());
        const auto uuid = parse_uuid(text(vector, "uuid"));
        REQUIRE(uuid);
        CHECK(mac_of(*uuid) == text(vector, "macAddress"));
        CHECK(mac_digits_of(*uuid) == text(vector, "mac_without_colons"));
    }
}

TEST_CASE("uuids are trimmed and lowered, everything else is refused", "[meross][message]") {
    const auto uuid = parse_uuid(" 0102030405060708090048E1E9A1B2C3\n");
    REQUIRE(uuid);
    CHECK(uuid->value() == "0102030405060708090048e1e9a1b2c3");
    for (const auto* bad : {"", "   ", "0102", "0102030405060708090048e1e9a1b2cg",
                            "0102030405060708090048e1e9a1b2c3a", "01020304-0506-0708-0900-48e1e9a1b2c3"}) {
        INFO(bad);
        const auto refused = parse_uuid(bad);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().is(Errc::invalid_value));
    }
    CHECK(mac_of(Uuid()).empty());
}

TEST_CASE("the sender is named by the header's uuid or its topic", "[meross][message]") {
    for (const auto& vector : meross_vectors("uuid_from_header")) {
        INFO(vector.dump());
        const auto sender = sender_of(header_of(vector.at("header")));
        REQUIRE(sender);
        CHECK(sender->value() == text(vector, "uuid"));
    }
    Header header;
    for (const auto* from : {"", "/", "//", "/appliance", "/appliance/0102030405060708090048e1e9a1b2c3",
                             "http://10.0.0.1/config", "lanbridge"}) {
        INFO(from);
        header.from = from;
        CHECK_FALSE(sender_of(header));
    }
}

TEST_CASE("topics carry the uuid", "[meross][message]") {
    for (const auto& vector : meross_vectors("topics")) {
        const Uuid uuid(text(vector, "uuid"));
        CHECK(request_topic(uuid) == text(vector, "request_topic"));
        CHECK(publish_topic(uuid) == text(vector, "response_and_push_topic"));
    }
}

TEST_CASE("envelopes are written as devices and clients write them", "[meross][message]") {
    for (const auto& vector : meross_vectors("envelopes")) {
        INFO(text(vector, "name"));
        const auto& message = vector.at("message");
        CHECK(serialize(header_of(message.at("header")), message.at("payload")) == text(vector, "wire_json"));
        // with sorted members it is another text but the same message
        const auto sorted = serialize(header_of(message.at("header")), plain(message.at("payload")));
        CHECK(Json::parse(sorted) == plain(message));
    }
}

TEST_CASE("envelopes are read back, signed with the key they name", "[meross][message]") {
    for (const auto& vector : meross_vectors("envelopes")) {
        INFO(text(vector, "name"));
        const auto message = parse_message(text(vector, "wire_json"));
        REQUIRE(message);
        check_same(message->header, header_of(vector.at("message").at("header")));
        CHECK(message->payload == plain(vector.at("message").at("payload")));
        CHECK(signature_valid(message->header, Secret(text(vector, "key"))));
    }
}

TEST_CASE("what is missing from a header has a default", "[meross][message]") {
    const auto message = parse_message(minimal);
    REQUIRE(message);
    CHECK(message->header.method == Method::getack);
    CHECK(message->header.payload_version == 1);
    CHECK(message->header.timestamp == 0);
    CHECK(message->header.message_id.empty());
    CHECK(message->payload == Json::object());
}

TEST_CASE("odd header values do not hurt", "[meross][message]") {
    const auto message = parse_message(
        R"({"header":{"namespace":"A","method":"PUT","messageId":7,"timestamp":"1700000000","timestampMs":1e30,)"
        R"("payloadVersion":99999999999,"from":null,"uuid":[]},"payload":{}})");
    REQUIRE(message);
    CHECK(message->header.method == Method::other);
    CHECK(message->header.message_id.empty());
    CHECK(message->header.timestamp == 1700000000);
    CHECK(message->header.timestamp_ms == 0);
    CHECK(message->header.from.empty());
    CHECK(message->header.uuid.empty());
}

TEST_CASE("what is no message is refused with the place", "[meross][message]") {
    struct Case {
        std::string text;
        Errc code;
        std::string says;
    };
    const Case cases[] = {
        {"", Errc::truncated, "character"},
        {"{\"header\":{\"name", Errc::truncated, "character"},
        {"<html>busy</html>", Errc::malformed, "character 1"},
        {"[]", Errc::malformed, "$ must be an object"},
        {"{}", Errc::malformed, "$.header"},
        {R"({"header":[]})", Errc::malformed, "$.header"},
        {R"({"header":{"method":"GET"}})", Errc::malformed, "$.header.namespace is missing"},
        {R"({"header":{"namespace":3,"method":"GET"}})", Errc::malformed,
         "namespace must be a string, got number"},
        {R"({"header":{"namespace":"A"}})", Errc::malformed, "$.header.method is missing"},
        {R"({"header":{"namespace":"A","method":"GET"},"payload":[]})", Errc::malformed, "$.payload"},
        {std::string(max_message_bytes + 1, ' '), Errc::too_large, "bytes"},
        {std::string(1000, '[') + std::string(1000, ']'), Errc::malformed, "deeper"},
    };
    for (const auto& [body, code, says] : cases) {
        INFO(body.substr(0, 80));
        const auto message = parse_message(body);
        REQUIRE_FALSE(message);
        CHECK(message.error().is(code));
        CHECK_THAT(message.error().text(), ContainsSubstring(says));
    }
}

TEST_CASE("texts in a header are escaped", "[meross][message]") {
    Header header = parse_message(minimal)->header;
    header.from = "a\"b\\c\n\x01 é";
    header.message_id = "\xff broken UTF-8";
    const auto back = parse_message(serialize(header, Json::object()));
    REQUIRE(back);
    CHECK(back->header.from == header.from);
    CHECK(back->header.message_id == "\xef\xbf\xbd broken UTF-8");
}

TEST_CASE("a request has a fresh id and a valid signature", "[meross][message]") {
    SeededRandom random(1);
    const Secret key("5d41402abc4b2a76b9719d911017c592");
    Origin origin;
    origin.from = "/lanbridge/1/answers";
    origin.timestamp = 1700000000;
    const auto first = make_request_header("Appliance.System.All", Method::get, key, origin, random);
    const auto second = make_request_header("Appliance.System.All", Method::get, key, origin, random);
    CHECK(first.message_id.size() == 32);
    CHECK(first.message_id != second.message_id);
    CHECK(first.from == origin.from);
    CHECK(first.trigger_src == "lanbridge");
    CHECK(first.timestamp == origin.timestamp);
    CHECK(signature_valid(first, key));
    CHECK_FALSE(signature_valid(first, Secret("another")));
}

TEST_CASE("methods and their acknowledgements", "[meross][message]") {
    for (const auto* name : {"GET", "SET", "PUSH", "DELETE", "GETACK", "SETACK", "DELETEACK", "ERROR"})
        CHECK(method_name(parse_method(name)) == name);
    CHECK(parse_method("get") == Method::other);
    CHECK(ack_of(Method::get) == Method::getack);
    CHECK(ack_of(Method::set) == Method::setack);
    CHECK(ack_of(Method::delete_) == Method::deleteack);
    CHECK(ack_of(Method::push) == Method::push);
    CHECK(ack_of(Method::error) == Method::other);
}

TEST_CASE("errors carry the device's code", "[meross][message]") {
    Message message;
    message.header.method = Method::error;
    message.payload = Json::parse(R"({"error":{"code":5001,"detail":"sign error"}})");
    const auto error = error_of(message);
    REQUIRE(error);
    CHECK(error->code == error_bad_signature);
    CHECK(error->detail == "sign error");
    message.payload = Json::parse(R"({"error":99999999999999})");
    REQUIRE(error_of(message));
    CHECK(error_of(message)->code == 0);
    message.header.method = Method::getack;
    CHECK_FALSE(error_of(message));
}
