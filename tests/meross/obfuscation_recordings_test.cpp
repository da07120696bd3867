#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <set>

#include "lanbridge/meross/protocol/obfuscation.hpp"
#include "lanbridge/sim/recording.hpp"
#include "meross/recordings_folder.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;

namespace {

struct SkipAll {
    SkipAll() {
        if (std::filesystem::is_directory(recordings())) return;
        std::cout << "skipped: no recordings in " << recordings()
                  << " (LANBRIDGE_TRACES names another folder)\n";
        std::exit(77);
    }
};
const SkipAll skip_all;

/// Names of the members whose values differ.
void differing(const Json& before, const Json& after, const std::string& name, std::set<std::string>& names) {
    if (before.type() != after.type() || before.size() != after.size()) {
        names.insert(name);
    } else if (before.is_object()) {
        for (const auto& [key, value] : before.items()) {
            if (after.contains(key))
                differing(value, after.at(key), key, names);
            else
                names.insert(key);
        }
    } else if (before.is_array()) {
        for (std::size_t i = 0; i < before.size(); ++i) differing(before[i], after[i], name, names);
    } else if (before != after) {
        names.insert(name);
    }
}

}  // namespace

TEST_CASE("in the recordings only what tells who and where is hidden", "[meross][recordings]") {
    const std::set<std::string> expected{
        "activeServer", "alias",      "bindId",         "devName",    "from",      "gatewayMac",
        "innerIp",      "latitude",   "longitude",      "macAddress", "mainPort",  "mainServer",
        "port",         "secondPort", "secondServer",   "server",     "setupCode", "setupId",
        "sn",           "ssid",       "suncalc",        "token",      "userId",    "uuid",
        "wifiMac",      "domain",     "reservedDomain", "host",       "key",       "matterPlatform",
        "bssid"};
    std::set<std::string> hidden;
    std::size_t rows = 0;
    for (const auto& entry : std::filesystem::directory_iterator(recordings())) {
        if (!entry.is_regular_file()) continue;
        INFO(entry.path());
        const auto recording = sim::read_recording(entry.path().string());
        REQUIRE(recording);
        meross::Obfuscator obfuscator;
        differing(recording->all, obfuscator.json(recording->all), "all", hidden);
        differing(recording->ability, obfuscator.json(recording->ability), "ability", hidden);
        for (const auto& row : recording->rows) {
            ++rows;
            const auto name = row.name_space.substr(row.name_space.rfind('.') + 1);
            differing(row.payload, obfuscator.json(row.payload), name, hidden);
        }
    }
    CHECK(rows > 2000);
    CHECK(hidden.contains("uuid"));
    CHECK(hidden.contains("innerIp"));
    for (const auto& name : hidden) {
        INFO(name);
        CHECK(expected.contains(name));
    }
}
