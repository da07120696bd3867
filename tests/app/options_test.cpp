#include <sys/stat.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "app/cli/data_directory.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/options.hpp"
#include "config_support.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::app;
using namespace lanbridge::test;

namespace {

/// Parses; the text of what is wrong, or "".
template <class Options>
std::string parse_into(Options& options, void (*add)(CLI::App&, Options&),
                       std::vector<std::string> arguments) {
    CLI::App app;
    add(app, options);
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
    try {
        app.parse(std::move(arguments));
    } catch (const CLI::ParseError& error) {
        return error.what();
    }
    return {};
}

}  // namespace

TEST_CASE("run takes all its flags, the repeatable ones several times", "[app][cli]") {
    const TemporaryFolder folder;
    const auto key = folder.write("key", "from-file\n").string();
    RunOptions o;
    CHECK(parse_into(o, &add_run_options,
                     {"--demo", "--once", "--data-dir", "/d", "--mqtt", "mqtts://u:p@h", "--meross", "a:81",
                      "--meross", "[::1]:82", "--meross-key", "", "--meross-key", "@" + key})
              .empty());
    CHECK(o.demo);
    CHECK(o.once);
    CHECK(o.data_dir == std::filesystem::path("/d"));
    REQUIRE(o.brokers);
    CHECK(o.brokers->at(0).tls);
    CHECK(o.password_in_arguments);
    CHECK(o.meross == std::vector<HostPort>{HostPort("a", 81), HostPort("::1", 82)});
    REQUIRE(o.meross_keys.size() == 2);
    CHECK(o.meross_keys[0].empty());
    CHECK(o.meross_keys[1].reveal() == "from-file");
}

TEST_CASE("a broker's URL may stand in a file, where nobody sees its password", "[app][cli]") {
    const TemporaryFolder folder;
    RunOptions o;
    CHECK(parse_into(o, &add_run_options, {"--mqtt", "@" + folder.write("url", "mqtt://u:p@h\n").string()})
              .empty());
    CHECK(o.brokers->at(0).password.reveal() == "p");
    CHECK_FALSE(o.password_in_arguments);
    RunOptions embedded;
    CHECK(parse_into(embedded, &add_run_options, {"--mqtt", "embedded"}).empty());
    CHECK(embedded.brokers->empty());
}

TEST_CASE("request takes target, namespace and its flags", "[app][cli]") {
    RequestOptions o;
    CHECK(parse_into(o, &add_request_options,
                     {"1.2.3.4", "Appliance.System.All", "--method", "SET", "--payload", "{\"a\":[1]}",
                      "--key", "", "--via", "http"})
              .empty());
    CHECK(o.target == "1.2.3.4");
    CHECK(o.name_space == "Appliance.System.All");
    CHECK(o.method == RequestMethod::set);
    CHECK(o.payload == Json::parse("{\"a\":[1]}"));
    REQUIRE(o.key);
    CHECK(o.key->empty());
    CHECK(o.via == RequestVia::http);

    RequestOptions plain;
    CHECK(parse_into(plain, &add_request_options, {"a", "b", "--payload", "{}"}).empty());
    CHECK(plain.payload == Json::object());
    CHECK(plain.method == RequestMethod::get);
    CHECK_FALSE(plain.key);
}

TEST_CASE("simulate takes several paths and an address", "[app][cli]") {
    SimulateOptions o;
    CHECK(parse_into(o, &add_simulate_options,
                     {"a", "b", "--listen", "127.0.0.2:8100", "--key", "k", "--mqtt", "mqtt://h"})
              .empty());
    CHECK(o.paths == std::vector<std::string>{"a", "b"});
    CHECK(o.listen == HostPort("127.0.0.2", 8100));
    CHECK(o.key->reveal() == "k");
    CHECK(o.broker->host == "h");
    SimulateOptions plain;
    CHECK(parse_into(plain, &add_simulate_options, {"a"}).empty());
    CHECK(plain.listen == HostPort("127.0.0.1", 0));
}

TEST_CASE("a wrong argument is named", "[app][cli]") {
    RunOptions run;
    RequestOptions request;
    CHECK_THAT(parse_into(run, &add_run_options, {"--meross", "1.2.3.999"}),
               ContainsSubstring("--meross: expected"));
    CHECK_THAT(parse_into(run, &add_run_options, {"--meross-key", "@/nowhere"}),
               ContainsSubstring("/nowhere"));
    CHECK_THAT(parse_into(run, &add_run_options, {"--mqtt", "h"}), ContainsSubstring("--mqtt"));
    CHECK_FALSE(parse_into(run, &add_run_options, {"--meross"}).empty());
    CHECK_THAT(parse_into(request, &add_request_options, {"a", "b", "--payload", "[1]"}),
               ContainsSubstring("JSON object"));
    CHECK_THAT(parse_into(request, &add_request_options, {"a", "b", "--payload", "{"}),
               ContainsSubstring("not JSON"));
    CHECK_THAT(parse_into(request, &add_request_options, {"a", "b", "--method", "get"}),
               ContainsSubstring("GET|SET|PUSH"));
    CHECK_FALSE(parse_into(request, &add_request_options, {"a"}).empty());
}

TEST_CASE("the data folder is the first that is named, made for its owner alone", "[app][cli]") {
    const TemporaryFolder folder;
    const auto& root = folder.path();
    const auto all = environment(
        {{"STATE_DIRECTORY", root / "state:/other"}, {"XDG_STATE_HOME", root / "xdg"}, {"HOME", root}});
    CHECK(data_directory(root / "flag", all).value() == root / "flag");
    CHECK(data_directory(std::nullopt, all).value() == root / "state");
    CHECK(data_directory(std::nullopt, environment({{"XDG_STATE_HOME", root / "xdg"}})).value() ==
          root / "xdg/lanbridge");
    CHECK(data_directory(std::nullopt, environment({{"HOME", root}})).value() ==
          root / ".local/state/lanbridge");
    struct stat status {};
    REQUIRE(::stat((root / "flag").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0700);
    CHECK(data_directory(std::nullopt, environment()).error().is(Errc::not_found));
    const auto file = folder.write("file", "");
    CHECK_THAT(data_directory(file, all).error().text(), ContainsSubstring("--data-dir"));
    CHECK_FALSE(data_directory(file / "below", all));
}

TEST_CASE("an error's kind decides the exit status", "[app][cli]") {
    CHECK(exit_code_for(Errc::unreachable) == 3);
    CHECK(exit_code_for(Errc::timeout) == 3);
    CHECK(exit_code_for(Errc::wrong_key) == 4);
    CHECK(exit_code_for(Errc::device_error) == 1);
}
