#include <fmt/format.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "base/log_sink.hpp"

// The small build's end of the log: one line of text on stdout for each record, in the form of openmiio_agent's. No
// streams and no spdlog, which cost more than all else together.
namespace lanbridge::log {
namespace {

constexpr std::array<std::string_view, 6> short_names{"TRC", "DBG", "INF", "WRN", "ERR", "???"};

/// A line that cannot be written is lost: there is nobody to tell.
void put(std::string_view line) {
    while (!line.empty()) {
        const auto count = ::write(STDOUT_FILENO, line.data(), line.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return;
        line.remove_prefix(static_cast<std::size_t>(count));
    }
}

}  // namespace

/// There is one form only.
void open_sink(Format) {}

void write_line(Level level, std::string_view logger, std::string_view message) {
    timeval now{};
    ::gettimeofday(&now, nullptr);
    const time_t seconds = now.tv_sec;
    tm local{};
    ::localtime_r(&seconds, &local);
    put(fmt::format("{:02}:{:02}:{:02}.{:03} {} [{}] {}\n", local.tm_hour, local.tm_min, local.tm_sec,
                    static_cast<int>(now.tv_usec / 1000), short_names[static_cast<std::size_t>(level)], logger,
                    message));
}

}  // namespace lanbridge::log
