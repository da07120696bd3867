#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>

#include "agent/script.hpp"
#include "lanbridge/base/random.hpp"
#include "support/catch.hpp"
#include "vectors.hpp"

using namespace lanbridge;
using namespace lanbridge::agent;
using What = Verdict::What;

namespace {

std::string spell(const Verdict& verdict) {
    if (verdict.what == What::unchanged) return "unchanged";
    return verdict.what == What::dropped ? "dropped" : verdict.message.text();
}

/// A script in a file, its thread, and everything it did in the order in which the loop heard of it.
struct Fixture {
    explicit Fixture(std::string_view source = {}, std::uint64_t budget = 10'000'000) {
        std::string pattern = (std::filesystem::temp_directory_path() / "agent-lua-XXXXXX").string();
        folder = ::mkdtemp(pattern.data());
        if (!source.empty()) write(source);
        journal.set_print([this](std::string_view line) { lines.emplace_back(line); });
        ScriptOutlets outlets;
        outlets.send = [this](Address to, std::string text) {
            done.push_back("send " + std::to_string(to) + " " + text);
        };
        outlets.publish = [this](std::string topic, std::string payload, bool retain) {
            done.push_back("publish " + topic + " " + payload + (retain ? " retained" : ""));
        };
        outlets.changed = [this] { ++changes; };
        ScriptSettings settings;
        settings.path = path();
        settings.budget = budget;
        script.emplace(Context(io.get_executor(), time, random), journal, settings, outlets);
        script->start();
    }
    Fixture(const Fixture&) = delete;
    Fixture& operator=(const Fixture&) = delete;
    ~Fixture() {
        script->stop();
        settle();
        std::filesystem::remove_all(folder);
    }

    std::string path() const { return (folder / "openmiio_agent.lua").string(); }
    void write(std::string_view source) const { std::ofstream(path()) << source; }
    void settle() {
        io.restart();
        io.poll();
    }
    template <class Condition>
    bool until(Condition condition, std::chrono::milliseconds limit = 10s) {
        const auto deadline = time.now() + limit;
        for (io.restart(); !condition(); io.restart()) {
            if (time.now() >= deadline) return false;
            io.run_one_for(10ms);
        }
        return true;
    }
    void ask(Address from, std::string method, std::string text) {
        script->request(from, std::move(method), std::move(text),
                        [this](const Verdict& verdict) { done.push_back(spell(verdict)); });
    }
    void answer(Address to, std::string method, std::string asked, std::string text) {
        script->response(to, std::move(method), std::move(asked), std::move(text),
                         [this](const Verdict& verdict) { done.push_back(spell(verdict)); });
    }
    std::vector<std::string> wait_done(std::size_t count) {
        CHECK(until([&] { return done.size() >= count; }));
        return std::exchange(done, {});
    }
    std::size_t logged(const std::string& text) const {
        std::size_t count = 0;
        for (const auto& line : lines) count += line.find(text) != std::string::npos ? 1 : 0;
        return count;
    }
    static int threads() {
        int count = 0;
        for ([[maybe_unused]] const auto& task : std::filesystem::directory_iterator("/proc/self/task"))
            ++count;
        return count;
    }

    std::filesystem::path folder;
    asio::io_context io;
    SystemTime time;
    SeededRandom random{7};
    std::vector<std::string> lines;
    Journal journal{time, Levels()};
    std::vector<std::string> done;
    int changes = 0;
    std::optional<Script> script;
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("the recorded script judges requests as it did in openmiio_agent", "[agent][lua]") {
    const auto recorded = testing::vectors("agent_lua");
    Fixture f(recorded.at("script").get<std::string>());
    REQUIRE(f.script->has_request());
    const auto ask = [&f](const std::string& method, std::size_t outcomes) {
        f.ask(2, method, R"({"id":100,"method":")" + method + R"(","params":{}})");
        return f.wait_done(outcomes);
    };
    CHECK(ask("nothing", 1) == Lines{"unchanged"});
    for (const auto* method :
         {"nil", "nilstr", "strbad", "strarr", "empty", "num", "false", "true", "table"}) {
        INFO(method);
        CHECK(ask(method, 1) == Lines{"dropped"});
    }
    CHECK(ask("str", 1) == Lines{R"({"id":7,"method":"replaced","params":[1]})"});
    CHECK(ask("strto", 1) == Lines{R"({"_to":4,"id":7,"method":"replaced","params":[1]})"});
    CHECK(ask("sees", 2) ==
          Lines{R"(publish lua/sees 2|number|sees|{"id":100,"method":"sees","params":{}})", "unchanged"});
    CHECK(ask("send", 5) == Lines{R"(send 4 {"id":1,"method":"x"})", R"(send 0 {"raw": "to cloud"})",
                                  R"(send -1 {"to":"mqtt"})", R"(send 6 {"mask":6})", "dropped"});
    CHECK(ask("unknown", 1) == Lines{"unchanged"});
    CHECK(ask("err", 1) == Lines{"unchanged"});
    CHECK(f.logged("[lua] miio_request: openmiio_agent.lua:") == 1);
    CHECK(f.logged("boom") == 1);
}

TEST_CASE("the recorded script publishes what it did in openmiio_agent", "[agent][lua]") {
    const auto recorded = testing::vectors("agent_lua");
    Fixture f(recorded.at("script").get<std::string>());
    for (const auto& step : recorded.at("steps")) {
        const auto name = step.at("name").get<std::string>();
        if (name != "json_module" && name != "libs") continue;
        Lines expected;
        for (const auto& [topic, payload] :
             step.at("expect").at("mqtt").get<std::vector<std::pair<std::string, std::string>>>())
            if (topic != "miio/report")
                expected.push_back("publish " + topic + " " + payload + (name == "libs" ? " retained" : ""));
        expected.emplace_back("dropped");
        f.ask(2, name == "libs" ? "libs" : "json", step.at("send").get<std::string>());
        CHECK(f.wait_done(expected.size()) == expected);
    }
}

TEST_CASE("the recorded script sees answers and the broker's messages", "[agent][lua]") {
    Fixture f(testing::vectors("agent_lua").at("script").get<std::string>());
    REQUIRE(f.script->has_response());
    REQUIRE(f.script->has_listener());
    f.answer(2, "r_plain", R"({"id":501,"method":"r_plain"})", R"({"id":501,"result":"ok"})");
    CHECK(f.wait_done(2) ==
          Lines{R"(publish lua/resp 2|r_plain|{"id":501,"method":"r_plain"}|{"id":501,"result":"ok"})",
                "unchanged"});
    f.answer(2, "r_str", "{}", "{}");
    CHECK(f.wait_done(2).back() == R"({"id":1,"result":"lua"})");
    f.answer(2, "r_nil", "{}", "{}");
    CHECK(f.wait_done(2).back() == "dropped");
    f.script->heard("lua/else", "hello");
    f.script->heard("lua/in", "hello");
    CHECK(f.wait_done(1) == Lines{"publish lua/out hello"});
}

TEST_CASE("a thousand calls keep their order, and what they send stands between them", "[agent][lua]") {
    Fixture f(
        "function miio_request(from, method, req)\n"
        "  mosquitto_pub('n', method) miio_send(4, method)\n"
        "  if tonumber(method) % 3 == 0 then return nil end\n"
        "  if tonumber(method) % 3 == 1 then return '{\"n\":' .. method .. '}' end\n"
        "end");
    Lines expected;
    for (int n = 0; n < 1000; ++n) {
        const auto text = std::to_string(n);
        expected.push_back("publish n " + text);
        expected.push_back("send 4 " + text);
        expected.push_back(n % 3 == 0 ? "dropped" : n % 3 == 1 ? R"({"n":)" + text + "}" : "unchanged");
        f.ask(2, text, "{}");
        if (n % 100 == 99) f.until([&] { return f.done.size() == expected.size(); });
    }
    CHECK(f.wait_done(expected.size()) == expected);
}

TEST_CASE("a script that fails ten times in a row is off until it changes", "[agent][lua]") {
    Fixture f("function miio_request() error('no') end function miio_response() return nil end");
    const int before = f.changes;
    for (int call = 0; call < 12; ++call) f.ask(2, "m", "{}");
    CHECK(f.wait_done(12) == Lines(12, "unchanged"));
    CHECK(f.logged("[lua] miio_request: openmiio_agent.lua:1: no") == 1);
    CHECK(f.logged("is off until the script changes") == 1);
    CHECK_FALSE(f.script->has_request());
    CHECK(f.script->has_response());
    CHECK(f.changes > before);
    f.write("function miio_request() return nil end -- better");
    CHECK(f.until([&] { return f.script->has_request(); }));
    f.ask(2, "m", "{}");
    CHECK(f.wait_done(1) == Lines{"dropped"});
}

TEST_CASE("errors of one line are told once, those of another line too", "[agent][lua]") {
    Fixture f(
        "function miio_request(from, method)\n"
        "  if method == 'a' then error('first') end\n"
        "  if method == 'b' then error('second') end\n"
        "end");
    for (const char* method : {"a", "a", "b", "a", "b"}) f.ask(2, method, "{}");
    CHECK(f.wait_done(5) == Lines(5, "unchanged"));
    CHECK(f.logged("openmiio_agent.lua:2: first") == 1);
    CHECK(f.logged("openmiio_agent.lua:3: second") == 1);
}

TEST_CASE("a success in between keeps a failing script going", "[agent][lua]") {
    Fixture f("n = 0 function miio_request() n = n + 1 if n % 10 ~= 0 then error('no') end end");
    for (int call = 0; call < 60; ++call) f.ask(2, "m", "{}");
    f.wait_done(60);
    CHECK(f.script->has_request());
}

TEST_CASE("without a script there is no thread", "[agent][lua]") {
    const int before = Fixture::threads();
    Fixture f;
    CHECK(Fixture::threads() == before);
    f.ask(2, "m", "{}");
    CHECK(f.done == Lines{"unchanged"});
    f.write("function miio_request() return nil end");
    CHECK(f.until([&] { return f.script->has_request(); }));
    CHECK(Fixture::threads() == before + 1);
    f.ask(2, "m", "{}");
    f.done.clear();
    std::filesystem::remove(f.path());
    CHECK(f.until([&] { return !f.script->has_request(); }));
    CHECK(f.until([&] { return Fixture::threads() == before; }));
    CHECK(f.done == Lines{"dropped"});
    f.write("function miio_response() end");
    CHECK(f.until([&] { return f.script->has_response(); }));
}

TEST_CASE("a file that takes the script's place is loaded after what was asked before", "[agent][lua]") {
    Fixture f("function miio_request() os.execute('sleep 0.5') return '{\"by\":\"old\"}' end");
    f.settle();
    f.ask(2, "m", "{}");
    f.ask(2, "m", "{}");
    const auto fresh = (f.folder / "fresh").string();
    std::ofstream(fresh) << "function miio_request() return '{\"by\":\"new\"}' end";
    std::filesystem::rename(fresh, f.path());
    const int before = f.changes;
    CHECK(f.until([&] { return f.changes > before; }));
    f.ask(2, "m", "{}");
    CHECK(f.wait_done(3) == Lines{R"({"by":"old"})", R"({"by":"old"})", R"({"by":"new"})"});
}

TEST_CASE("a script with a mistake has no hooks, and the agent goes on", "[agent][lua]") {
    Fixture f("function miio_request() end\nlocal = 1");
    CHECK_FALSE(f.script->has_request());
    f.settle();
    CHECK(f.logged("[lua] openmiio_agent.lua:2:") == 1);
    f.write("miio_request = {}");
    CHECK(f.until([&] { return f.logged("[lua] miio_request is no function") == 1; }));
    f.ask(2, "m", "{}");
    CHECK(f.done == Lines{"unchanged"});
}

TEST_CASE("messages pass by a script that hangs, and stopping does not wait for it", "[agent][lua]") {
    Fixture f("function miio_request() os.execute('sleep 5') return nil end function mosquitto_sub() end");
    for (int call = 0; call < 300; ++call) f.ask(2, "m", "{}");
    for (int call = 0; call < 300; ++call) f.script->heard("t", "p");
    CHECK(f.done.size() >= 43);
    CHECK(f.done.size() <= 44);
    CHECK(f.logged("messages pass it by") == 1);
    CHECK(f.logged("it misses messages of the broker") == 1);
    const auto begun = f.time.now();
    f.script->stop();
    CHECK(f.time.now() - begun < 3s);
    CHECK(f.done == Lines(300, "unchanged"));
}

TEST_CASE("large messages have a bound of their own", "[agent][lua]") {
    Fixture f("function miio_request() os.execute('sleep 0.05') end");
    for (int call = 0; call < 20; ++call) f.ask(2, "m", std::string(100'000, 'x'));
    CHECK(f.done.size() >= 9);
    CHECK(f.done.size() <= 10);
    f.wait_done(20);
}

TEST_CASE("stopping ends a script that computes", "[agent][lua]") {
    Fixture f("function miio_request() while true do end end", std::uint64_t{1} << 60U);
    f.ask(2, "m", "{}");
    f.until([] { return false; }, 100ms);
    const auto begun = f.time.now();
    f.script->stop();
    CHECK(f.time.now() - begun < 500ms);
    CHECK(f.done == Lines{"unchanged"});
}

TEST_CASE("the thread's stack holds what Lua may nest", "[agent][lua]") {
    Fixture f(
        "local function f(s) return (s:gsub('.', f)) end\n"
        "local function g(s) local ok = pcall(string.find, s, ('x?'):rep(1000)) return (s:gsub('.', g)) end\n"
        "function miio_request(from, method) if method == 'f' then f('x') end g(('x'):rep(3000)) end");
    f.ask(2, "f", "{}");
    f.ask(2, "g", "{}");
    CHECK(f.wait_done(2) == Lines{"unchanged", "unchanged"});
    CHECK(f.logged("stack overflow") == 1);
}

TEST_CASE("a script that sends without an end waits for the loop", "[agent][lua]") {
    Fixture f("function miio_request() for n = 1, 5000 do mosquitto_pub('n', n) end return nil end");
    f.ask(2, "m", "{}");
    const auto done = f.wait_done(5001);
    REQUIRE(done.size() == 5001);
    CHECK(done[4999] == "publish n 5000");
    CHECK(done[5000] == "dropped");
}

TEST_CASE("what a script publishes while it is loaded goes out", "[agent][lua]") {
    Fixture f("mosquitto_pub('hello', 'x', true) function miio_request() return nil end");
    f.ask(2, "m", "{}");
    CHECK(f.wait_done(2) == Lines{"publish hello x retained", "dropped"});
}
