#include "lanbridge/mqtt/topic_filter.hpp"

#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::mqtt;

namespace {

struct Row {
    const char* filter;
    const char* topic;
    bool matches;
};

}  // namespace

TEST_CASE("topic filters match as the specification of MQTT says", "[mqtt][topic_filter]") {
    const auto row = GENERATE(values<Row>({
        {"a/b/c", "a/b/c", true},
        {"a/b/c", "a/b", false},
        {"a/b", "a/b/c", false},
        {"a/+/c", "a/b/c", true},
        {"a/+/c", "a/b/d", false},
        {"a/+", "a/b/c", false},
        {"a/+", "a/", true},
        {"a/+", "a", false},
        {"+", "a", true},
        {"+", "/a", false},
        {"+/+", "/a", true},
        {"/+", "/a", true},
        {"#", "a/b/c", true},
        {"#", "/", true},
        {"a/#", "a", true},
        {"a/#", "a/", true},
        {"a/#", "a/b/c", true},
        {"a/#", "ab", false},
        {"a/+/#", "a/b", true},
        {"a/+/#", "a", false},
        {"#", "$SYS/x", false},
        {"+/x", "$SYS/x", false},
        {"$SYS/#", "$SYS/x", true},
        {"a//c", "a//c", true},
        {"a//c", "a/c", false},
        {"a/+/c", "a//c", true},
        {"a", "A", false},
        {"lanbridge/+/+/set", "lanbridge/meross_1/switch_0/set", true},
        {"lanbridge/+/+/set", "lanbridge/meross_1/fan/percentage/set", false},
    }));
    const auto filter = TopicFilter::parse(row.filter);
    REQUIRE(filter.has_value());
    INFO(row.filter << " and " << row.topic);
    CHECK(filter->matches(row.topic) == row.matches);
}

TEST_CASE("bad topic filters are refused with a reason", "[mqtt][topic_filter]") {
    const auto text = GENERATE(as<std::string>{}, "", "a+", "a/b+/c", "a/#/c", "a#", "a/##",
                               std::string("a\0b", 3), std::string(65536, 'x'));
    const auto filter = TopicFilter::parse(text);
    REQUIRE(filter.has_error());
    CHECK(filter.error().is(Errc::invalid_value));
    CHECK_FALSE(filter.error().where.empty());
}

TEST_CASE("topics to publish to have no wildcards", "[mqtt][topic_filter]") {
    CHECK(valid_topic("a/b"));
    CHECK(valid_topic("/"));
    CHECK_FALSE(valid_topic(""));
    CHECK_FALSE(valid_topic("a/+"));
    CHECK_FALSE(valid_topic("a/#"));
    CHECK_FALSE(valid_topic(std::string_view("a\0b", 3)));
    CHECK_FALSE(valid_topic(std::string(65536, 'x')));
}
