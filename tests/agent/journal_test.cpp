#include "agent/journal.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <ctime>

#include "agent/blot.hpp"
#include "agent/line_writer.hpp"
#include "support/catch.hpp"
#include "support/virtual_time.hpp"
#include "vectors.hpp"

using namespace lanbridge;
using namespace lanbridge::agent;
using lanbridge::test::ContainsSubstring;

namespace {

/// The time of the first recorded line.
struct Fixture {
    asio::io_context io;
    test::VirtualTime time{io, 1795223943102};
    std::vector<std::string> lines;
    std::vector<std::string> published;

    Journal journal(Severity level = Severity::trace) {
        Levels levels;
        levels.of.fill(level);
        Journal made(time, levels);
        made.set_print([this](std::string_view line) { lines.emplace_back(line); });
        made.set_outlet([this](std::string_view json) { published.emplace_back(json); });
        return made;
    }
};

}  // namespace

TEST_CASE("lines are published as openmiio_agent publishes them", "[agent][journal]") {
    Fixture f;
    auto journal = f.journal();
    journal.info(Part::miio, "[miio] accept conn", {{"app", "bluetooth"}});
    f.time.jump_wall(100ms);
    journal.trace(Part::miio,
                  R"([miio] {"id":1000,"method":"local.query_status","params":""} req from=2 to=0)");
    f.time.jump_wall(33758ms);
    journal.note("exit", {{"signal", "terminated"}});
    CHECK(f.published == testing::vectors("agent_log_lines").get<std::vector<std::string>>());
}

TEST_CASE("lines on stdout carry the local time, a level and fields", "[agent][journal]") {
    ::setenv("TZ", "Asia/Shanghai", 1);
    ::tzset();
    Fixture f;
    auto journal = f.journal();
    journal.info(Part::miio, "[miio] accept conn", {{"app", "bluetooth"}});
    journal.debug(Part::zigbee, "[zigb] probe OK", {{"baud_rate", std::int64_t{115200}}, {"read", "11 1a"}});
    journal.error(Part::mqtt, "", {Field(Error(Errc::timeout, "broker"))});
    journal.note("exit");
    CHECK(f.lines == std::vector<std::string>{
                         "09:19:03.102 INF [miio] accept conn app=bluetooth",
                         R"(09:19:03.102 DBG [zigb] probe OK baud_rate=115200 read="11 1a")",
                         R"(09:19:03.102 ERR error="broker: no answer in time")",
                         "09:19:03.102 ??? exit",
                     });
    CHECK(
        f.published[1] ==
        R"({"level":"debug","baud_rate":115200,"read":"11 1a","time":1795223943102,"message":"[zigb] probe OK"})");
    CHECK(f.published[2] == R"({"level":"error","error":"broker: no answer in time","time":1795223943102})");
}

TEST_CASE("what comes from outside neither breaks a line nor the JSON", "[agent][journal]") {
    Fixture f;
    auto journal = f.journal();
    journal.info(Part::mqtt, "[mqtt] a\n\x1b[2J<&>\\u003c \"x\"");
    CHECK_THAT(f.lines[0], ContainsSubstring("[mqtt] a  [2J<&>\\u003c \"x\""));
    CHECK_THAT(f.published[0], ContainsSubstring(R"("message":"[mqtt] a\n\u001b[2J<&>\\u003c \"x\""})"));
}

TEST_CASE("only what is asked for is written", "[agent][journal]") {
    Fixture f;
    Levels levels;
    levels.of[static_cast<std::size_t>(Part::mqtt)] = Severity::error;
    Journal journal(f.time, levels);
    journal.set_print([&](std::string_view line) { f.lines.emplace_back(line.substr(13)); });
    journal.debug(Part::miio, "no");
    journal.info(Part::miio, "yes");
    journal.warn(Part::mqtt, "no");
    journal.error(Part::mqtt, "also");
    CHECK(f.lines == std::vector<std::string>{"INF yes", "ERR also"});

    auto silent = f.journal(Severity::disabled);
    silent.error(Part::main, "no");
    silent.note("no");
    CHECK(f.published.empty());
}

TEST_CASE("a line about publishing lines is not published", "[agent][journal]") {
    Fixture f;
    auto journal = f.journal();
    int published = 0;
    journal.set_outlet([&](std::string_view) {
        ++published;
        journal.trace(Part::mqtt, "[mqtt] openmiio/log");
    });
    journal.info(Part::miio, "one");
    journal.info(Part::miio, "two");
    CHECK(published == 2);
    CHECK(f.lines.size() == 4);
}

TEST_CASE("keys and tokens are blotted out", "[agent][journal]") {
    CHECK(blotted(R"({"beaconkey":"8a","did":"blt.1","token" : "x,\"}y","n":1})") ==
          R"({"beaconkey":"***","did":"blt.1","token" : "***","n":1})");
    CHECK(blotted(R"({"params":"{\"ltmk\":\"ab\\\"cd\",\"x\":1}"})") ==
          R"({"params":"{\"ltmk\":\"***\",\"x\":1}"})");
    CHECK(blotted(R"({"token":123,"passwd":null,"psk":""})") == R"({"token":***,"passwd":***,"psk":""})");
    CHECK(blotted(R"(["token","token"] {"key":"method","token":{"a":1}})") ==
          R"(["token","token"] {"key":"method","token":{"a":1}})");
    CHECK(blotted(R"({"token":"cut off)") == R"({"token":"***)");
    CHECK(blotted("\"token\"") == "\"token\"");
    CHECK(blotted("plain") == "plain");

    Fixture f;
    auto journal = f.journal();
    journal.info(Part::miio, R"({"beaconkey":"8a21"})");
    CHECK(f.lines[0].find("8a21") == std::string::npos);
    CHECK(f.published[0].find("8a21") == std::string::npos);
}

TEST_CASE("a pipe that nobody reads costs lines, not time", "[agent][journal]") {
    std::array<int, 2> pipe{};
    REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
    LineWriter writer(pipe[1]);
    const std::string line(999, 'x');
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 10'000; ++i) writer.write(line);
    CHECK(std::chrono::steady_clock::now() - begun < 2s);
    CHECK(writer.lost() > 9'900);

    const auto drain = [&] {
        std::string all(1 << 20, '\0');
        all.resize(static_cast<std::size_t>(::read(pipe[0], all.data(), all.size())));
        return all;
    };
    drain();
    CHECK(writer.write("again"));
    CHECK_THAT(drain(), ContainsSubstring("(" + std::to_string(writer.lost()) + " lines lost)\nagain\n"));
    CHECK(writer.write("and on"));
    CHECK(drain() == "and on\n");
    ::close(pipe[0]);
    ::close(pipe[1]);
}

TEST_CASE("a full disk costs lines", "[agent][journal]") {
    const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    REQUIRE(full >= 0);
    LineWriter writer(full);
    CHECK_FALSE(writer.write("x"));
    CHECK(writer.lost() == 1);
    ::close(full);
}
