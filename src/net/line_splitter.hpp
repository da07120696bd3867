#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "lanbridge/base/time.hpp"

namespace lanbridge::net {

/// Longest line handed over: enough for any log line worth reading, too little to hurt.
inline constexpr std::size_t max_line_length = 1024;
/// A child that writes without end must not fill our log nor our time.
inline constexpr int max_lines_per_second = 200;

/// Cuts a stream of bytes into lines of bounded length and rate.
class LineSplitter {
public:
    using Handler = std::function<void(std::string_view line)>;
    explicit LineSplitter(Handler handler) : handler_(std::move(handler)) {}

    void feed(std::string_view bytes, TimeSource::Clock::time_point now);
    /// The stream has ended: hands over an unfinished last line and the count of what was withheld.
    void finish(TimeSource::Clock::time_point now);

private:
    void append(char c);
    void flush(TimeSource::Clock::time_point now);
    void report_withheld();

    Handler handler_;
    std::string line_;
    TimeSource::Clock::time_point second_{};
    int in_this_second_ = 0;
    std::uint64_t withheld_ = 0;
};

}  // namespace lanbridge::net
