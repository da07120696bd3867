#include "agent/json/json_text.hpp"

#include <vector>

#include "agent/json/message.hpp"
#include "agent/vectors.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::agent;

TEST_CASE("messages come out as openmiio_agent writes them", "[agent][json]") {
    for (const auto& item : testing::vectors("agent_message_json")) {
        const auto in = item["in"].get<std::string>();
        INFO(in);
        const auto message = Message::parse(in);
        CHECK((message ? message->text() : std::string()) == item["out"].get<std::string>());
        CHECK((message ? std::string() : message.error().where) == item["error"].get<std::string>());
    }
}

TEST_CASE("integers are read as openmiio_agent reads them", "[agent][json]") {
    for (const auto& item : testing::vectors("agent_atoi32")) {
        INFO(item["raw"]);
        CHECK(plain_int(item["raw"].get<std::string>()) == item["value"].get<std::int32_t>());
    }
}

TEST_CASE("what is wrong with JSON is said in the words that users know", "[agent][json]") {
    const auto why = [](std::string_view text) { return compact_json(text).error().where; };
    CHECK(why(R"({a:1})") == "invalid character 'a' looking for beginning of object key string");
    CHECK(why(R"({"a" 1})") == "invalid character '1' after object key");
    CHECK(why(R"({"a":1 "b"})") == R"(invalid character '"' after object key:value pair)");
    CHECK(why(R"([1 2])") == "invalid character '2' after array element");
    CHECK(why("[1,]") == "invalid character ']' looking for beginning of value");
    CHECK(why("\"a\nb\"") == R"(invalid character '\n' in string literal)");
    CHECK(why(R"("\x")") == "invalid character 'x' in string escape code");
    CHECK(why(R"("\u12g4")") == R"(invalid character 'g' in \u hexadecimal character escape)");
    CHECK(why("-a") == "invalid character 'a' in numeric literal");
    CHECK(why("1.x") == "invalid character 'x' after decimal point in numeric literal");
    CHECK(why("1e+") == "unexpected end of JSON input");
    CHECK(why("01") == "invalid character '1' after top-level value");
    CHECK(compact_json(R"({"a":)").error().is(Errc::truncated));
    CHECK(compact_json(std::string(200, '[')).error().is(Errc::malformed));
}

TEST_CASE("members and elements are cut as they stand", "[agent][json]") {
    const std::string object = R"({"a":{"b":"}{\"","c":[1,{"d":2}]},"e":1.50,"f":"x,y","g":[]})";
    std::vector<std::string> seen;
    for_each_member(
        object, [&](auto key, auto value) { seen.push_back(std::string(key) + "=" + std::string(value)); });
    CHECK(seen ==
          std::vector<std::string>{R"(a={"b":"}{\"","c":[1,{"d":2}]})", "e=1.50", R"(f="x,y")", "g=[]"});
    std::vector<std::string> elements;
    for_each_element(R"([1,"a]",{"b":[2]},[],null])", [&](auto value) { elements.emplace_back(value); });
    CHECK(elements == std::vector<std::string>{"1", R"("a]")", R"({"b":[2]})", "[]", "null"});
    CHECK(member_of(object, "e") == "1.50");
    CHECK(member_of("[1]", "e").empty());
}

TEST_CASE("texts are quoted and unquoted without loss", "[agent][json]") {
    CHECK(quote("a\"b\\c\n\x01<&>") == R"("a\"b\\c\n\u0001\u003c\u0026\u003e")");
    CHECK(quote("\xe2\x80\xa8") == R"("\u2028")");
    CHECK(quote("\xff") == R"("\ufffd")");
    CHECK(unquote(R"("\u00e9\ud83d\ude00\/\b")") == "\xc3\xa9\xf0\x9f\x98\x80/\b");
    CHECK(unquote(R"("\ud83dx")") == "\xef\xbf\xbdx");
    CHECK(unquote("\"\xc0\xaf\"") == "\xef\xbf\xbd\xef\xbf\xbd");
    for (const std::string text : {"", "plain", "tab\tquote\"", "\xf0\x9f\x98\x80\xe2\x82\xac"})
        CHECK(unquote(quote(text)) == text);
}

TEST_CASE("numbers keep to their range", "[agent][json]") {
    std::int64_t number = 0;
    CHECK((read_int("-1", number) && number == -1));
    CHECK((read_int("123456789012345678", number) && number == 123456789012345678));
    for (const char* text : {"", "-", "1.0", "1e3", "1234567890123456789", "\"1\"", "+1"})
        CHECK_FALSE(read_int(text, number));
}

TEST_CASE("a message is changed member by member", "[agent][message]") {
    auto message = Message::parse(R"({"method":"x","id":1,"_to":4})");
    REQUIRE(message);
    message->erase("_to");
    message->set("_from", "2");
    message->set("id", "77");
    CHECK(message->text() == R"({"_from":2,"id":77,"method":"x"})");
    CHECK(message->method() == "x");
    CHECK(Message::parse(R"({"method":5})")->method().empty());
    CHECK(Message::parse("{\"\\u0069d\":1}")->text() == R"({"id":1})");
}

TEST_CASE("of equal keys the last counts, however they are spelt", "[agent][message]") {
    const auto text = [](std::string_view from) { return Message::parse(from).value().text(); };
    CHECK(text(R"({"b":3,"a":1,"\u0061":2,"b": 4})") == R"({"a":2,"b":4})");
    CHECK(text(R"({"\u0061":2,"a":1})") == R"({"a":1})");
    CHECK(text(R"({"a":{"a":1,"a":2},"b":[{"a":3}]})") == R"({"a":{"a":1,"a":2},"b":[{"a":3}]})");
    std::string many = "{";
    for (int i = 999; i >= 0; --i)
        many += "\"k" + std::to_string(i % 500 + 100) + "\":" + std::to_string(i) + ",";
    many.back() = '}';
    const auto message = Message::parse(many).value();
    CHECK(message.raw("k100") == "0");
    CHECK(message.raw("k599") == "499");
    CHECK(message.text().starts_with(R"({"k100":0,"k101":1,)"));
}

TEST_CASE("a message's own value may become another of its values", "[agent][message]") {
    auto message =
        Message::parse(R"({"id":1,"params":"a text that is longer than small strings are"})").value();
    message.set("result", message.raw("params"));
    message.set("id", message.raw("result"));
    message.erase("params");
    const auto copy = message;
    message.set("id", "2");
    CHECK(copy.raw("id") == R"("a text that is longer than small strings are")");
    CHECK(message.text() == R"({"id":2,"result":"a text that is longer than small strings are"})");
}
