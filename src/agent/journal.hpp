#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

#include "agent/line_writer.hpp"
#include "lanbridge/base/error.hpp"
#include "lanbridge/base/time.hpp"

namespace lanbridge::agent {

/// openmiio_agent's numbers; any in between is a level too.
enum class Severity : int {
    trace = -1,
    debug = 0,
    info = 1,
    warn = 2,
    error = 3,
    fatal = 4,
    panic = 5,
    disabled = 7
};
/// Lower-case names, or an integer from -128 to 127. Anything else leaves `out` alone and returns false.
bool parse_severity(std::string_view text, Severity& out) noexcept;

enum class Part : std::size_t { main, store, lua, miio, zigbee, cache, mqtt, central };
inline constexpr std::size_t part_count = 8;

/// What is written of each part.
struct Levels {
    Levels() { of.fill(Severity::info); }
    std::array<Severity, part_count> of{};
};

/// A named value beside the message. Numbers stand bare in JSON, texts quoted.
struct Field {
    explicit Field(const Error& e) : name("error"), text(e.text()) {}
    Field(std::string_view n, std::string_view v) : name(n), text(v) {}
    Field(std::string_view n, const char* v) : name(n), text(v) {}
    Field(std::string_view n, const std::string& v) : name(n), text(v) {}
    Field(std::string_view n, std::int64_t v) : name(n), text(std::to_string(v)), bare(true) {}
    std::string_view name;
    std::string text;
    bool bare = false;
};
using Fields = std::initializer_list<Field>;

/// The agent's log in openmiio_agent's form: a line of text on stdout, and a JSON object for the topic
/// openmiio/log. `message` carries its part's tag ("[miio] accept conn"), for users grep for these texts. On
/// the loop only. Values of `beaconkey`, `token` and the like inside messages are blotted out.
class Journal {
public:
    using Print = std::function<void(std::string_view line)>;   ///< without end of line; default: stdout
    using Outlet = std::function<void(std::string_view json)>;  ///< openmiio/log

    Journal(TimeSource& time, Levels levels);

    bool enabled(Part part, Severity severity) const noexcept {
        return severity >= levels_.of[static_cast<std::size_t>(part)];
    }
    void write(Part part, Severity severity, std::string_view message, Fields fields = {});
    void trace(Part part, std::string_view message, Fields fields = {}) {
        write(part, Severity::trace, message, fields);
    }
    void debug(Part part, std::string_view message, Fields fields = {}) {
        write(part, Severity::debug, message, fields);
    }
    void info(Part part, std::string_view message, Fields fields = {}) {
        write(part, Severity::info, message, fields);
    }
    void warn(Part part, std::string_view message, Fields fields = {}) {
        write(part, Severity::warn, message, fields);
    }
    void error(Part part, std::string_view message, Fields fields = {}) {
        write(part, Severity::error, message, fields);
    }
    /// A line without a level, as the last one is: `{"signal":"terminated","time":…,"message":"exit"}`.
    void note(std::string_view message, Fields fields = {});

    /// Lines written before there is an outlet are on stdout only.
    void set_outlet(Outlet outlet) { outlet_ = std::move(outlet); }
    void set_print(Print print) { print_ = std::move(print); }

private:
    void put(std::string_view level, std::string_view short_level, std::string_view message, Fields fields);

    TimeSource& time_;
    Levels levels_;
    LineWriter stdout_;
    Print print_;
    Outlet outlet_;
    bool inside_outlet_ = false;
};

}  // namespace lanbridge::agent
