#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "base/log_sink.hpp"
#include "lanbridge/base/json.hpp"

namespace lanbridge::log {
namespace {

constexpr auto text_pattern = "%Y-%m-%d %H:%M:%S.%e %v";
// The journal adds time and priority itself; the <n> prefix tells it the priority.
constexpr auto journal_pattern = "%v";
constexpr auto json_pattern = "%v";

struct Sink {
    std::shared_ptr<spdlog::logger> logger;
    Format format = Format::text;

    static Sink& get() {
        static Sink sink;
        return sink;
    }
};

/// systemd names the device and inode of the journal's stream; stderr may have been redirected since.
bool stderr_is_journal() {
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat status {};
    if (!stream || fstat(STDERR_FILENO, &status) != 0) return false;
    return stream == std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

spdlog::level::level_enum to_spdlog(Level level) {
    switch (level) {
        case Level::trace:
            return spdlog::level::trace;
        case Level::debug:
            return spdlog::level::debug;
        case Level::info:
            return spdlog::level::info;
        case Level::warn:
            return spdlog::level::warn;
        case Level::error:
            return spdlog::level::err;
        case Level::off:
            break;
    }
    return spdlog::level::off;
}

int syslog_priority(Level level) {
    switch (level) {
        case Level::error:
            return 3;
        case Level::warn:
            return 4;
        case Level::info:
            return 6;
        default:
            return 7;
    }
}

std::string json_line(Level level, std::string_view logger, std::string_view message) {
    OrderedJson line;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    line["time"] =
        std::chrono::duration<double>(std::chrono::duration_cast<std::chrono::milliseconds>(now)).count();
    line["level"] = level_name(level);
    line["logger"] = logger;
    line["message"] = message;
    return dump_json(line);
}

}  // namespace

void open_sink(Format format) {
    auto& sink = Sink::get();
    if (format == Format::automatic) format = stderr_is_journal() ? Format::journald : Format::text;
    sink.format = format;
    sink.logger =
        std::make_shared<spdlog::logger>("lanbridge", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    sink.logger->set_level(spdlog::level::trace);
    sink.logger->flush_on(spdlog::level::trace);
    sink.logger->set_pattern(format == Format::text       ? text_pattern
                             : format == Format::journald ? journal_pattern
                                                          : json_pattern);
}

void write_line(Level level, std::string_view logger, std::string_view message) {
    auto& sink = Sink::get();
    if (!sink.logger) open_sink(Format::automatic);
    const auto severity = to_spdlog(level);
    switch (sink.format) {
        case Format::json:
            sink.logger->log(severity, "{}", json_line(level, logger, message));
            break;
        case Format::journald:
            sink.logger->log(severity, "<{}>{}: {}", syslog_priority(level), logger, message);
            break;
        default:
            sink.logger->log(severity, "{}: {}", logger, message);
    }
}

}  // namespace lanbridge::log
