#pragma once

#include <fmt/format.h>

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace lanbridge::log {

// What the levels mean. error: a person must act. warn: it degraded and will retry. info: state changes only.
// debug: frames, with keys and signatures cut out. trace: inner steps.
enum class Level : int { trace, debug, info, warn, error, off };

std::string_view level_name(Level level) noexcept;
/// Accepts the names that `level_name` gives, and `warning`.
bool parse_level(std::string_view name, Level& out) noexcept;

enum class Format { automatic, text, json, journald };

struct Settings {
    Level level = Level::info;
    Format format = Format::automatic;    ///< automatic: journald when stderr is the journal, else text
    std::map<std::string, Level> levels;  ///< by logger name; "meross" also covers "meross.http"
};

/// Applies at once to every logger, existing or not.
void configure(const Settings& settings);
Level global_level() noexcept;

/// Sees every record that passes its logger's level and `level`, on the logging thread. At most one; an empty
/// function removes it. Records that the tap itself causes are not given to it.
using Tap = std::function<void(Level, std::string_view logger, std::string_view message)>;
void set_tap(Level level, Tap tap);

namespace detail {
struct Channel {
    explicit Channel(std::string n) : name(std::move(n)) {}
    std::string name;
    std::atomic<Level> level{Level::info};
};
Channel& channel(std::string_view name);
void write(Channel& channel, Level level, std::string_view message);
}  // namespace detail

/// A named source of log lines; cheap to copy. One per layer, with a suffix where a part deserves its own
/// level.
class Logger {
public:
    explicit Logger(std::string_view name) : channel_(&detail::channel(name)) {}

    bool enabled(Level level) const noexcept {
        return level >= channel_->level.load(std::memory_order_relaxed);
    }

    template <class... Args>
    void operator()(Level level, fmt::format_string<Args...> format, Args&&... args) const {
        if (enabled(level)) detail::write(*channel_, level, fmt::format(format, std::forward<Args>(args)...));
    }
    template <class... Args>
    void trace(fmt::format_string<Args...> format, Args&&... args) const {
        (*this)(Level::trace, format, std::forward<Args>(args)...);
    }
    template <class... Args>
    void debug(fmt::format_string<Args...> format, Args&&... args) const {
        (*this)(Level::debug, format, std::forward<Args>(args)...);
    }
    template <class... Args>
    void info(fmt::format_string<Args...> format, Args&&... args) const {
        (*this)(Level::info, format, std::forward<Args>(args)...);
    }
    template <class... Args>
    void warn(fmt::format_string<Args...> format, Args&&... args) const {
        (*this)(Level::warn, format, std::forward<Args>(args)...);
    }
    template <class... Args>
    void error(fmt::format_string<Args...> format, Args&&... args) const {
        (*this)(Level::error, format, std::forward<Args>(args)...);
    }

private:
    detail::Channel* channel_;
};

}  // namespace lanbridge::log
