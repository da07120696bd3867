#include "agent/miio/strays.hpp"

namespace lanbridge::agent {
namespace {

struct Text {
    std::string_view message;
    Severity severity;
};
/// By kind.
constexpr std::array texts{
    Text{"[miio] not a JSON object, ignored", Severity::warn},
    Text{"[miio] answer that nobody waits for, dropped", Severity::info},
    Text{"[miio] unreadable _to, dropped", Severity::warn},
    Text{"[miio] nobody at this address, dropped", Severity::debug},
    Text{"[miio] too many requests without an answer, oldest given up", Severity::warn},
};

}  // namespace

void Strays::note(Kind kind, Address from, std::string_view why) {
    const auto place = static_cast<std::size_t>(kind);
    const auto count = tallies_[place].note(time_.now());
    if (count == 0) return;
    const auto& text = texts[place];
    const Field app("app", address_name(from));
    const Field number("count", static_cast<std::int64_t>(count));
    if (why.empty()) return journal_.write(Part::miio, text.severity, text.message, {app, number});
    journal_.write(Part::miio, text.severity, text.message, {app, number, Field("error", why)});
}

}  // namespace lanbridge::agent
