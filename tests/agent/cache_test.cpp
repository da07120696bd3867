#include "agent/cache/cache.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "agent/temporary_folder.hpp"
#include "agent/vectors.hpp"
#include "support/catch.hpp"
#include "support/virtual_time.hpp"

using namespace lanbridge;
using namespace lanbridge::agent;
using lanbridge::agent::testing::TemporaryFolder;
using lanbridge::agent::testing::vectors;

namespace {

Message message(std::string_view text) {
    auto parsed = Message::parse(text);
    if (!parsed) throw std::runtime_error("no message: " + std::string(text));
    return std::move(*parsed);
}

class Bench {
public:
    Bench() : time(io), random(1), journal(time, Levels()), folder() {
        journal.set_print([this](std::string_view line) { lines.emplace_back(line); });
        open();
    }
    ~Bench() { close(); }

    void open() {
        cache =
            std::make_unique<Cache>(Context(io.get_executor(), time, random), journal, folder / "agent.json");
        cache->start();
        time.settle();
    }
    void close() {
        if (!cache) return;
        cache->stop();
        while (!cache->idle()) time.settle();
        cache.reset();
    }

    /// The answer as the app gets it: with the id that it asked with.
    std::string ask(Address app, std::string_view request, std::string_view answer) {
        auto asked = message(request);
        auto answered = message(answer);
        answered.set("id", asked.raw("id"));
        const auto before = answered.text();
        const bool changed = cache->apply(Question(app, std::move(asked)), answered);
        CHECK(changed == (answered.text() != before));
        time.settle();
        return answered.text();
    }
    std::string query_home(std::string_view answer) {
        return ask(central_address, R"({"id":5,"method":"_sync.get_homeroom_info","params":{}})", answer);
    }
    std::string file() const { return folder.read("agent.json"); }
    std::size_t lines_with(std::string_view part) const {
        std::size_t count = 0;
        for (const auto& line : lines) count += line.find(part) != std::string::npos ? 1 : 0;
        return count;
    }

    asio::io_context io;
    test::VirtualTime time;
    SeededRandom random;
    Journal journal;
    TemporaryFolder folder;
    std::vector<std::string> lines;
    std::unique_ptr<Cache> cache;
};

/// Where we do better than what was recorded: by the request's id.
const std::map<std::string, std::string> corrected{
    {"113", R"({"id":113,"result":{"authed_devs":[],"denied_devs":[]}})"},
    {"118",
     R"({"id":118,"result":{"operation":"query_prod","pdid":2691,"ttl":1800,"thr":-40,"upRule":[)"
     R"({"delta":0,"eid":15,"intvl":0},{"delta":0,"eid":4119,"intvl":0},{"delta":0,"eid":4103,"intvl":600},)"
     R"({"delta":0,"eid":4106,"intvl":600},{"delta":0,"eid":4120,"intvl":0}]}})"},
    {"119", R"({"id":119,"result":{"operation":"query_prod","pdid":131,"ttl":1800,"thr":-90,"upRule":[)"
            R"({"eid":4101,"delta":0,"intvl":0},{"eid":4100,"delta":1,"intvl":180},)"
            R"({"eid":4102,"delta":5,"intvl":180},{"eid":4110,"delta":0,"intvl":420},)"
            R"({"eid":9999,"delta":0.25,"intvl":7}],"extra":1}})"},
    {"120", R"({"id":120,"result":{"operation":"query_prod","pdid":999,"ttl":1800,"thr":-90,)"
            R"("upRule":[{"eid":4112,"delta":1.5,"intvl":60}]}})"},
    {"121", R"({"id":121,"result":{"operation":"query_prod","pdid":998,"ttl":1800,"thr":-90}})"},
    {"123", R"({"id":123,"result":null})"},
};

constexpr const char* home = R"({"id":1,"result":{"uid":"1","homeid":"2"}})";
constexpr const char* no_cloud = R"({"id":1,"error":{"code":-30011,"message":"try out."}})";

}  // namespace

TEST_CASE("answers are what openmiio_agent makes of them, but for its defects", "[agent][cache]") {
    Bench bench;
    const auto recorded = vectors("agent_cache");
    std::size_t corrections = 0;
    for (const auto& step : recorded.at("steps")) {
        const auto request = step.at("request").get<std::string>();
        CAPTURE(request);
        const auto answer =
            bench.ask(step.at("app").get<Address>(), request, step.at("cloud_answer").get<std::string>());
        const auto better = corrected.find(std::string(message(request).raw("id")));
        const auto recorded_answer = step.at("to_app").get<std::string>();
        if (better == corrected.end()) {
            CHECK(answer == recorded_answer);
            continue;
        }
        ++corrections;
        CHECK(answer == better->second);
        CHECK(answer != recorded_answer);
    }
    CHECK(corrections == corrected.size());
    bench.close();
    CHECK(bench.file() == recorded.at("store_file_after").get<std::string>());
    struct stat status {};
    REQUIRE(::stat((bench.folder / "agent.json").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0644U);
    CHECK(bench.lines.empty());
}

TEST_CASE("what was remembered is there after a restart", "[agent][cache]") {
    Bench bench;
    bench.query_home(home);
    bench.close();
    bench.open();
    CHECK(bench.query_home(no_cloud) == R"({"id":5,"result":{"uid":"1","homeid":"2"}})");
}

TEST_CASE("values of wrong types pass as they are", "[agent][cache]") {
    Bench bench;
    const std::string mac = R"({"mac":"AA:BB:CC:DD:EE:FF"})";
    for (const std::string method : {"local.query_status", "_sync.ble_query_dev", "_sync.ble_query_prod",
                                     "_async.ble_event", "_sync.ble_keep_alive"})
        for (const std::string params :
             {"", "5", "null", "\"\"", "\"x\"", "[]", "{}", "true", R"({"mac":5})", R"({"devices":5})"})
            for (const std::string result : {"5", "null", "[]", "{}", R"("")", "false", R"({"upRule":5})",
                                             R"({"authed_devs":[5,[],"x"]})"}) {
                const auto given = params.empty() ? "" : R"(,"params":)" + params;
                const auto answer = R"({"id":5,"params":[1],"result":)" + result + "}";
                const auto request = R"({"id":5,"method":")" + method + "\"" + given + "}";
                CAPTURE(request, answer);
                CHECK(bench.ask(bluetooth_address, request, answer) == answer);
                CHECK(bench.ask(central_address, request, answer) == answer);
            }
    CHECK(bench.ask(bluetooth_address, R"({"id":5,"method":5,"params":)" + mac + "}", no_cloud) ==
          R"({"error":{"code":-30011,"message":"try out."},"id":5})");
    CHECK(bench.ask(bluetooth_address, R"({"id":5})", no_cloud) ==
          R"({"error":{"code":-30011,"message":"try out."},"id":5})");
}

TEST_CASE("a list of odd devices gets a list", "[agent][cache]") {
    Bench bench;
    const std::string nobody = R"({"id":5,"result":{"authed_devs":[],"denied_devs":[]}})";
    for (const std::string params :
         {"5", "null", "[]", "{}", R"({"devices":5})", R"({"devices":null})", R"({"devices":{}})",
          R"({"devices":[5,null,"x",[],{},{"mac":1},{"mac":"AA:BB"},{"mac":{"a":"AA:BB:CC:DD:EE:FF"}}]})"})
        for (const auto* answer : {no_cloud, R"({"id":1,"error":5})", R"({"id":1})"}) {
            CAPTURE(params);
            CHECK(bench.ask(bluetooth_address,
                            R"({"id":5,"method":"_sync.ble_query_dev_list","params":)" + params + "}",
                            answer) == nobody);
        }
}

TEST_CASE("one device's keys are never given to another", "[agent][cache]") {
    Bench bench;
    const auto ask = [&](const std::string& params, const std::string& answer) {
        return bench.ask(bluetooth_address,
                         R"({"id":5,"method":"_sync.ble_query_dev","params":)" + params + "}", answer);
    };
    // The same first 25 bytes: openmiio_agent takes one for the other.
    ask(R"({"pdid":1,"mac":"AA:BB:CC:11:11:11"})",
        R"({"result":{"mac":"AA:BB:CC:11:11:11","beaconkey":"secret"}})");
    CHECK(ask(R"({"pdid":1,"mac":"AA:BB:CC:22:22:22"})", R"({"error":1})") == R"({"error":1,"id":5})");
    CHECK(ask(R"({"pdid":1,"mac":"AA:BB:CC:11:11:11"})", R"({"error":1})") ==
          R"({"id":5,"result":{"mac":"AA:BB:CC:11:11:11","beaconkey":"secret"}})");
}

TEST_CASE("rules of a product shorten its intervals without the cloud too", "[agent][cache]") {
    Bench bench;
    const std::string request = R"({"id":5,"method":"_sync.ble_query_prod","params":{"pdid":7}})";
    const std::string patched =
        R"({"id":5,"result":{"pdid":7,"upRule":[{"eid":4106,"delta":0,"intvl":600}]}})";
    CHECK(bench.ask(bluetooth_address, request,
                    R"({"result":{"pdid":7,"upRule":[{"eid":4106,"delta":1.5,"intvl":60}]}})") == patched);
    CHECK(bench.ask(bluetooth_address, request, no_cloud) == patched);
    bench.close();
    CHECK(bench.file() == R"({"cache":{")" + std::to_string(*key_of(Kept::product, R"({"pdid":7})")) +
                              R"(":{"pdid":7,"upRule":[{"eid":4106,"delta":1.5,"intvl":60}]}}})");
}

TEST_CASE("the file is written once a minute, however much changes", "[agent][cache]") {
    Bench bench;
    const auto state = [](int n) { return R"({"id":1,"result":{"uid":")" + std::to_string(n) + R"("}})"; };
    const auto stored = [](int n) { return R"({"cache":{"3":{"uid":")" + std::to_string(n) + R"("}}})"; };
    bench.query_home(state(0));
    CHECK(bench.file().empty());
    bench.time.advance(2s);
    CHECK(bench.file() == stored(0));
    for (int second = 1; second < 60; ++second) {
        bench.query_home(state(second));
        bench.time.advance(1s);
        CHECK(bench.file() == stored(0));
    }
    bench.time.advance(1s);
    CHECK(bench.file() == stored(59));
    bench.time.advance(1h);
    bench.query_home(state(100));
    bench.close();
    CHECK(bench.file() == stored(100));
}

TEST_CASE("what does not change is not written", "[agent][cache]") {
    Bench bench;
    bench.query_home(home);
    bench.time.advance(2s);
    REQUIRE(std::remove((bench.folder / "agent.json").c_str()) == 0);
    for (int minute = 0; minute < 10; ++minute) {
        bench.query_home(home);
        bench.query_home(no_cloud);
        bench.time.advance(1min);
    }
    bench.close();
    CHECK(bench.file().empty());
}

TEST_CASE("an answer of megabytes is passed on and not remembered", "[agent][cache]") {
    Bench bench;
    const auto huge = R"({"id":5,"result":{"uid":")" + std::string(100'000, 'x') + "\"}}";
    for (int i = 0; i < 3; ++i) CHECK(bench.query_home(huge) == huge);
    CHECK(bench.query_home(no_cloud) == R"({"error":{"code":-30011,"message":"try out."},"id":5})");
    CHECK(bench.lines_with("too long to be remembered") == 1);
}

TEST_CASE("a broken file is told, once", "[agent][cache]") {
    Bench bench;
    bench.close();
    std::ofstream(bench.folder / "agent.json") << "{\"cache\":";
    bench.open();
    CHECK(bench.lines_with("can't read file") == 1);
    CHECK(bench.folder.read("agent.json.broken") == "{\"cache\":");
    CHECK(bench.query_home(no_cloud) == R"({"error":{"code":-30011,"message":"try out."},"id":5})");
}

namespace {

/// As on a full disk: no file may grow beyond some bytes.
class FullDisk {
public:
    FullDisk() {
        before_handler_ = std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit small = before_;
        small.rlim_cur = 10;
        ::setrlimit(RLIMIT_FSIZE, &small);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, before_handler_);
    }

private:
    rlimit before_{};
    void (*before_handler_)(int) = nullptr;
};

}  // namespace

TEST_CASE("a full disk costs no answer, is told once, and is tried again", "[agent][cache]") {
    Bench bench;
    bench.query_home(home);
    bench.close();
    bench.open();
    const auto before = bench.file();
    std::string meanwhile;
    std::string served;
    {
        const FullDisk full;
        bench.query_home(R"({"id":1,"result":{"uid":"new"}})");
        bench.time.advance(5min);
        meanwhile = bench.file();
        served = bench.query_home(no_cloud);
    }
    CHECK(meanwhile == before);
    CHECK(served == R"({"id":5,"result":{"uid":"new"}})");
    CHECK(bench.lines_with("can't write file") == 1);
    CHECK(bench.lines_with("count=1") == 1);
    bench.time.advance(1min);
    CHECK(bench.file() == R"({"cache":{"3":{"uid":"new"}}})");
    CHECK(bench.lines_with("written again") == 1);
}

TEST_CASE("a process killed while it saves leaves the old file or the new", "[agent][cache]") {
    const TemporaryFolder folder;
    const auto path = folder / "agent.json";
    const std::string small = R"({"n":1})";
    const std::string large = R"({"n":")" + std::string(40'000, 'y') + "\"}";
    {
        Store store(path);
        store.remember(1, small);
        REQUIRE(store.save());
    }
    for (int round = 0; round < 50; ++round) {
        const auto child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            Store store(path);
            if (!store.load()) ::_exit(1);
            for (bool flip = false;; flip = !flip) {
                store.remember(1, flip ? small : large);
                static_cast<void>(store.save());
            }
        }
        ::usleep(static_cast<useconds_t>(1000 + round * 317));
        ::kill(child, SIGKILL);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        REQUIRE(WIFSIGNALED(status));
        const auto text = folder.read("agent.json");
        CHECK((text == R"({"cache":{"1":)" + small + "}}" || text == R"({"cache":{"1":)" + large + "}}"));
    }
}
