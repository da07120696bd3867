#include "report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace lanbridge::bench {
namespace {

using Json = nlohmann::ordered_json;

std::string_view sign_of(Budget::Kind kind) { return kind == Budget::Kind::at_most ? "<=" : ">="; }

std::string line_of(const Measurement& m) {
    std::string line = fmt::format("{:<50} {:>10.4g} {}", m.what, m.measured, m.unit);
    if (m.baseline) line += fmt::format("  bare {:.4g} {}", *m.baseline, m.unit);
    if (const auto ratio = m.ratio()) line += fmt::format(" (x{:.2f})", *ratio);
    if (!m.budget) return line;
    const auto& budget = *m.budget;
    return line + fmt::format("  budget: {:.3g} {} {} {:g}: {}", budget.judged, budget.phrase,
                              sign_of(budget.kind), budget.limit, budget.kept() ? "kept" : "MISSED");
}

Json json_of(const Measurement& m) {
    Json json{{"what", m.what}, {"unit", m.unit}, {"measured", m.measured}};
    json["baseline"] = m.baseline ? Json(*m.baseline) : Json();
    json["ratio"] = m.ratio() ? Json(*m.ratio()) : Json();
    json["budget"] = Json();
    if (m.budget)
        json["budget"] = {{"judged", m.budget->judged},
                          {"phrase", m.budget->phrase},
                          {"limit", fmt::format("{} {:g}", sign_of(m.budget->kind), m.budget->limit)},
                          {"kept", m.budget->kept()}};
    return json;
}

}  // namespace

Report::Report(std::string name, const Arguments& arguments)
    : name_(std::move(name)), json_(arguments.has("--json")), quick_(arguments.has("--quick")) {
    fmt::print(json_ ? stderr : stdout, "# {}\n", name_);
}

void Report::note(const std::string& sentence) {
    notes_.push_back(sentence);
    fmt::print(json_ ? stderr : stdout, "  {}\n", sentence);
    std::fflush(stdout);
}

void Report::add(Measurement measurement) {
    if (quick_) measurement.budget.reset();
    fmt::print(json_ ? stderr : stdout, "{}\n", line_of(measurement));
    std::fflush(stdout);
    measurements_.push_back(std::move(measurement));
}

int Report::finish() const {
    if (!json_) return 0;
    Json document{{"benchmark", name_}, {"notes", notes_}, {"measurements", Json::array()}};
    for (const auto& measurement : measurements_) document["measurements"].push_back(json_of(measurement));
    fmt::print("{}\n", document.dump());
    return 0;
}

}  // namespace lanbridge::bench
