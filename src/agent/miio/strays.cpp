#include "agent/miio/strays.hpp"

namespace lanbridge::agent {
namespace {

struct Text {
    std::string_view message;
    Severity severity;
    std::string_view detail;  ///< the name of the field that holds it
};
/// By kind.
constexpr std::array texts{
    Text{"[miio] not a JSON object, ignored", Severity::warn, "error"},
    Text{"[miio] answer that nobody waits for, dropped", Severity::info, ""},
    Text{"[miio] unreadable _to, dropped", Severity::warn, "to"},
    Text{"[miio] nobody at this address, dropped", Severity::debug, "method"},
    Text{"[miio] nobody serves this method, dropped", Severity::debug, "method"},
    Text{"[miio] too many requests without an answer, oldest given up", Severity::warn, ""},
};

}  // namespace

void Strays::note(Kind kind, Address from, std::string_view detail) {
    const auto place = static_cast<std::size_t>(kind);
    const auto count = tallies_[place].note(time_.now());
    if (count == 0) return;
    const auto& text = texts[place];
    const Field app("app", address_name(from));
    const Field number("count", static_cast<std::int64_t>(count));
    if (detail.empty()) return journal_.write(Part::miio, text.severity, text.message, {app, number});
    journal_.write(Part::miio, text.severity, text.message, {app, number, Field(text.detail, detail)});
}

}  // namespace lanbridge::agent
