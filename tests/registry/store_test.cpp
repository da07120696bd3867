#include "lanbridge/registry/store.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "lanbridge/base/files.hpp"
#include "lanbridge/base/json.hpp"
#include "support/catch.hpp"
#include "support/virtual_time.hpp"

using namespace lanbridge;
using namespace lanbridge::registry;
using lanbridge::test::ContainsSubstring;
using lanbridge::test::VirtualTime;
using model::DeviceId;
namespace fs = std::filesystem;

namespace {

struct TempDir {
    TempDir() {
        std::string pattern = (fs::temp_directory_path() / "lanbridge-store-XXXXXX").string();
        path = ::mkdtemp(pattern.data());
    }
    ~TempDir() { fs::remove_all(path); }
    std::string path;
};

struct World {
    asio::io_context io;
    VirtualTime time{io};
    SeededRandom random{1};
    Context context{io.get_executor(), time, random};

    /// Moves the clock, then lets the writer's thread, which knows no virtual time, come to its end.
    void pass(const Store& store, TimeSource::Clock::duration by) {
        time.advance(by);
        for (int i = 0; i < 500 && store.saving(); ++i) {
            io.restart();
            io.run_one_for(std::chrono::milliseconds(20));
        }
        REQUIRE(!store.saving());
        time.settle();
    }
    std::unique_ptr<Store> open(const std::string& directory) {
        auto store = Store::open(context, directory);
        REQUIRE(store.has_value());
        return std::move(store).value();
    }
    Result<void> flush(Store& store) {
        std::optional<Result<void>> outcome;
        asio::co_spawn(io, store.flush(2s),
                       [&](const std::exception_ptr&, Result<void> r) { outcome.emplace(std::move(r)); });
        for (int i = 0; i < 500 && !outcome; ++i) {
            io.restart();
            io.run_one_for(std::chrono::milliseconds(20));
        }
        REQUIRE(outcome);
        return *outcome;
    }
    void close(std::unique_ptr<Store>& store) {
        store->stop();
        time.settle();
        REQUIRE(store->idle());
        store.reset();
    }
};

std::string slurp(const std::string& path) { return read_file(path, 1 << 30).value(); }
void spill(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

std::vector<std::string> names_in(const std::string& directory) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory))
        names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
}

}  // namespace

TEST_CASE("what is remembered is there after a restart", "[registry][store]") {
    TempDir dir;
    World world;
    auto store = world.open(dir.path + "/deeper/state");
    store->remember(DeviceId("meross_1"), "met", R"({"host":"192.168.1.20"})");
    store->remember(DeviceId("meross_1"), "note", "\"\\u00e4 \xc3\xa4 \\\" \\n\"");
    store->remember(DeviceId("meross_2"), "met", "1");
    store->forget(DeviceId("meross_2"));
    REQUIRE(world.flush(*store));
    world.close(store);

    store = world.open(dir.path + "/deeper/state");
    CHECK(store->recall(DeviceId("meross_1"), "met") == R"({"host":"192.168.1.20"})");
    CHECK(store->recall(DeviceId("meross_1"), "note") == "\"\\u00e4 \xc3\xa4 \\\" \\n\"");
    CHECK(!store->recall(DeviceId("meross_2"), "met"));
    CHECK(!store->recall(DeviceId("meross_1"), "other"));
    CHECK(store->known() == std::vector{DeviceId("meross_1")});
    struct stat status {};
    REQUIRE(::stat((dir.path + "/deeper/state/devices.json").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    world.close(store);
}

TEST_CASE("changes are written two seconds after the first, together", "[registry][store]") {
    TempDir dir;
    World world;
    auto store = world.open(dir.path);
    const auto file = dir.path + "/devices.json";
    store->remember(DeviceId("meross_1"), "energy", "1");
    world.pass(*store, 1900ms);
    CHECK(!fs::exists(file));
    store->remember(DeviceId("meross_1"), "energy", "2");
    world.pass(*store, 200ms);
    REQUIRE(fs::exists(file));
    CHECK_THAT(slurp(file), ContainsSubstring("\"2\""));

    SECTION("an unchanged record is not written") {
        fs::remove(file);
        store->remember(DeviceId("meross_1"), "energy", "2");
        world.pass(*store, 1min);
        CHECK(!fs::exists(file));
    }
    SECTION("changes without pause are written all the same") {
        for (int i = 0; i < 8; ++i) {
            store->remember(DeviceId("meross_1"), "energy", std::to_string(100 + i));
            world.pass(*store, 500ms);
        }
        CHECK_THAT(slurp(file), ContainsSubstring("\"10"));
    }
    SECTION("the version before is kept") {
        store->remember(DeviceId("meross_1"), "energy", "3");
        world.pass(*store, 3s);
        CHECK_THAT(slurp(file), ContainsSubstring("\"3\""));
        CHECK_THAT(slurp(file + ".1"), ContainsSubstring("\"2\""));
        CHECK(names_in(dir.path) == std::vector<std::string>{"devices.json", "devices.json.1", "lock"});
    }
    world.close(store);
}

TEST_CASE("a damaged file is set aside and the version before is used", "[registry][store]") {
    TempDir dir;
    World world;
    const auto file = dir.path + "/devices.json";
    const std::string good = R"({"version":1,"texts":[],"devices":{"meross_1":{"met":"{}"}}})";
    const std::string damaged = GENERATE(
        R"({"version":1,"texts":[],"devices":{"meross_1":{"met":"{)", "", "\x01\x02", "[]", "null", "7",
        R"({"version":1,"texts":[],"devices":{"meross_1":{"met":3}}})", R"({"texts":[],"devices":{}})",
        R"({"version":2,"records":{}})", R"({"version":1,"devices":{"meross_1":{"met":{}}}})",
        R"({"version":1,"devices":{"meross_1":[]}})", R"({"version":1,"devices":{"meross_1":{"met":null}}})");
    spill(file, damaged);
    spill(file + ".1", good);
    auto store = world.open(dir.path);
    CHECK(store->recall(DeviceId("meross_1"), "met") == "{}");
    CHECK(!fs::exists(file));
    CHECK(slurp(file + ".damaged-20231114T221320Z") == damaged);
    store->remember(DeviceId("meross_2"), "met", "{}");
    REQUIRE(world.flush(*store));
    CHECK(fs::exists(file + ".damaged-20231114T221320Z"));
    CHECK(slurp(file + ".1") == good);
    world.close(store);
}

TEST_CASE("two damaged files are no reason not to start", "[registry][store]") {
    TempDir dir;
    World world;
    spill(dir.path + "/devices.json", "{");
    spill(dir.path + "/devices.json.1", "}");
    auto store = world.open(dir.path);
    CHECK(store->size() == 0);
    world.close(store);
}

TEST_CASE("being killed while writing leaves the old file", "[registry][store]") {
    TempDir dir;
    World world;
    const auto file = dir.path + "/devices.json";
    const std::string good = R"({"version":1,"texts":[],"devices":{"meross_1":{"met":"{}"}}})";
    SECTION("before the rename") { spill(file, good); }
    SECTION("between two renames, on a file system without hard links") { spill(file + ".1", good); }
    spill(file + ".tmp", R"({"version":1,"texts":[],"dev)");
    auto store = world.open(dir.path);
    CHECK(store->known() == std::vector{DeviceId("meross_1")});
    store->remember(DeviceId("meross_1"), "met", "1");
    REQUIRE(world.flush(*store));
    CHECK(!fs::exists(file + ".tmp"));
    world.close(store);
}

TEST_CASE("a directory that cannot be written is no reason not to start, and is tried again",
          "[registry][store]") {
    TempDir dir;
    World world;
    spill(dir.path + "/file", "");  // a directory below a file: not even root can write there
    auto store = world.open(dir.path + "/file/state");
    store->remember(DeviceId("meross_1"), "met", "{}");
    const auto outcome = world.flush(*store);
    REQUIRE(!outcome);
    CHECK_THAT(outcome.error().text(), ContainsSubstring("/file/state/devices.json"));
    REQUIRE(store->trouble());
    CHECK(store->recall(DeviceId("meross_1"), "met") == "{}");

    fs::remove(dir.path + "/file");
    fs::create_directories(dir.path + "/file/state");
    world.pass(*store, 31s);
    CHECK(!store->trouble());
    CHECK(fs::exists(dir.path + "/file/state/devices.json"));
    world.close(store);
}

TEST_CASE("two daemons do not share a data directory", "[registry][store]") {
    TempDir dir;
    World world;
    auto store = world.open(dir.path);
    const auto second = Store::open(world.context, dir.path);
    REQUIRE(!second);
    CHECK(second.error().is(Errc::busy));
    CHECK_THAT(second.error().text(), ContainsSubstring("process " + std::to_string(::getpid())));
    world.close(store);
    auto third = world.open(dir.path);
    world.close(third);
}

TEST_CASE("removed devices are remembered as such until pardoned", "[registry][store]") {
    TempDir dir;
    World world;
    auto store = world.open(dir.path);
    store->remember(DeviceId("meross_1"), "met", "{}");
    store->mark_removed(DeviceId("meross_1"));
    CHECK(store->known().empty());
    CHECK(store->recall(DeviceId("meross_1"), model::removed_topic) == "true");
    CHECK(!store->recall(DeviceId("meross_1"), "met"));
    REQUIRE(world.flush(*store));
    world.close(store);
    store = world.open(dir.path);
    CHECK(store->removed() == std::vector{DeviceId("meross_1")});
    store->pardon_removed();
    CHECK(store->removed().empty());
    world.close(store);
}

TEST_CASE("a text that several devices share is kept once", "[registry][store]") {
    TempDir dir;
    World world;
    auto store = world.open(dir.path);
    const std::string ability = dump_json(Json(std::string(3000, 'a')));
    for (int i = 0; i < 10; ++i) store->remember(DeviceId("meross_" + std::to_string(i)), "ability", ability);
    REQUIRE(world.flush(*store));
    world.close(store);
    CHECK(fs::file_size(dir.path + "/devices.json") < 2 * ability.size());
    store = world.open(dir.path);
    for (int i = 0; i < 10; ++i)
        CHECK(store->recall(DeviceId("meross_" + std::to_string(i)), "ability") == ability);
    world.close(store);

    TextPool pool;
    const auto a = pool.intern(ability);
    CHECK(pool.intern(ability).get() == a.get());
    CHECK(pool.intern("short").get() != pool.intern("short").get());
}

TEST_CASE("ten thousand devices load and save in reasonable time", "[registry][store][speed]") {
    TempDir dir;
    World world;
    auto store = world.open(dir.path);
    const std::string ability(2500, 'x');
    for (int i = 0; i < 10'000; ++i) {
        const DeviceId id("meross_48e1e9" + std::to_string(100'000 + i));
        store->remember(id, "ability", ability);
        store->remember(id, "met", R"({"host":"10.0.0.1:80","uuid":")" + std::to_string(i) + "\"}");
        store->remember(id, "all", std::string(600, 'd') + std::to_string(i));
        store->remember(id, "energy", "{\"offset\":" + std::to_string(i) + ",\"day\":1700000000}");
    }
    using Ms = std::chrono::duration<double, std::milli>;
    const auto start = std::chrono::steady_clock::now();
    REQUIRE(world.flush(*store));
    const auto saved = std::chrono::steady_clock::now();
    world.close(store);
    const auto before_load = std::chrono::steady_clock::now();
    store = world.open(dir.path);
    const auto loaded = std::chrono::steady_clock::now();
    std::cout << "store of 10,000 devices: " << fs::file_size(dir.path + "/devices.json") / 1024
              << " KiB, saved in " << Ms(saved - start).count() << " ms, loaded in "
              << Ms(loaded - before_load).count() << " ms\n";
    CHECK(store->size() == 10'000);
    CHECK(Ms(saved - start).count() < 20'000);
    CHECK(Ms(loaded - before_load).count() < 20'000);
    world.close(store);
}

TEST_CASE("single files are replaced whole or not at all", "[base][files]") {
    TempDir dir;
    const auto path = dir.path + "/client_id";
    CHECK(read_file(path, 100).error().is(Errc::not_found));
    REQUIRE(write_file_atomically(path, "first", 0640));
    REQUIRE(write_file_atomically(path, "second", 0640, path + ".old"));
    CHECK(slurp(path) == "second");
    CHECK(slurp(path + ".old") == "first");
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0640);
    CHECK(read_file(path, 3).error().is(Errc::too_large));
    CHECK(!read_file(dir.path, 3));
    fs::create_directory(dir.path + "/taken");
    spill(dir.path + "/taken/x", "");
    CHECK(!write_file_atomically(dir.path + "/taken", "text"));
    CHECK(!fs::exists(dir.path + "/taken.tmp"));
    CHECK(!write_file_atomically(dir.path + "/missing/file", "text"));
}
