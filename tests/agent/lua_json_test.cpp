#include "agent/lua/number_text.hpp"

#include <cmath>

#include "lua_host.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::agent::lua;
using test::evaluate;

namespace {

const std::string prefix = "json: error calling MarshalJSON for type json.jsonValue: ";

/// What `json.encode` says of a value that it cannot write.
std::string refusal(const std::string& value) { return evaluate("select(2, json.encode(" + value + "))"); }
std::string encoded(const std::string& value) { return evaluate("(json.encode(" + value + "))"); }
std::string decoded(const std::string& json) { return encoded("json.decode([==[" + json + "]==])"); }
std::string misread(const std::string& json) {
    return evaluate("select(2, json.decode([==[" + json + "]==]))");
}

}  // namespace

TEST_CASE("numbers in JSON are spelt as Go spells them", "[agent][lua][json]") {
    CHECK(json_number(0) == "0");
    CHECK(json_number(-0.0) == "-0");
    CHECK(json_number(0.1) == "0.1");
    CHECK(json_number(-1.5) == "-1.5");
    CHECK(json_number(12345678901234567.0) == "12345678901234568");
    CHECK(json_number(9007199254740993.0) == "9007199254740992");
    CHECK(json_number(1e20) == "100000000000000000000");
    CHECK(json_number(1e21) == "1e+21");
    CHECK(json_number(1.5e300) == "1.5e+300");
    CHECK(json_number(0.000001) == "0.000001");
    CHECK(json_number(0.00000123) == "0.00000123");
    CHECK(json_number(1e-7) == "1e-7");
    CHECK(json_number(1.25e-10) == "1.25e-10");
    CHECK(json_number(0.1 + 0.2) == "0.30000000000000004");
    CHECK(json_number(1.0 / 3) == "0.3333333333333333");
    CHECK(json_number(5e-324) == "5e-324");
    CHECK(json_number(1.7976931348623157e308) == "1.7976931348623157e+308");
    CHECK(json_number(123456.789) == "123456.789");
}

TEST_CASE("numbers as text are spelt as openmiio_agent spells them", "[agent][lua]") {
    CHECK(lua_number(100000000000000) == "100000000000000");
    CHECK(lua_number(1e18) == "1000000000000000000");
    CHECK(lua_number(1e20) == "100000000000000000000");
    CHECK(lua_number(1e21) == "1e+21");
    CHECK(lua_number(-0.0) == "0");
    CHECK(lua_number(0.0001) == "0.0001");
    CHECK(lua_number(0.00001) == "1e-05");
    CHECK(lua_number(0.1) == "0.1");
    CHECK(lua_number(HUGE_VAL) == "+Inf");
    CHECK(lua_number(-HUGE_VAL) == "-Inf");
    CHECK(lua_number(std::nan("")) == "NaN");
}

TEST_CASE("what was decoded is encoded again, sorted and without nulls", "[agent][lua][json]") {
    CHECK(decoded(R"({"b":[1,2,{"c":null}],"a":{"x":"<é>"},"t":true,"f":false})") ==
          R"({"a":{"x":"\u003cé\u003e"},"b":[1,2,[]],"f":false,"t":true})");
    CHECK(decoded("[]") == "[]");
    CHECK(decoded("{}") == "[]");
    CHECK(decoded("[1,null,3]") == "[1,3]");
    CHECK(decoded(R"("a\nb\u0041\ud83d\ude00")") == "\"a\\nbA\xf0\x9f\x98\x80\"");
    CHECK(decoded(R"({"k\u0041":1})") == R"({"kA":1})");
    CHECK(decoded("1e3") == "1000");
    CHECK(evaluate("json.decode('null')") == "nil");
    CHECK(evaluate("type(json.decode('{\"id\":1}').id)") == "number");
    CHECK(evaluate("json.decode('[[1,[2,3]],4]')[1][2][2]") == "3");
    CHECK(encoded("{[1]='a', [2]='b'}") == R"(["a","b"])");
    CHECK(encoded("{['10']=1, ['9']=2}") == R"({"10":1,"9":2})");
    CHECK(encoded("'a\\0b\\255'") == R"("a\u0000b\ufffd")");
    CHECK(encoded("nil") == "null");
}

TEST_CASE("decoding says what is wrong in Go's words", "[agent][lua][json]") {
    CHECK(misread("{bad") == "invalid character 'b' looking for beginning of object key string");
    CHECK(misread("") == "unexpected end of JSON input");
    CHECK(misread("[1] x") == "invalid character 'x' after top-level value");
    CHECK(misread("1e999") == "json: cannot unmarshal number 1e999 into Go value of type float64");
    CHECK(misread("{\"a\":[1,1e999]}") ==
          "json: cannot unmarshal number 1e999 into Go value of type float64");
    CHECK(evaluate("select('#', json.decode('{bad'))") == "2");
    CHECK(evaluate("json.decode('{bad')") == "nil");
}

TEST_CASE("encoding says what is wrong, with a prefix for each level", "[agent][lua][json]") {
    CHECK(refusal("{1,nil,3}") == prefix + "cannot encode sparse array");
    CHECK(refusal("{[0]=1}") == prefix + "cannot encode sparse array");
    CHECK(refusal("{[1.5]=1}") == prefix + "cannot encode sparse array");
    CHECK(refusal("{1,a=2}") == prefix + "cannot encode mixed or invalid key types");
    CHECK(refusal("{[true]=1}") == prefix + "cannot encode mixed or invalid key types");
    CHECK(refusal("print") == prefix + "cannot encode function to JSON");
    CHECK(refusal("0/0") == prefix + "json: unsupported value: NaN");
    CHECK(refusal("{x={y={print}}}") == prefix + prefix + prefix + prefix + "cannot encode function to JSON");
    CHECK(refusal("(function() local t = {1} return {x=t, y=t} end)()") ==
          prefix + prefix + "cannot encode recursively nested tables to JSON");
    CHECK(refusal("(function() local t = {} t[1] = t return t end)()") ==
          prefix + prefix + "cannot encode recursively nested tables to JSON");
    CHECK(refusal("(function() local t = {} for i = 1, 1000 do t = {t} end return t end)()")
              .ends_with("cannot encode tables nested deeper than 128"));
}

TEST_CASE("json is no global, and the same module each time", "[agent][lua][json]") {
    test::LuaScript script(
        "mosquitto_pub('t', type(rawget(_G, 'json')) .. tostring(require('json') == require('json')))");
    REQUIRE(script.error.empty());
    CHECK(script.host.published.at(0).payload == "niltrue");
}
