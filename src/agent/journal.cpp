#include "agent/journal.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <ctime>

#include "agent/blot.hpp"
#include "agent/json/json_text.hpp"

namespace lanbridge::agent {
namespace {

struct Name {
    Severity severity;
    std::string_view text;
    std::string_view brief;
};
constexpr std::array names{
    Name{Severity::trace, "trace", "TRC"}, Name{Severity::debug, "debug", "DBG"},
    Name{Severity::info, "info", "INF"},   Name{Severity::warn, "warn", "WRN"},
    Name{Severity::error, "error", "ERR"}, Name{Severity::fatal, "fatal", "FTL"},
    Name{Severity::panic, "panic", "PNC"}, Name{Severity::disabled, "disabled", "???"}};
/// Where a line without a level stands: only "disabled" silences it.
constexpr int no_level = 6;

/// openmiio_agent leaves `<`, `>`, `&` and the two Unicode line ends as they are in its log.
std::string log_quote(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> plain{
        {{"\\u003c", "<"},
         {"\\u003e", ">"},
         {"\\u0026", "&"},
         {"\\u2028", "\xe2\x80\xa8"},
         {"\\u2029", "\xe2\x80\xa9"}}};
    const auto quoted = quote(text);
    if (quoted.find("\\u") == quoted.npos) return quoted;
    std::string out;
    for (std::size_t at = 0; at < quoted.size();) {
        if (quoted[at] != '\\') {
            out += quoted[at++];
            continue;
        }
        const auto rest = std::string_view(quoted).substr(at);
        const auto* found = std::find_if(plain.begin(), plain.end(),
                                         [rest](const auto& row) { return rest.starts_with(row.first); });
        out.append(found == plain.end() ? rest.substr(0, 2) : found->second);
        at += found == plain.end() ? 2 : found->first.size();
    }
    return out;
}

/// Bytes that would end the line, or steer a terminal, become spaces.
std::string one_line(std::string_view text) {
    std::string out(text);
    const auto harmful = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
    std::replace_if(out.begin(), out.end(), harmful, ' ');
    return out;
}

std::string text_value(const Field& field) {
    const bool plain = std::all_of(field.text.begin(), field.text.end(), [](unsigned char c) {
        return c > 0x20 && c < 0x7f && c != '"' && c != '\\';
    });
    return field.bare || plain ? field.text : log_quote(field.text);
}

std::string clock_text(std::int64_t wall_ms) {
    const auto seconds = static_cast<std::time_t>(wall_ms / 1000);
    std::tm local{};
    ::localtime_r(&seconds, &local);
    return fmt::format("{:02}:{:02}:{:02}.{:03}", local.tm_hour, local.tm_min, local.tm_sec, wall_ms % 1000);
}

}  // namespace

bool parse_severity(std::string_view text, Severity& out) noexcept {
    for (const auto& name : names) {
        if (name.text != text) continue;
        out = name.severity;
        return true;
    }
    int number = 0;
    if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (ec != std::errc() || end != text.data() + text.size() || number < -128 || number > 127) return false;
    out = static_cast<Severity>(number);
    return true;
}

Journal::Journal(TimeSource& time, Levels levels) : time_(time), levels_(levels), stdout_(STDOUT_FILENO) {}

void Journal::write(Part part, Severity severity, std::string_view message, Fields fields) {
    if (!enabled(part, severity)) return;
    const auto* name = std::find_if(names.begin(), names.end(),
                                    [severity](const Name& row) { return row.severity == severity; });
    if (name == names.end()) return put("", "???", message, fields);
    put(name->text, name->brief, message, fields);
}

void Journal::note(std::string_view message, Fields fields) {
    if (enabled(Part::main, static_cast<Severity>(no_level))) put("", "???", message, fields);
}

void Journal::put(std::string_view level, std::string_view short_level, std::string_view message,
                  Fields fields) {
    const auto wall_ms = time_.wall_ms();
    const auto shown = blotted(message);
    auto line = clock_text(wall_ms) + ' ' + std::string(short_level);
    std::string json = level.empty() ? "{" : "{\"level\":" + log_quote(level) + ",";
    if (!shown.empty()) line += ' ' + one_line(shown);
    for (const auto& field : fields) {
        line += fmt::format(" {}={}", field.name, text_value(field));
        json += fmt::format("\"{}\":{},", field.name, field.bare ? field.text : log_quote(field.text));
    }
    json += fmt::format("\"time\":{}", wall_ms);
    if (!shown.empty()) json += ",\"message\":" + log_quote(shown);
    json += '}';

    if (print_)
        print_(line);
    else
        stdout_.write(line);
    // what the way out to the broker has to say itself must not go that way
    if (!outlet_ || inside_outlet_) return;
    inside_outlet_ = true;
    outlet_(json);
    inside_outlet_ = false;
}

}  // namespace lanbridge::agent
