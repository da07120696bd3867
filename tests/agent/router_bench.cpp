#include "agent/router_bench.hpp"

#include <nlohmann/json.hpp>
#include <regex>

namespace lanbridge::agent::testing {
namespace {

Levels everything() {
    Levels levels;
    levels.of.fill(Severity::trace);
    return levels;
}

bool is_mark_id(std::int64_t id) { return id >= Marks::lowest_id && id <= Marks::highest_id; }

const std::regex& id_pattern() {
    static const std::regex pattern(R"("id":(\d+))");
    return pattern;
}

}  // namespace

RouterBench::RouterBench() : journal(time, everything()), router(random, time, journal, *this) {
    journal.set_print([this](std::string_view line) { log.emplace_back(line); });
}

void RouterBench::bind(Connection connection, Address address) {
    addresses_[connection] = address;
    router.from_app(connection, R"({"address":)" + std::to_string(address) + R"(,"method":"bind"})");
}

void RouterBench::serve(Connection connection, const std::string& method) {
    router.from_app(connection, R"({"method":"register","key":")" + method + "\"}");
}

void RouterBench::from_cloud(std::string_view bytes) {
    splitter_.feed(bytes, [this](std::string_view object) { router.from_cloud(object); });
}

void RouterBench::to_app(Connection to, std::string_view text) {
    heard_["app:" + std::to_string(addresses_[to])].emplace_back(text);
}

std::string Symbols::real_id(std::int64_t id) const {
    const auto it = real_of_.find(id);
    return std::to_string(it == real_of_.end() ? id : it->second);
}

std::string Symbols::real(const std::string& text) const {
    std::string out;
    ObjectSplitter splitter;
    splitter.feed(text, [&](std::string_view view) {
        const std::string object(view);
        const auto json = nlohmann::json::parse(object, nullptr, false);
        const bool answer = json.is_object() &&
                            (!json.contains("method") || json["method"] == "local.status") &&
                            json.contains("id") && json["id"].is_number_integer();
        std::smatch found;
        if (answer && std::regex_search(object, found, id_pattern()))
            out += std::string(found.prefix()) + "\"id\":" + real_id(std::stoll(found[1])) +
                   std::string(found.suffix());
        else
            out += object;
    });
    return out.empty() ? text : out;
}

std::string Symbols::named(const std::string& actual, const std::string& expected) {
    std::smatch mine, theirs;
    if (!std::regex_search(actual, mine, id_pattern()) || !std::regex_search(expected, theirs, id_pattern()))
        return actual;
    const auto real = std::stoll(mine[1]);
    if (!is_mark_id(real)) return actual;
    const auto name = std::stoll(theirs[1]);
    if (real_of_.emplace(name, real).first->second != real) return actual;
    return std::string(mine.prefix()) + "\"id\":" + std::to_string(name) + std::string(mine.suffix());
}

}  // namespace lanbridge::agent::testing
