#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "agent/cache/crc.hpp"
#include "agent/cache/keys.hpp"
#include "agent/cache/product_rules.hpp"
#include "agent/cache/store.hpp"
#include "agent/temporary_folder.hpp"
#include "agent/vectors.hpp"
#include "support/catch.hpp"

using namespace lanbridge::agent;
using lanbridge::agent::testing::TemporaryFolder;
using lanbridge::agent::testing::vectors;

namespace {

const std::string bulb = R"({"mac":"AA:BB:CC:DD:EE:FF","pdid":1249})";

std::string product(const std::string& rules, const std::string& pdid = "2691") {
    return R"({"operation":"query_prod","pdid":)" + pdid + R"(,"ttl":1800,"thr":-40,"upRule":)" + rules + "}";
}

}  // namespace

TEST_CASE("keys are openmiio_agent's", "[agent][cache]") {
    const auto recorded = vectors("agent_cache_keys");
    for (const auto& each : recorded.at("cases")) {
        const auto text = each.at("text").get<std::string>();
        CAPTURE(text);
        CHECK(crc_koopman(each.at("seed").get<std::uint32_t>(), text) == each.at("key").get<std::uint32_t>());
    }
    CHECK(crc_koopman(0, "123456789") == 0x2D3DD0AE);
    CHECK(key_of(Kept::device, bulb) == 1073182952U);
    CHECK(key_of(Kept::product, R"({"pdid":2691})") == 1197530620U);
    CHECK(key_of(Kept::home, "") == 3U);
}

TEST_CASE("what is too short or of another type has no key", "[agent][cache]") {
    for (const auto* asked :
         {"", "{}", "5", "null", R"("")", "[]", R"({"mac":"AA:BB"})",
          R"("a text that is long enough to be one")", "[1111111111111111111111111111]"}) {
        CAPTURE(asked);
        CHECK(key_of(Kept::device, asked) == std::nullopt);
    }
    CHECK(key_of(Kept::product, "") == std::nullopt);
    CHECK(key_of(Kept::product, "[1]") == std::nullopt);
}

TEST_CASE("what another device or product is known by is not used", "[agent][cache]") {
    CHECK(fits(Kept::device, bulb, R"({"mac":"AA:BB:CC:DD:EE:FF","beaconkey":"x"})"));
    CHECK(fits(Kept::device, R"({"mac":"aa:bb:cc:dd:ee:ff"})", R"({"mac":"AA:BB:CC:DD:EE:FF"})"));
    CHECK(fits(Kept::device, bulb, R"({"did":"y"})"));
    CHECK_FALSE(fits(Kept::device, bulb, R"({"mac":"AA:BB:CC:DD:EE:00","beaconkey":"x"})"));
    CHECK_FALSE(fits(Kept::device, bulb, product("[]", "1249")));
    CHECK_FALSE(fits(Kept::device, bulb, "null"));

    const std::string late_mac = R"({"pdid":1,"mac":"AA:BB:CC:DD:EE:FF"})";
    CHECK(fits(Kept::device, late_mac, R"({"mac":"AA:BB:CC:DD:EE:FF"})"));
    CHECK_FALSE(fits(Kept::device, late_mac, R"({"mac":"AA:BB:CC:11:22:33"})"));
    CHECK_FALSE(fits(Kept::device, late_mac, R"({"did":"y"})"));

    CHECK(fits(Kept::product, R"({"pdid":2691})", product("[]")));
    CHECK(fits(Kept::product, R"({"pdid":2691})", R"({"upRule":[]})"));
    CHECK_FALSE(fits(Kept::product, R"({"pdid":2692})", product("[]")));
    CHECK_FALSE(fits(Kept::product, R"({"pdid":1249})", bulb));

    CHECK(fits(Kept::home, "", R"({"uid":"1","homeid":"2"})"));
    CHECK_FALSE(fits(Kept::home, "", bulb));
    CHECK_FALSE(fits(Kept::home, "", product("[]")));
}

TEST_CASE("reporting rules change at their places", "[agent][cache]") {
    const std::string kept = R"({"eid":9999,"delta":0.250,"intvl":7,"why":[1,{"eid":4106}]})";
    CHECK(hasten_reports(R"({"new":1,"upRule":[{"eid":4106,"x":2.50,"delta":1.5,"intvl":60},)" + kept +
                         R"(],"pdid":1,"extra":{"intvl":1}})") ==
          R"({"new":1,"upRule":[{"eid":4106,"x":2.50,"delta":0,"intvl":600},)" + kept +
              R"(],"pdid":1,"extra":{"intvl":1}})");
    CHECK(hasten_reports(product(R"([{"eid":4102}])")) == product(R"([{"eid":4102,"delta":5,"intvl":180}])"));
    CHECK(hasten_reports(product(R"([{"delta":9,"eid":1,"eid":4100,"delta":8}])")) ==
          product(R"([{"delta":1,"eid":1,"eid":4100,"delta":1,"intvl":180}])"));
}

TEST_CASE("each event has its rule", "[agent][cache]") {
    struct Row {
        int eid;
        int delta;
        int intvl;
    };
    const std::vector<Row> rows{{3, 0, 0},      {4, 0, 0},      {5, 0, 0},      {6, 0, 0},
                                {7, 0, 0},      {8, 0, 0},      {11, 0, 0},     {15, 0, 0},
                                {4097, 0, 0},   {4119, 0, 0},   {4120, 0, 0},   {4100, 1, 180},
                                {4104, 1, 180}, {4105, 1, 180}, {4109, 1, 180}, {4102, 5, 180},
                                {4103, 0, 600}, {4106, 0, 600}, {4110, 0, 420}, {4111, 0, 420}};
    for (int eid = 0; eid < 5000; ++eid) {
        const auto before = product(R"([{"delta":9,"eid":)" + std::to_string(eid) + R"(,"intvl":77}])");
        const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.eid == eid; });
        const auto after = hasten_reports(before);
        CAPTURE(eid);
        REQUIRE(after.has_value() == (row != rows.end()));
        if (!after) continue;
        CHECK(*after == product(R"([{"delta":)" + std::to_string(row->delta) + R"(,"eid":)" +
                                std::to_string(eid) + R"(,"intvl":)" + std::to_string(row->intvl) + "}]"));
    }
}

TEST_CASE("three products announce one event and send another", "[agent][cache]") {
    const std::string announced = R"([{"delta":1.5,"eid":4112,"intvl":60}])";
    for (const auto* pdid : {"131", "275", "1116"})
        CHECK(hasten_reports(product(announced, pdid)) ==
              product(R"([{"delta":0,"eid":4101,"intvl":0}])", pdid));
    CHECK_FALSE(hasten_reports(product(announced, "999")));
}

TEST_CASE("a product of odd types or ranges is left alone", "[agent][cache]") {
    const std::string rule = R"([{"eid":4106,"delta":1.5,"intvl":60}])";
    REQUIRE(hasten_reports(product(rule)));
    for (const auto* pdid : {"70000", "-1", "\"1\"", "1.0", "1e2", "[]", "true", "99999999999999999999"})
        CHECK_FALSE(hasten_reports(product(rule, pdid)));
    for (const auto& result :
         {R"({"thr":-32769,"upRule":)" + rule + "}", R"({"thr":32768,"upRule":)" + rule + "}",
          R"({"ttl":65536,"upRule":)" + rule + "}", R"({"operation":5,"upRule":)" + rule + "}",
          R"({"upRule":[{"eid":4106,"delta":"1"}]})" + std::string(), std::string(R"({"upRule":[5]})"),
          std::string(R"({"upRule":{}})"),
          std::string(R"({"upRule":[{"eid":4106},{"eid":4106,"intvl":-1}]})"),
          std::string(R"({"upRule":[null]})"), std::string(R"({"upRule":null})"), std::string("{}"),
          std::string("null"), std::string("[]"), std::string("\"\""), std::string("5"), std::string()}) {
        CAPTURE(result);
        CHECK_FALSE(hasten_reports(result));
    }
    CHECK(hasten_reports(R"({"thr":-32768,"ttl":null,"upRule":[null,{"eid":4106,"delta":null}]})"));
}

TEST_CASE("a store of 512 entries forgets what was used least recently", "[agent][cache]") {
    const TemporaryFolder folder;
    Store store(folder / "agent.json");
    for (std::uint32_t key = 1000; key < 1000 + Store::most_entries; ++key) CHECK(store.remember(key, "{}"));
    CHECK(store.find(1000) != nullptr);
    CHECK(store.remember(7, "{}"));
    CHECK(store.size() == Store::most_entries);
    CHECK(store.evicted() == 1);
    CHECK(store.find(1001) == nullptr);
    CHECK(store.find(1000) != nullptr);
    CHECK(store.find(7) != nullptr);
}

TEST_CASE("a store is bounded in bytes too", "[agent][cache]") {
    const TemporaryFolder folder;
    Store store(folder / "agent.json");
    const std::string big(Store::longest_value, '1');
    CHECK_FALSE(store.remember(1, big + "1"));
    CHECK(store.size() == 0);
    for (std::uint32_t key = 1; key <= 10; ++key) CHECK(store.remember(key, big));
    CHECK(store.size() == Store::most_bytes / Store::longest_value);
    CHECK(store.find(10) != nullptr);
    CHECK(store.remember(10, "1"));
    CHECK(store.size() == 4);
    CHECK(store.remember(11, big));
    CHECK(store.size() == 4);
    CHECK(store.find(11) != nullptr);
    CHECK(store.find(10) != nullptr);
}

TEST_CASE("a store is dirty only by what is new", "[agent][cache]") {
    const TemporaryFolder folder;
    Store store(folder / "agent.json");
    REQUIRE(store.load());
    CHECK_FALSE(store.dirty());
    store.remember(3, R"({"uid":1})");
    CHECK(store.dirty());
    REQUIRE(store.save());
    CHECK_FALSE(store.dirty());
    store.remember(3, R"({"uid":1})");
    CHECK_FALSE(store.dirty());
    store.remember(3, R"({"uid":2})");
    CHECK(store.dirty());
}

TEST_CASE("the store's file is openmiio_agent's", "[agent][cache]") {
    const TemporaryFolder folder;
    const auto path = folder / "agent.json";
    const std::string before = R"({"aside":{"z":1.50,"a":[]},"cache":{"3":{"uid":"1"},"odd":{}},"zeta":"<"})";
    std::ofstream(path) << "\n " << before << "\n";
    Store store(path);
    REQUIRE(store.load());
    CHECK(store.size() == 2);
    store.remember(20, R"({"k":2.50})");
    store.remember(100, "null");
    REQUIRE(store.save());
    CHECK(folder.read("agent.json") == R"({"aside":{"z":1.50,"a":[]},"cache":)"
                                       R"({"100":null,"20":{"k":2.50},"3":{"uid":"1"},"odd":{}},)"
                                       R"("zeta":"\u003c"})");
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0644U);
}

TEST_CASE("a broken file is set aside, and the store starts empty", "[agent][cache]") {
    for (const auto* text : {"", "{", R"({"cache":{"3":{"uid":1})", "[]", "5", R"({"cache":5})",
                             R"({"cache":{}} x)", "\xff\xfe"}) {
        CAPTURE(text);
        const TemporaryFolder folder;
        std::ofstream(folder / "agent.json") << text;
        Store store(folder / "agent.json");
        const auto loaded = store.load();
        REQUIRE_FALSE(loaded);
        CHECK(loaded.error().text().find("agent.json") != std::string::npos);
        CHECK(store.size() == 0);
        CHECK(folder.read("agent.json.broken") == text);
        store.remember(3, "{}");
        REQUIRE(store.save());
        CHECK(folder.read("agent.json") == R"({"cache":{"3":{}}})");
        CHECK(folder.read("agent.json.broken") == text);
    }
}

TEST_CASE("a file that is too big is set aside", "[agent][cache]") {
    const TemporaryFolder folder;
    std::ofstream(folder / "agent.json")
        << R"({"cache":{},"x":")" << std::string(Store::largest_file, 'x') << "\"}";
    Store store(folder / "agent.json");
    CHECK_FALSE(store.load());
    CHECK(folder.read("agent.json.broken").size() > Store::largest_file);
}

TEST_CASE("files that have no cache yet are no mistake", "[agent][cache]") {
    for (const auto* text : {"{}", "null", R"({"cache":null})", R"({"cache":{}})"}) {
        const TemporaryFolder folder;
        std::ofstream(folder / "agent.json") << text;
        Store store(folder / "agent.json");
        CHECK(store.load());
        CHECK(store.text() == R"({"cache":{}})");
    }
}

TEST_CASE("a file with too many entries is cut down when it is read", "[agent][cache]") {
    const TemporaryFolder folder;
    nlohmann::json file;
    for (int key = 0; key < 2000; ++key) file["cache"][std::to_string(key)] = key;
    std::ofstream(folder / "agent.json") << file.dump();
    Store store(folder / "agent.json");
    REQUIRE(store.load());
    CHECK(store.size() == Store::most_entries);
}
