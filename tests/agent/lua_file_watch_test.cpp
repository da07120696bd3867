#include "agent/lua/file_watch.hpp"

#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "lanbridge/base/random.hpp"
#include "support/catch.hpp"
#include "support/virtual_time.hpp"

using namespace lanbridge;
using agent::lua::FileWatch;
namespace fs = std::filesystem;

namespace {

struct Fixture {
    Fixture() {
        std::string pattern = (fs::temp_directory_path() / "agent-watch-XXXXXX").string();
        root = ::mkdtemp(pattern.data());
        folder = root / "data";
    }
    Fixture(const Fixture&) = delete;
    Fixture& operator=(const Fixture&) = delete;
    ~Fixture() {
        watch->stop();
        time.settle();
        fs::remove_all(root);
    }
    void start() {
        watch = std::make_shared<FileWatch>(Context(io.get_executor(), time, random),
                                            (folder / "a.lua").string(), [this] { ++changes; });
        watch->start();
        time.settle();
    }
    void write(const char* name, std::string_view text) const { std::ofstream(folder / name) << text; }

    fs::path root;
    fs::path folder;
    asio::io_context io;
    test::VirtualTime time{io};
    SeededRandom random{7};
    std::shared_ptr<FileWatch> watch;
    int changes = 0;
};

}  // namespace

TEST_CASE("a file is spoken of when it was quiet for a while", "[agent][lua]") {
    Fixture f;
    fs::create_directory(f.folder);
    f.start();
    f.write("a.lua", "1");
    f.time.settle();
    f.time.advance(100ms);
    f.write("a.lua", "12");
    f.time.advance(199ms);
    CHECK(f.changes == 0);
    f.time.advance(400ms);
    CHECK(f.changes == 1);
    f.write("b.lua", "1");
    f.time.advance(10s);
    CHECK(f.changes == 1);
    fs::rename(f.folder / "b.lua", f.folder / "a.lua");
    f.time.settle();
    f.time.advance(200ms);
    CHECK(f.changes == 2);
    fs::remove(f.folder / "a.lua");
    f.time.settle();
    f.time.advance(200ms);
    CHECK(f.changes == 3);
    f.write("target", "1234");
    fs::create_symlink(f.folder / "target", f.folder / "a.lua");
    f.time.settle();
    f.time.advance(200ms);
    CHECK(f.changes == 4);
}

TEST_CASE("a folder that comes later, or is exchanged, is found within five seconds", "[agent][lua]") {
    Fixture f;
    f.start();
    f.time.advance(1min);
    CHECK(f.changes == 0);
    fs::create_directory(f.folder);
    f.write("a.lua", "1");
    f.time.advance(FileWatch::poll_period);
    CHECK(f.changes == 1);
    f.write("a.lua", "12");
    f.time.settle();
    f.time.advance(200ms);
    CHECK(f.changes == 2);
    fs::rename(f.folder, f.root / "old");
    f.time.settle();
    f.time.advance(200ms);
    CHECK(f.changes == 3);
    fs::create_directory(f.folder);
    f.write("a.lua", "123");
    f.time.advance(FileWatch::poll_period);
    CHECK(f.changes == 4);
}

TEST_CASE("a watch that was stopped says nothing more", "[agent][lua]") {
    Fixture f;
    fs::create_directory(f.folder);
    f.start();
    f.write("a.lua", "1");
    f.time.settle();
    f.watch->stop();
    f.time.advance(1min);
    CHECK(f.changes == 0);
}
