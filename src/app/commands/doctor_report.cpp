#include "app/commands/doctor_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lanbridge::app {
namespace {

using State = DoctorReport::State;

constexpr std::array<std::string_view, 4> marks{"ok", "-", "warn", "FAIL"};
constexpr std::array<std::string_view, 4> names{"ok", "note", "warning", "failed"};

std::string_view word(const std::array<std::string_view, 4>& words, State state) {
    return words[static_cast<std::size_t>(state)];
}

}  // namespace

void DoctorReport::add(std::string_view area, State state, std::string text, std::string advice) {
    findings_.push_back(Finding{std::string(area), state, std::move(text), std::move(advice)});
}

bool DoctorReport::well() const {
    return std::ranges::none_of(findings_, [](const auto& f) { return f.state == State::broken; });
}

std::string DoctorReport::table() const {
    std::string out;
    for (const auto& finding : findings_) {
        out += fmt::format("{:<5} {:<14} {}\n", word(marks, finding.state), finding.area, finding.text);
        if (!finding.advice.empty()) out += fmt::format("{:<5} {:<14} -> {}\n", "", "", finding.advice);
    }
    const auto count = [&](State state) { return std::ranges::count(findings_, state, &Finding::state); };
    if (well())
        out += count(State::doubt) == 0 ? "\nAll is well.\n" : "\nIt works; see the warnings.\n";
    else
        out += fmt::format("\n{} of {} checks failed.\n", count(State::broken), findings_.size());
    return out;
}

Json DoctorReport::json() const {
    Json list = Json::array();
    for (const auto& finding : findings_) {
        Json entry = Json::object();
        entry["area"] = finding.area;
        entry["state"] = word(names, finding.state);
        entry["text"] = finding.text;
        entry["advice"] = finding.advice.empty() ? Json() : Json(finding.advice);
        list.push_back(std::move(entry));
    }
    Json json = Json::object();
    json["well"] = well();
    json["findings"] = std::move(list);
    return json;
}

}  // namespace lanbridge::app
