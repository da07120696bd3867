#include "lanbridge/meross/protocol/namespaces.hpp"

#include <set>

#include "support/catch.hpp"
#include "support/vectors.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;
using namespace lanbridge::test;

namespace {

constexpr std::array only_channel{0};

std::string text_or_empty(const OrderedJson& json) { return json.is_null() ? "" : json.get<std::string>(); }

bool yes(const OrderedJson& json) { return json.is_boolean() && json.get<bool>(); }

/// The vectors show timers' ids as a placeholder in angle brackets; ours is left empty for the caller.
Json without_placeholders(Json payload) {
    for (auto& value : payload)
        if (value.is_object() && value.contains("id")) value["id"] = "";
    return payload;
}

}  // namespace

TEST_CASE("every known namespace is in the table as observed", "[meross][namespaces]") {
    std::size_t compared = 0;
    for (const auto& vector : meross_vectors("namespaces")) {
        INFO(vector.dump());
        const bool hub = vector.at("hub_map").get<bool>();
        const Namespace* row = find_namespace(text(vector, "namespace"), hub);
        REQUIRE(row);
        CHECK(row->hub == hub);
        CHECK(row->key == text_or_empty(vector.at("payload_key")));
        CHECK(index_member(row->index) == text_or_empty(vector.at("index_key")));
        CHECK((row->get == Seen::yes) == yes(vector.at("get")));
        CHECK((row->set == Seen::yes) == yes(vector.at("set")));
        CHECK((row->push == Seen::yes) == yes(vector.at("push")));
        CHECK((row->push_query == Seen::yes) == yes(vector.at("push_query")));
        CHECK(row->do_not_probe == vector.at("do_not_probe").get<bool>());
        ++compared;
    }
    CHECK(compared == 137);
}

TEST_CASE("every namespace is asked for in its own shape", "[meross][namespaces]") {
    for (const auto& vector : meross_vectors("namespaces")) {
        INFO(vector.dump());
        const bool hub = vector.at("hub_map").get<bool>();
        const Json expected = plain(vector.at("default_get_payload"));
        const Json payload = default_get_payload(text(vector, "namespace"), only_channel, hub);
        if (expected.is_null())
            CHECK(payload == Json::object());
        else
            CHECK(payload == without_placeholders(expected));
        const auto shape = find_namespace(text(vector, "namespace"), hub)->shape;
        CHECK((shape == GetShape::none || shape == GetShape::push_query) == expected.is_null());
    }
}

TEST_CASE("unknown namespaces are guessed from their name", "[meross][namespaces]") {
    for (const auto& vector : meross_vectors("namespace_key_heuristic")) {
        INFO(vector.dump());
        const auto guess = guess_namespace(text(vector, "namespace"));
        CHECK(guess.key == text(vector, "payload_key"));
        CHECK(index_member(guess.index) == text(vector, "index_key"));
        if (!find_namespace(text(vector, "namespace")))
            CHECK(default_get_payload(text(vector, "namespace"), only_channel) ==
                  plain(vector.at("default_get_payload")));
    }
    CHECK(guess_namespace("").key.empty());
    CHECK(guess_namespace("Nothing").key == "nothing");
}

TEST_CASE("a list of channels is asked for channel by channel", "[meross][namespaces]") {
    constexpr std::array channels{1, 2};
    CHECK(default_get_payload("Appliance.Control.ElectricityX", channels) ==
          Json::parse(R"({"electricity":[{"channel":1},{"channel":2}]})"));
    CHECK(default_get_payload("Appliance.Control.ElectricityX", {}) ==
          Json::parse(R"({"electricity":[{"channel":0}]})"));
    CHECK(default_get_payload("Appliance.Control.Sensor.LatestX", channels) ==
          Json::parse(R"({"latest":[{"channel":1,"data":[]},{"channel":2,"data":[]}]})"));
    CHECK(default_get_payload("Appliance.Control.ToggleX", channels) == Json::parse(R"({"togglex":{}})"));
}

TEST_CASE("a hub has a meaning of its own for some namespaces", "[meross][namespaces]") {
    const auto* device = find_namespace("Appliance.Control.Sensor.LatestX");
    const auto* hub = find_namespace("Appliance.Control.Sensor.LatestX", true);
    REQUIRE(device);
    REQUIRE(hub);
    CHECK(device->index == IndexKey::channel);
    CHECK(hub->index == IndexKey::sub_id);
    CHECK(find_namespace("Appliance.System.All", true) == find_namespace("Appliance.System.All"));
    REQUIRE(find_namespace("Appliance.Hub.Battery"));
    CHECK(find_namespace("Appliance.Hub.Battery")->hub);
    CHECK_FALSE(find_namespace("Appliance.Control.NoSuchThing"));
    CHECK_FALSE(find_namespace(""));
    CHECK_FALSE(find_namespace("appliance.system.all"));
}

TEST_CASE("the polling plan of what is polled", "[meross][namespaces]") {
    struct Plan {
        std::string_view name;
        Strategy strategy;
        int period_s, cloud_period_s, base_size, item_size;
    };
    constexpr Plan plans[] = {
        {"Appliance.System.All", Strategy::all, 295, 0, 1000, 0},
        {"Appliance.System.Runtime", Strategy::lazy, 300, 1195, 330, 0},
        {"Appliance.Control.Electricity", Strategy::smart, 0, 180, 430, 0},
        {"Appliance.Control.ElectricityX", Strategy::smart, 0, 180, 300, 100},
        {"Appliance.Control.ConsumptionH", Strategy::smart, 55, 600, 320, 900},
        {"Appliance.Control.ConsumptionX", Strategy::smart, 55, 600, 320 + 30 * 53, 0},
        {"Appliance.Control.ToggleX", Strategy::none, 300, 1195, 300, 0},
        {"Appliance.Control.Thermostat.CtlRange", Strategy::once, 0, 0, 300, 80},
        {"Appliance.Hub.Battery", Strategy::smart, 3600, 3600, 300, 40},
        {"Appliance.Hub.Sensor.All", Strategy::chunked, 295, 1195, 300, 250},
    };
    for (const auto& plan : plans) {
        INFO(plan.name);
        const auto* row = find_namespace(plan.name);
        REQUIRE(row);
        CHECK(row->strategy == plan.strategy);
        CHECK(row->period_s == plan.period_s);
        CHECK(row->cloud_period_s == plan.cloud_period_s);
        CHECK(row->base_size == plan.base_size);
        CHECK(row->item_size == plan.item_size);
    }
    CHECK(find_namespace("Appliance.Hub.Mts100.ScheduleB")->chunk == 4);
}

TEST_CASE("what is polled can be asked for, and chunks have a size", "[meross][namespaces]") {
    for (const auto& row : namespaces()) {
        INFO(row.name);
        CHECK(row.name.starts_with("Appliance."));
        if (row.strategy != Strategy::none) CHECK(row.shape != GetShape::none);
        CHECK((row.strategy == Strategy::chunked) == (row.chunk > 0));
        CHECK(row.base_size >= 300);
    }
}
