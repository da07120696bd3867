#include <sys/stat.h>
#include <sys/wait.h>

#include <cstdio>

#include "config_support.hpp"
#include "lanbridge/base/json.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;

// The built program, as a script sees it.
namespace {

struct Outcome {
    int status = -1;
    std::string out;
    std::string err;
};

std::string content(const std::filesystem::path& file) {
    std::ifstream stream(file);
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

Outcome run(const std::string& arguments) {
    const TemporaryFolder folder;
    const auto out = (folder.path() / "out").string();
    const auto err = (folder.path() / "err").string();
    const std::string command =
        "timeout 20 " LANBRIDGE_PROGRAM " " + arguments + " >" + out + " 2>" + err + " </dev/null";
    const int status = std::system(command.c_str());
    Outcome outcome;
    outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    outcome.out = content(out);
    outcome.err = content(err);
    return outcome;
}

}  // namespace

TEST_CASE("the version is for people and for programs", "[app][program]") {
    CHECK_THAT(run("--version").out, ContainsSubstring("lanbridge "));
    const auto json = parse_json(run("--json --version").out);
    REQUIRE(json);
    CHECK(string_or(*json, {"name"}, "") == "lanbridge");
}

TEST_CASE("help is there on every level, with examples", "[app][program]") {
    for (const auto* command : {"", "run", "discover", "request", "simulate", "agent", "config check",
                                "config init", "completion"}) {
        const auto help = run(std::string(command) + " --help");
        INFO(command);
        CHECK(help.status == 0);
        CHECK(help.err.empty());
        CHECK_THAT(help.out, ContainsSubstring("Example"));
    }
}

TEST_CASE("wrong usage is status 2, says what and where to look, and leaves stdout alone", "[app][program]") {
    struct Row {
        const char* arguments;
        const char* complaint;
    };
    for (const auto& row :
         {Row{"", "which command?"}, Row{"rnu", "did you mean \"run\"?"},
          Row{"run --dmo", "\"--dmo\" was not expected"}, Row{"config", "which of check, init, schema?"},
          Row{"simulate", "required"}, Row{"--log-level loud run", "--log-level"},
          Row{"discover --timeout 0s", "such as 5s"}, Row{"discover --subnet 10.0.0.0/8", "/20"},
          Row{"miio -z --foo", "does not have the command \"miio\" yet"},
          Row{"completion tcsh", "bash|zsh|fish"}}) {
        const auto outcome = run(row.arguments);
        INFO(row.arguments << ": " << outcome.err);
        CHECK(outcome.status == 2);
        CHECK(outcome.out.empty());
        CHECK_THAT(outcome.err, ContainsSubstring(row.complaint));
    }
}

TEST_CASE("config check tells people and programs the same", "[app][program]") {
    const TemporaryFolder folder;
    const auto bad = folder.write("bad.yaml", "mqtt: {protocol: 4}\nlog: {level: loud}\n").string();
    const auto good = folder.write("good.yaml", "xiaomi: {devices: [{host: a}]}\n").string();
    const auto human = run("config check " + bad);
    CHECK(human.status == 2);
    CHECK_THAT(human.out, ContainsSubstring(bad + ":1:18: mqtt.protocol: expected"));
    CHECK_THAT(human.out, ContainsSubstring(bad + ":2:14: log.level: expected"));
    const auto machine = run("--config " + bad + " config check --json");
    CHECK(machine.status == 2);
    const auto json = parse_json(machine.out);
    REQUIRE(json);
    CHECK(find_member(*json, {"problems"})->size() == 2);
    CHECK(int_or(*json->find("problems")->begin(), {"line"}, 0) == 1);
    const auto fine = run("config check " + good);
    CHECK(fine.status == 0);
    CHECK_THAT(fine.out, ContainsSubstring("is valid"));
    CHECK_THAT(fine.out, ContainsSubstring("Warning: xiaomi"));
}

TEST_CASE("config init writes a valid file and overwrites none unasked", "[app][program]") {
    const TemporaryFolder folder;
    const auto file = (folder.path() / "new.yaml").string();
    CHECK(run("config init --output " + file).status == 0);
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & S_IRWXO) == 0);
    CHECK(run("config check " + file).status == 0);
    CHECK(run("config init").out == content(file));
    folder.write("new.yaml", "precious\n");
    const auto again = run("config init --output " + file);
    CHECK(again.status == 1);
    CHECK_THAT(again.err, ContainsSubstring("--force"));
    CHECK(content(file) == "precious\n");
    CHECK(run("config init --force --output " + file).status == 0);
    CHECK_FALSE(content(file) == "precious\n");
    CHECK(run("config init --output /nowhere/x").status == 1);
}

TEST_CASE("config schema is the schema in the repository", "[app][program]") {
    CHECK(run("config schema").out == content(LANBRIDGE_SOURCE_DIR "/config/lanbridge.schema.json"));
}

TEST_CASE("bash completes commands, options and choices", "[app][program]") {
    const TemporaryFolder folder;
    folder.write("completion", run("completion bash").out);
    const auto completions = [&](const std::string& words, int position) {
        folder.write("try", "source " + (folder.path() / "completion").string() + "\nCOMP_WORDS=(lanbridge " +
                                words + ")\nCOMP_CWORD=" + std::to_string(position) +
                                "\n_lanbridge\necho \"${COMPREPLY[@]}\"\n");
        const auto out = (folder.path() / "out").string();
        const int status =
            std::system(("bash " + (folder.path() / "try").string() + " >" + out + " 2>&1").c_str());
        return status == 0 ? content(out) : "bash failed: " + content(out);
    };
    CHECK(completions("co", 1) == "config completion\n");
    CHECK(completions("config ch", 2) == "check\n");
    CHECK(completions("run --de", 2) == "--demo\n");
    CHECK(completions("request a b --method S", 5) == "SET\n");
    CHECK(completions("--log-level debug con", 3) == "config\n");
    CHECK(completions("completion z", 2) == "zsh\n");
}
