#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "lanbridge/base/time.hpp"
#include "lanbridge/net/process.hpp"

namespace lanbridge::net {

/// Cuts a stream of bytes into lines of bounded length and rate.
class LineSplitter {
public:
    using Handler = std::function<void(std::string_view line)>;
    explicit LineSplitter(Handler handler, LineLimits limits = {})
        : handler_(std::move(handler)), limits_(limits) {}

    void feed(std::string_view bytes, TimeSource::Clock::time_point now);
    /// The stream has ended: hands over an unfinished last line and the count of what was withheld.
    void finish(TimeSource::Clock::time_point now);

private:
    void append(char c, TimeSource::Clock::time_point now);
    void flush(TimeSource::Clock::time_point now);
    void report_withheld();

    Handler handler_;
    LineLimits limits_;
    std::string line_;
    TimeSource::Clock::time_point second_{};
    int in_this_second_ = 0;
    std::uint64_t withheld_ = 0;
};

}  // namespace lanbridge::net
