#include "app/config/learnt_keys.hpp"

#include <sys/stat.h>

#include <filesystem>

#include "config_support.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::app;
using namespace lanbridge::test;

namespace {

/// The folder that `write` puts files into.
std::filesystem::path folder_of(const TemporaryFolder& folder) {
    return folder.write("other", "").parent_path();
}

}  // namespace

TEST_CASE("keys are kept in a file for its owner alone, once for each source and name", "[app][keys]") {
    const TemporaryFolder folder;
    const auto data = folder_of(folder);
    CHECK(read_learnt_keys(data).value().empty());
    REQUIRE(keep_learnt_key(data, LearntKey(Secret("one"), "account", "a@example.com")));
    REQUIRE(keep_learnt_key(data, LearntKey(Secret("two"), "account", "b@example.com")));
    REQUIRE(keep_learnt_key(data, LearntKey(Secret("three"), "account", "a@example.com")));
    const auto keys = read_learnt_keys(data).value();
    REQUIRE(keys.size() == 2);
    CHECK(keys[0].key.reveal() == "two");
    CHECK(keys[1].key.reveal() == "three");
    struct stat info {};
    REQUIRE(::stat(learnt_keys_file(data).c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE("a damaged file of keys is an error to read, and set aside to write", "[app][keys]") {
    const TemporaryFolder folder;
    const auto data = folder.write("keys.json", "{\"keys\":7}").parent_path();
    CHECK(read_learnt_keys(data).error().is(Errc::malformed));
    REQUIRE(keep_learnt_key(data, LearntKey(Secret("new"), "account", "")));
    CHECK(read_learnt_keys(data).value().size() == 1);
    CHECK(std::filesystem::exists(data / "keys.json.damaged"));
}

TEST_CASE("devices are paired with the first configured key, else with one made once", "[app][keys]") {
    const TemporaryFolder folder;
    const auto data = folder_of(folder);
    SeededRandom random(5);
    CHECK(key_for_pairing({Secret(""), Secret("mine")}, data, random, true).value().reveal() == "mine");
    const auto shown = key_for_pairing({}, data, random, false).value();
    CHECK(!std::filesystem::exists(learnt_keys_file(data)));
    const auto made = key_for_pairing({}, data, random, true).value();
    CHECK(made.reveal().size() == 32);
    CHECK(key_for_pairing({}, data, random, true).value() == made);
    CHECK(shown.reveal().size() == 32);
}
