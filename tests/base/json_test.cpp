#include "lanbridge/base/json.hpp"

#include "support/catch.hpp"

using namespace lanbridge;
using lanbridge::test::ContainsSubstring;

namespace {

Json parsed(const char* text) { return parse_json(text).value(); }

}  // namespace

TEST_CASE("a text that ends too early is told from garbage", "[base][json]") {
    for (const auto* cut : {"", "  ", "{", "[1,", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":\"b", "{\"a\":\"b\\",
                            "{\"a\":1", "[tru", "[-", "[1.", "[1e", "\"\\u12", "[\"\xc3"}) {
        INFO(cut);
        const auto json = parse_json(cut);
        REQUIRE_FALSE(json);
        CHECK(json.error().is(Errc::truncated));
    }
    for (const auto* garbage : {"x", "{]", "[1,,2]", "{\"a\":1}}", "{\"a\" 1}", "nulL", "[01]", "\"\xff\"",
                                "\"\\x\"", "<html>", "[1] [2]", "\"\n\""}) {
        INFO(garbage);
        const auto json = parse_json(garbage);
        REQUIRE_FALSE(json);
        CHECK(json.error().is(Errc::malformed));
        CHECK_THAT(json.error().text(), ContainsSubstring("character"));
    }
}

TEST_CASE("nesting has a bound", "[base][json]") {
    const auto nested = [](int depth) {
        const auto count = static_cast<std::size_t>(depth);
        return std::string(count, '[') + std::string(count, ']');
    };
    CHECK(parse_json(nested(max_json_depth)));
    CHECK(parse_json(nested(max_json_depth + 1)).error().is(Errc::malformed));
    CHECK(parse_json(nested(200'000)).error().is(Errc::malformed));
    CHECK(parse_json(std::string(200'000, '[')).error().is(Errc::malformed));
    // brackets inside a string are text
    CHECK(parse_json('"' + nested(1000) + "\\\"[[" + '"'));
}

TEST_CASE("integers are read with their range", "[base][json]") {
    const Json json = parsed(
        R"({"a":{"b":300,"neg":-1,"f":75.0,"g":1.5,"s":"443","t":"4x","e":"","n":null,"big":18446744073709551615,
                                 "huge":1e300,"l":[1],"y":true}})");
    CHECK(read_integer<int>(json, {"a", "b"}).value() == 300);
    CHECK(read_integer<std::uint8_t>(json, {"a", "b"}).error().is(Errc::malformed));
    CHECK(read_integer<std::uint16_t>(json, {"a", "b"}).value() == 300);
    CHECK(read_integer<unsigned>(json, {"a", "neg"}).error().is(Errc::malformed));
    CHECK(read_integer<int>(json, {"a", "neg"}).value() == -1);
    CHECK(read_integer<int>(json, {"a", "f"}).value() == 75);
    CHECK(read_integer<int>(json, {"a", "s"}).value() == 443);
    for (const auto* wrong : {"g", "t", "e", "n", "big", "huge", "l", "y", "missing"}) {
        INFO(wrong);
        CHECK(read_int64(json, {"a", wrong}).error().is(Errc::malformed));
        CHECK(int_or(json, {"a", wrong}, -7) == -7);
    }
    CHECK(int_or(json, {"a", "s"}, 0) == 443);
}

TEST_CASE("numbers and texts are read, or refused with the member's name", "[base][json]") {
    const Json json = parsed(R"({"a":{"g":1.5,"i":-2,"s":"x","n":null}})");
    CHECK(read_number(json, {"a", "g"}).value() == 1.5);
    CHECK(read_number(json, {"a", "i"}).value() == -2.0);
    CHECK(number_or(json, {"a", "s"}, 4) == 4);
    CHECK(read_string(json, {"a", "s"}).value() == "x");
    CHECK(string_or(json, {"a", "g"}, "none") == "none");
    CHECK_THAT(read_string(json, {"a", "g"}).error().text(),
               ContainsSubstring("$.a.g must be a string, got number"));
    CHECK_THAT(read_int64(json, {"a", "s"}).error().text(), ContainsSubstring("$.a.s must be an integer"));
    CHECK_THAT(read_number(json, {"a", "z"}).error().text(), ContainsSubstring("$.a.z is missing"));
}

TEST_CASE("a path through the wrong types finds nothing and throws nothing", "[base][json]") {
    for (const auto* text :
         {"null", "7", "\"a\"", "[]", "[{\"a\":1}]", "{}", "{\"a\":null}", "{\"a\":[1]}", "{\"a\":\"b\"}"}) {
        INFO(text);
        CHECK(find_member(parsed(text), {"a", "b"}) == nullptr);
        CHECK(int_or(parsed(text), {"a", "b"}, 3) == 3);
        CHECK_FALSE(read_string(parsed(text), {"a", "b"}));
    }
    const Json json = parsed(R"({"a":{"b":[]}})");
    REQUIRE(find_member(json, {"a", "b"}));
    CHECK(find_member(json, {"a", "b"})->is_array());
    CHECK(find_member(json, {}) == &json);
}

TEST_CASE("texts that are no UTF-8 are written with a replacement", "[base][json]") {
    CHECK(dump_json(Json("a\xff")) == "\"a\xef\xbf\xbd\"");
    CHECK(dump_json(Json("é")) == "\"é\"");
    OrderedJson ordered = OrderedJson::object();
    ordered["z"] = 1;
    ordered["a"] = 2;
    CHECK(dump_json(ordered) == R"({"z":1,"a":2})");
}
