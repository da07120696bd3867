#include "lanbridge/net/process.hpp"

#include <signal.h>

#include <boost/asio/ip/tcp.hpp>
#include <filesystem>
#include <fstream>

#include "lanbridge/base/async.hpp"
#include "net/line_splitter.hpp"
#include "support/catch.hpp"
#include "support/run.hpp"

using namespace lanbridge;
using namespace lanbridge::net;
using lanbridge::test::ContainsSubstring;

namespace {

/// Real children need real time.
struct Fixture {
    asio::io_context io;
    SystemTime time;
    SeededRandom random{7};
    Context context{io.get_executor(), time, random};
    std::vector<std::string> output;
    std::vector<std::string> errors;

    LineHandler collect() {
        return [this](Stream stream, std::string_view line) {
            (stream == Stream::output ? output : errors).emplace_back(line);
        };
    }
    std::unique_ptr<Process> shell(const std::string& script) {
        std::vector<std::string> argv{"/bin/sh", "-c", script};
        auto process = Process::start(context, std::move(argv), collect());
        REQUIRE(process.has_value());
        return std::move(*process);
    }
    bool wait_until(const std::function<bool()>& done, std::chrono::milliseconds limit = 5s) {
        const auto deadline = std::chrono::steady_clock::now() + limit;
        while (!done() && std::chrono::steady_clock::now() < deadline) {
            io.restart();
            io.run_one_for(10ms);
        }
        return done();
    }
};

asio::awaitable<int> nothing(asio::awaitable<void> task) {
    co_await std::move(task);
    co_return 0;
}

bool alive(int pid) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string id, name, state;
    return stat >> id >> name >> state && state != "Z";
}

}  // namespace

TEST_CASE("a child's lines and its exit status come back", "[net][process]") {
    Fixture fixture;
    auto child = fixture.shell("echo one; echo two >&2; printf 'no end'; exit 3");
    const auto end = test::run(fixture.io, child->wait());
    REQUIRE(end.has_value());
    CHECK(end->status == 3);
    CHECK(end->signal == 0);
    CHECK(end->text() == "exit status 3");
    CHECK(fixture.output == std::vector<std::string>{"one", "no end"});
    CHECK(fixture.errors == std::vector<std::string>{"two"});
    CHECK_FALSE(child->running());
}

TEST_CASE("a program that is not there is an error that says where it was looked for", "[net][process]") {
    Fixture fixture;
    std::vector<std::string> nowhere{"lanbridge-no-such-program"};
    const auto missing = Process::start(fixture.context, nowhere);
    REQUIRE(missing.has_error());
    CHECK(missing.error().is(Errc::not_found));
    CHECK_THAT(missing.error().text(), ContainsSubstring("/usr/sbin"));

    std::vector<std::string> folder{"/proc/self"};  // executable by its mode, but nothing to execute
    const auto refused = Process::start(fixture.context, folder);
    REQUIRE(refused.has_error());
    CHECK_THAT(refused.error().text(), ContainsSubstring("/proc/self"));
}

TEST_CASE("arguments reach the child as they are, without a shell", "[net][process]") {
    Fixture fixture;
    std::vector<std::string> argv{"printf", "%s\\n", "$HOME; `id` 'x y'"};
    auto child = Process::start(fixture.context, argv, fixture.collect());
    REQUIRE(child.has_value());
    REQUIRE(test::run(fixture.io, (*child)->wait()).has_value());
    CHECK(fixture.output == std::vector<std::string>{"$HOME; `id` 'x y'"});
}

TEST_CASE("a child inherits none of our descriptors", "[net][process]") {
    Fixture fixture;
    asio::ip::tcp::acceptor listening(fixture.io, {asio::ip::address_v4::loopback(), 0});
    auto child = fixture.shell("for fd in /proc/self/fd/*; do readlink $fd; done");
    REQUIRE(test::run(fixture.io, child->wait()).has_value());
    REQUIRE_FALSE(fixture.output.empty());
    for (const auto& target : fixture.output) CHECK_THAT(target, !ContainsSubstring("socket:"));
}

TEST_CASE("stop asks first and kills after the grace", "[net][process]") {
    Fixture fixture;
    auto polite = fixture.shell("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.02; done");
    REQUIRE(fixture.wait_until([&] { return !fixture.output.empty(); }));
    const auto left = test::run(fixture.io, polite->stop());
    CHECK(left.clean());
    CHECK(fixture.output.back() == "bye");

    fixture.output.clear();
    auto stubborn = fixture.shell("trap '' TERM; echo ready; while :; do sleep 0.02; done");
    REQUIRE(fixture.wait_until([&] { return !fixture.output.empty(); }));
    const auto killed = test::run(fixture.io, stubborn->stop(200ms));
    CHECK(killed.signal == SIGKILL);
    CHECK_FALSE(alive(stubborn->pid()));
}

TEST_CASE("dropping a running child ends it, and its waiters", "[net][process]") {
    Fixture fixture;
    auto child = fixture.shell("exec sleep 60");
    const int pid = child->pid();
    bool returned = false;
    asio::co_spawn(fixture.io, child->wait(),
                   [&](const std::exception_ptr&, const Result<Exit>&) { returned = true; });
    fixture.io.poll();
    child.reset();
    CHECK_FALSE(alive(pid));
    CHECK(fixture.wait_until([&] { return returned; }));
}

TEST_CASE("a grandchild that keeps the pipe open does not hold up the end", "[net][process]") {
    Fixture fixture;
    auto child = fixture.shell("sleep 60 & echo $!");
    const auto end = test::run(fixture.io, child->wait(), 5s);
    REQUIRE(end.has_value());
    REQUIRE(fixture.output.size() == 1);
    ::kill(std::stoi(fixture.output.front()), SIGKILL);
}

TEST_CASE("lines are bounded in length, rate and characters", "[net][process]") {
    std::vector<std::string> lines;
    LineSplitter splitter([&](std::string_view line) { lines.emplace_back(line); });
    const TimeSource::Clock::time_point start{1h};
    splitter.feed(std::string(5000, 'x') + "\r\na\x1b[31mb\n", start);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] == std::string(1024, 'x'));
    CHECK(lines[1] == "a?[31mb");

    lines.clear();
    for (int i = 0; i < 1000; ++i) splitter.feed("again\n", start + 1s);
    CHECK(lines.size() == 200);
    splitter.feed("later\n", start + 2s);
    REQUIRE(lines.size() == 202);
    CHECK(lines[lines.size() - 2] == "(800 more lines withheld)");
    CHECK(lines.back() == "later");
}

TEST_CASE("lines that are data come as they are, long ones in pieces", "[net][process]") {
    std::vector<std::string> lines;
    const LineLimits limits{5, 3, true};
    LineSplitter splitter([&](std::string_view line) { lines.emplace_back(line); }, limits);
    const TimeSource::Clock::time_point start{1h};
    splitter.feed("a\x1b\rb\r\n\nabcdefgh", start);
    CHECK(lines == std::vector<std::string>{"a\x1b\rb", "", "abcde"});
    splitter.feed("i\n", start);
    splitter.finish(start);
    REQUIRE(lines.size() == 4);
    CHECK(lines[3] == "(1 more lines withheld)");
}

TEST_CASE("a child is called as its caller says, wherever it was found", "[net][process]") {
    Fixture fixture;
    std::vector<std::string> argv{"sh", "-c", "tr '\\0' ' ' < /proc/$$/cmdline; echo"};
    auto child = Process::start(fixture.context, argv, fixture.collect());
    REQUIRE(child.has_value());
    REQUIRE(test::run(fixture.io, (*child)->wait()).has_value());
    REQUIRE(fixture.output.size() == 1);
    CHECK(fixture.output.front().substr(0, 5) == "sh -c");
}

TEST_CASE("a supervised child comes back until it is stopped", "[net][process]") {
    Fixture fixture;
    SupervisedSettings settings;
    settings.name = "sleeper";
    settings.argv = {"/bin/sh", "-c", "echo up; exec sleep 60"};
    settings.on_line = fixture.collect();
    settings.first_wait = 20ms;
    settings.longest_wait = 50ms;
    SupervisedProcess supervised(fixture.context, settings);
    REQUIRE(supervised.start().has_value());
    REQUIRE(fixture.wait_until([&] { return fixture.output.size() == 1; }));
    const int first = supervised.pid();
    REQUIRE(first > 0);

    ::kill(first, SIGKILL);
    REQUIRE(fixture.wait_until([&] { return fixture.output.size() == 2; }));
    const int second = supervised.pid();
    CHECK(second != first);
    CHECK(supervised.restarts() == 1);

    test::run(fixture.io, nothing(supervised.stop()));
    CHECK_FALSE(alive(second));
    CHECK(supervised.pid() == 0);
}

TEST_CASE("supervising something that is not there fails at once", "[net][process]") {
    Fixture fixture;
    SupervisedSettings settings;
    settings.name = "nobody";
    settings.argv = {"lanbridge-no-such-program"};
    SupervisedProcess supervised(fixture.context, settings);
    CHECK(supervised.start().has_error());
    CHECK(supervised.pid() == 0);
}
