#include "agent/json/object_splitter.hpp"

#include <vector>

#include "support/catch.hpp"

using namespace lanbridge::agent;

namespace {

std::vector<std::string> split(const std::vector<std::string>& reads) {
    ObjectSplitter splitter;
    std::vector<std::string> objects;
    for (const auto& bytes : reads)
        splitter.feed(bytes, [&](std::string_view object) { objects.emplace_back(object); });
    return objects;
}
using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("objects are found glued, apart and with braces in strings", "[agent][splitter]") {
    CHECK(split({R"({"a":1}{"b":2})"}) == Texts{R"({"a":1})", R"({"b":2})"});
    CHECK(split({"{\"a\":1} \r\n {\"b\":2}\n"}) == Texts{R"({"a":1})", R"({"b":2})"});
    CHECK(split({R"({"a":"}{\"}"}{"b":[{}]})"}) == Texts{R"({"a":"}{\"}"})", R"({"b":[{}]})"});
    CHECK(split({"noise}]{\"a\":1}noise"}) == Texts{R"({"a":1})"});
}

TEST_CASE("an object may come in any pieces", "[agent][splitter]") {
    const std::string whole = R"({"a":"x\"}","b":{"c":[1,2]}}{"d":"\\"})";
    const auto expected = split({whole});
    REQUIRE(expected.size() == 2);
    for (std::size_t size = 1; size < whole.size(); ++size) {
        Texts pieces;
        for (std::size_t at = 0; at < whole.size(); at += size) pieces.push_back(whole.substr(at, size));
        CHECK(split(pieces) == expected);
    }
}

TEST_CASE("an endless object is dropped, counted, and what follows it is heard", "[agent][splitter]") {
    ObjectSplitter splitter;
    std::vector<std::string> objects;
    const auto note = [&](std::string_view object) { objects.emplace_back(object); };
    splitter.feed("{\"a\":\"", note);
    for (int i = 0; i < 20; ++i) splitter.feed(std::string(100'000, 'x'), note);
    splitter.feed("\"}{\"b\":1}", note);
    CHECK(objects == Texts{R"({"b":1})"});
    CHECK(splitter.too_long() == 1);
    splitter.feed("{\"half", note);
    splitter.reset();
    splitter.feed("{\"c\":1}", note);
    CHECK(objects.back() == R"({"c":1})");
}
