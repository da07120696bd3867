#include "lanbridge/model/entity.hpp"

#include "support/catch.hpp"

using namespace lanbridge::model;

TEST_CASE("an entity set finds its parts by name and numbers them densely", "[model][entity]") {
    EntityDescription cover;
    cover.key = "cover_0";
    cover.parts.resize(2);
    cover.parts[1].name = "position";
    const EntitySet set({make_switch("switch_0"), cover, make_sensor("power", "power", "W", "measurement")});
    CHECK(set.slot_count() == 4);
    CHECK(set.slot("cover_0", "state") == 0U);
    CHECK(set.slot("cover_0", "position") == 1U);
    CHECK(set.slot("power", "state") == 2U);
    CHECK(set.slot("switch_0", "state") == 3U);
    CHECK_FALSE(set.slot("switch_0", "position").has_value());
    CHECK_FALSE(set.slot("nothing", "state").has_value());
}

TEST_CASE("equal entity sets share one object", "[model][entity]") {
    EntitySetPool pool;
    const auto a = pool.intern({make_switch("switch_0"), make_button("press")});
    const auto b = pool.intern({make_button("press"), make_switch("switch_0")});
    const auto c = pool.intern({make_switch("switch_1")});
    CHECK(a == b);
    CHECK(a != c);
}

TEST_CASE("keys become sentence case names", "[model][entity]") {
    CHECK(sentence_case("overheat_warning") == "Overheat warning");
    CHECK(sentence_case("") == "");
}
