#include "net/line_splitter.hpp"

#include <utility>

namespace lanbridge::net {

void LineSplitter::feed(std::string_view bytes, TimeSource::Clock::time_point now) {
    for (const char c : bytes) {
        if (c != '\n') {
            append(c, now);
            continue;
        }
        if (line_.ends_with('\r')) line_.pop_back();
        flush(now);
    }
}

void LineSplitter::finish(TimeSource::Clock::time_point now) {
    if (!line_.empty()) flush(now);
    report_withheld();
}

void LineSplitter::append(char c, TimeSource::Clock::time_point now) {
    if (limits_.verbatim) {
        if (line_.size() >= limits_.longest) flush(now);
        line_.push_back(c);
        return;
    }
    if (line_.size() >= limits_.longest || c == '\r') return;
    const auto code = static_cast<unsigned char>(c);
    const bool control = (code < 0x20 && c != '\t') || code == 0x7F;
    line_.push_back(control ? '?' : c);
}

void LineSplitter::flush(TimeSource::Clock::time_point now) {
    if (now - second_ >= 1s) {
        report_withheld();
        second_ = now;
        in_this_second_ = 0;
    }
    const std::string line = std::exchange(line_, {});
    if (++in_this_second_ > limits_.per_second) {
        ++withheld_;
        return;
    }
    if (handler_) handler_(line);
}

void LineSplitter::report_withheld() {
    const auto count = std::exchange(withheld_, 0);
    if (count > 0 && handler_) handler_("(" + std::to_string(count) + " more lines withheld)");
}

}  // namespace lanbridge::net
