#include "meross/transport/auto_policy.hpp"

#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;
using model::Transport;

namespace {

using TimePoint = AutoPolicy::TimePoint;
constexpr auto http = Transport::http;
constexpr auto mqtt = Transport::mqtt;
constexpr auto none = Transport::none;

TimePoint at(int seconds) { return TimePoint(std::chrono::seconds(1'000'000 + seconds)); }

/// A device in `auto`, with or without a configured address, as it is once both transports work.
AutoPolicy both(bool host_configured) {
    AutoPolicy policy(Protocol::automatic);
    if (host_configured)
        policy.host_found();
    else
        policy.host_told();
    policy.broker_connected();
    policy.http_asked(at(0));
    policy.http_replied();
    policy.mqtt_heard(at(0));
    return policy;
}

}  // namespace

TEST_CASE("what is preferred, and what a device starts with", "[meross][policy]") {
    struct Row {
        Protocol configured;
        bool host;
        bool broker;
        Transport preferred;
        Route route;
    };
    const auto row = GENERATE(values<Row>({
        {Protocol::automatic, true, true, http, Route(http, none)},
        {Protocol::automatic, true, false, http, Route(http, none)},
        {Protocol::automatic, false, true, mqtt, Route(mqtt, none)},
        {Protocol::automatic, false, false, mqtt, Route(none, none)},
        {Protocol::http, true, true, http, Route(http, none)},
        {Protocol::http, false, true, http, Route(none, none)},
        {Protocol::mqtt, true, true, mqtt, Route(mqtt, none)},
        {Protocol::mqtt, true, false, mqtt, Route(none, none)},
    }));
    AutoPolicy policy(row.configured);
    if (row.host) policy.host_found();
    if (row.broker) policy.broker_connected();
    CHECK(policy.preferred() == row.preferred);
    CHECK(policy.current() == row.preferred);
    CHECK(policy.route() == row.route);
}

TEST_CASE("a request goes over the current transport first, and over the other one after it",
          "[meross][policy]") {
    auto by_host = both(true);
    CHECK(by_host.route() == Route(http, mqtt));
    auto by_broker = both(false);
    CHECK(by_broker.route() == Route(mqtt, http));
    by_host.mqtt_failed(true);  // not heard any more: nothing to fall back on
    CHECK(by_host.route() == Route(http, none));
}

TEST_CASE("an HTTP reply switches back to HTTP where it is preferred or nothing else works",
          "[meross][policy]") {
    auto preferred = both(true);
    preferred.http_failed(true);
    preferred.mqtt_heard(at(1));
    REQUIRE(preferred.current() == mqtt);
    preferred.http_replied();
    CHECK(preferred.current() == http);

    auto other = both(false);
    other.http_replied();
    CHECK(other.current() == mqtt);
    other.mqtt_failed(true);
    other.http_replied();
    CHECK(other.current() == http);
}

TEST_CASE("a message on MQTT switches to it where it is preferred or HTTP is down", "[meross][policy]") {
    auto other = both(true);
    other.mqtt_heard(at(1));
    CHECK(other.current() == http);
    other.http_failed(true);
    CHECK(other.current() == http);  // nothing is known to be better
    other.mqtt_heard(at(2));
    CHECK(other.current() == mqtt);

    auto preferred = both(false);
    preferred.broker_lost();
    preferred.http_replied();
    REQUIRE(preferred.current() == http);
    preferred.broker_connected();
    CHECK(preferred.current() == http);
    preferred.mqtt_heard(at(3));
    CHECK(preferred.current() == mqtt);
}

TEST_CASE("a lost broker sends everybody to HTTP who can go there", "[meross][policy]") {
    auto by_broker = both(false);
    CHECK_FALSE(by_broker.broker_lost());
    CHECK(by_broker.current() == http);
    CHECK(by_broker.route() == Route(http, none));
    CHECK_FALSE(by_broker.mqtt_active());

    auto by_host = both(true);
    CHECK_FALSE(by_host.broker_lost());
    CHECK(by_host.current() == http);

    AutoPolicy forced(Protocol::mqtt);
    forced.broker_connected();
    forced.mqtt_heard(at(0));
    CHECK(forced.broker_lost());  // off line
    CHECK(forced.current() == mqtt);

    AutoPolicy without_address(Protocol::automatic);
    without_address.broker_connected();
    without_address.mqtt_heard(at(0));
    CHECK(without_address.broker_lost());
}

TEST_CASE("only System.All says that HTTP is down; another failure raises a doubt", "[meross][policy]") {
    auto policy = both(true);
    policy.http_failed(false);
    CHECK(policy.http_active());
    CHECK(policy.http_doubtful());
    policy.http_replied();
    CHECK_FALSE(policy.http_doubtful());
    policy.http_failed(true);
    CHECK_FALSE(policy.http_active());
    CHECK_FALSE(policy.http_doubtful());
}

TEST_CASE("the same holds for MQTT", "[meross][policy]") {
    auto policy = both(false);
    policy.mqtt_failed(false);
    CHECK(policy.mqtt_active());
    CHECK(policy.mqtt_doubtful());
    policy.mqtt_failed(true);
    CHECK_FALSE(policy.mqtt_active());
    CHECK_FALSE(policy.mqtt_doubtful());
    policy.http_replied();
    CHECK(policy.current() == http);
}

TEST_CASE("a device that goes off line leaves nothing active, and is probed over HTTP first",
          "[meross][policy]") {
    auto policy = both(GENERATE(true, false));
    policy.device_offline();
    CHECK_FALSE(policy.http_active());
    CHECK_FALSE(policy.mqtt_active());
    CHECK(policy.probe_route() == Route(http, mqtt));
    CHECK(AutoPolicy(Protocol::mqtt).probe_route() == Route(none, none));
}

TEST_CASE("the better transport is tried again once in a heartbeat", "[meross][policy]") {
    auto policy = both(true);
    CHECK_FALSE(policy.fail_back_due(at(1000)));  // in use
    policy.http_failed(true);
    policy.mqtt_heard(at(1));
    policy.http_asked(at(1));
    CHECK_FALSE(policy.fail_back_due(at(295)));
    CHECK(policy.fail_back_due(at(297)));
    CHECK_FALSE(both(false).fail_back_due(at(1000)));  // MQTT is preferred
}

TEST_CASE("silence on MQTT is believed in for a heartbeat", "[meross][policy]") {
    auto policy = both(false);
    CHECK_FALSE(policy.mqtt_silent_for_long(at(295)));
    CHECK(policy.mqtt_silent_for_long(at(296)));
    policy.mqtt_heard(at(300));
    CHECK_FALSE(policy.mqtt_silent_for_long(at(400)));
    policy.mqtt_failed(true);
    CHECK_FALSE(policy.mqtt_silent_for_long(at(4000)));
    CHECK(policy.route() == Route(mqtt, http));  // it stays current until HTTP answers
}

TEST_CASE("over HTTP a device tells of its broker session, and is asked once which broker that is",
          "[meross][policy]") {
    auto policy = both(false);
    policy.broker_lost();
    policy.http_replied();
    policy.broker_connected();
    CHECK_FALSE(policy.broker_session(2));
    CHECK(policy.broker_session(1));
    CHECK_FALSE(policy.broker_session(1));  // once
    policy.broker_is_ours(at(5));
    CHECK(policy.mqtt_active());
    CHECK(policy.current() == mqtt);
    CHECK_FALSE(policy.broker_session(2));  // it has left
    CHECK_FALSE(policy.mqtt_active());
    policy.device_offline();
    CHECK(policy.broker_session(1));

    auto by_host = both(true);
    by_host.mqtt_failed(true);
    REQUIRE(by_host.broker_session(1));
    by_host.broker_is_ours(at(5));
    CHECK(by_host.mqtt_active());
    CHECK(by_host.current() == http);
}

TEST_CASE("a forced transport stays, whatever happens on the other one", "[meross][policy]") {
    AutoPolicy only_http(Protocol::http);
    only_http.host_found();
    only_http.broker_connected();
    only_http.mqtt_heard(at(0));
    only_http.http_failed(true);
    only_http.mqtt_heard(at(1));
    CHECK(only_http.current() == http);
    CHECK(only_http.route() == Route(http, none));

    AutoPolicy only_mqtt(Protocol::mqtt);
    only_mqtt.host_found();
    only_mqtt.broker_connected();
    only_mqtt.mqtt_heard(at(0));
    only_mqtt.mqtt_failed(true);
    CHECK(only_mqtt.current() == mqtt);
    CHECK(only_mqtt.route() == Route(mqtt, none));
}

TEST_CASE("both transports die and come back in either order", "[meross][policy]") {
    const bool host = GENERATE(true, false);
    auto policy = both(host);
    policy.broker_lost();
    policy.http_failed(true);
    policy.device_offline();
    REQUIRE_FALSE(policy.http_active());
    SECTION("HTTP first") {
        policy.http_replied();
        CHECK(policy.current() == http);
        policy.broker_connected();
        policy.mqtt_heard(at(10));
        CHECK(policy.current() == (host ? http : mqtt));
    }
    SECTION("MQTT first") {
        policy.broker_connected();
        policy.mqtt_heard(at(10));
        CHECK(policy.current() == mqtt);
        policy.http_replied();
        CHECK(policy.current() == (host ? http : mqtt));
    }
}

TEST_CASE("an address that is found makes HTTP the preferred transport, one that is told does not",
          "[meross][policy]") {
    AutoPolicy policy(Protocol::automatic);
    policy.broker_connected();
    policy.mqtt_heard(at(0));
    policy.host_told();
    CHECK(policy.preferred() == mqtt);
    CHECK(policy.route() == Route(mqtt, http));
    policy.host_found();
    CHECK(policy.preferred() == http);
    CHECK(policy.current() == mqtt);  // until it has answered there
    CHECK(policy.fail_back_due(at(1)));
    policy.http_replied();
    CHECK(policy.current() == http);
    policy.host_lost();
    CHECK(policy.current() == mqtt);
}
