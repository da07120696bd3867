#include "mqtt/subscriptions.hpp"

#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::mqtt;

namespace {

TopicFilter filter(const char* text) { return TopicFilter::parse(text).value(); }
const Message set_message("a/b/set", "ON", 0, false, false);

}  // namespace

TEST_CASE("a filter is asked for once, and again only when more is wanted", "[mqtt][subscriptions]") {
    Subscriptions subscriptions;
    const auto nothing = [](const Message&) {};
    const auto first = subscriptions.add(filter("a/#"), 0, RetainedReplay::none, nothing);
    REQUIRE(first.ask.has_value());
    CHECK(*first.ask == WireSubscription{"a/#", 0, RetainedReplay::none});
    const auto second = subscriptions.add(filter("a/#"), 0, RetainedReplay::none, nothing);
    CHECK_FALSE(second.ask.has_value());
    const auto third = subscriptions.add(filter("a/#"), 1, RetainedReplay::none, nothing);
    REQUIRE(third.ask.has_value());
    CHECK(third.ask->qos == 1);
    CHECK(subscriptions.all().size() == 1);

    CHECK_FALSE(subscriptions.remove(first.id).has_value());
    CHECK_FALSE(subscriptions.remove(second.id).has_value());
    CHECK(subscriptions.remove(third.id) == "a/#");
    CHECK_FALSE(subscriptions.remove(third.id).has_value());
    CHECK(subscriptions.all().empty());
}

TEST_CASE("every handler whose filter matches is called", "[mqtt][subscriptions]") {
    Subscriptions subscriptions;
    std::string called;
    const auto note = [&](char name) { return [&called, name](const Message&) { called.push_back(name); }; };
    subscriptions.add(filter("a/+/set"), 0, RetainedReplay::send, note('1'));
    subscriptions.add(filter("a/+/get"), 0, RetainedReplay::send, note('2'));
    subscriptions.add(filter("#"), 0, RetainedReplay::send, note('3'));
    subscriptions.add(filter("a/+/set"), 0, RetainedReplay::send, note('4'));
    subscriptions.dispatch(set_message);
    CHECK(called == "143");
}

TEST_CASE("handlers may subscribe and unsubscribe while they are called", "[mqtt][subscriptions]") {
    Subscriptions subscriptions;
    int calls = 0;
    SubscriptionId once = 0;
    once = subscriptions
               .add(filter("a/#"), 0, RetainedReplay::send,
                    [&](const Message& message) {
                        ++calls;
                        subscriptions.remove(once);
                        for (int i = 0; i < 20; ++i)
                            subscriptions.add(filter("a/b/set"), 0, RetainedReplay::send,
                                              [&](const Message&) { calls += 100; });
                        if (calls == 1) subscriptions.dispatch(message);
                    })
               .id;
    subscriptions.dispatch(set_message);
    CHECK(calls == 1 + 20 * 100);
}
