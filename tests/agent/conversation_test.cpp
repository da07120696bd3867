#include <fstream>
#include <regex>

#include "agent/router_bench.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::agent;
using namespace lanbridge::agent::testing;

namespace {

/// "app:4 {…}" -> "app:4" and the rest.
std::pair<std::string, std::string> cut(const std::string& line, std::size_t spaces = 1) {
    std::size_t at = 0;
    for (; spaces > 0; --spaces) at = line.find(' ', at) + 1;
    return {line.substr(0, at - 1), line.substr(at)};
}

/// The ids that the router makes up, by the names the script gives them.
class MadeUp {
public:
    std::string real(std::string text) const {
        static const std::regex name(R"(\$\d+)");
        for (std::smatch found; std::regex_search(text, found, name);)
            text.replace(static_cast<std::size_t>(found.position()), found[0].str().size(),
                         ids_.at(found[0]));
        return text;
    }
    /// Learns the name in `expected`, when it is new, from what was really said.
    void learn(const std::string& expected, const std::string& actual) {
        static const std::regex name(R"("id":(\$\d+))"), number(R"("id":(\d+))");
        std::smatch theirs, mine;
        if (std::regex_search(expected, theirs, name) && std::regex_search(actual, mine, number))
            ids_.emplace(theirs[1], mine[1]);
    }

private:
    std::map<std::string, std::string> ids_;
};

struct Turn {
    std::string said;
    std::vector<std::string> heard;
};

std::vector<Turn> read_turns() {
    std::ifstream file(LANBRIDGE_TEST_DATA "/agent_conversation.txt");
    std::vector<Turn> turns;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("#")) continue;
        if (line.starts_with("< "))
            turns.back().heard.push_back(line.substr(2));
        else
            turns.push_back({line, {}});
    }
    return turns;
}

void say(RouterBench& bench, const std::string& line, const MadeUp& ids) {
    const auto [verb, rest] = cut(line);
    const auto number = [](const std::string& app) { return std::stoi(app.substr(4)); };
    if (verb == "bind") return bench.bind(static_cast<Connection>(number(rest)), number(rest));
    const auto [who, text] = cut(rest);
    if (verb == "register") return bench.serve(static_cast<Connection>(number(who)), text);
    const auto real = ids.real(text);
    if (who == "cloud") return bench.from_cloud(real);
    if (who == "mqtt") return bench.router.from_mqtt(real);
    bench.router.from_app(static_cast<Connection>(number(who)), real);
}

}  // namespace

TEST_CASE("two hundred messages come out where they should, byte for byte", "[agent][router]") {
    RouterBench bench;
    MadeUp ids;
    const auto turns = read_turns();
    REQUIRE(turns.size() > 190);
    for (const auto& turn : turns) {
        INFO(turn.said);
        say(bench, turn.said, ids);
        const auto heard = bench.take();
        Heard expected;
        for (const auto& line : turn.heard) {
            const auto [place, text] = cut(line, line.starts_with("mqtt ") ? 2 : 1);
            auto& texts = expected[place];
            const auto actual = heard.find(place);
            if (actual != heard.end() && texts.size() < actual->second.size())
                ids.learn(text, actual->second[texts.size()]);
            texts.push_back(ids.real(text));
        }
        CHECK(heard == expected);
    }
}
