#include "agent/line_writer.hpp"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

namespace lanbridge::agent {
namespace {

/// A reader that is merely busy catches up within this; longer, and the router would stand still with it.
constexpr int patience_ms = 10;

}  // namespace

/// A pipe that reports room takes PIPE_BUF bytes without blocking.
bool LineWriter::writable() noexcept {
    pollfd asked{fd_, POLLOUT, 0};
    const int ready = ::poll(&asked, 1, stuck_ ? 0 : patience_ms);
    return ready > 0 && (asked.revents & POLLOUT) != 0;
}

bool LineWriter::put(std::string_view bytes) {
    while (!bytes.empty()) {
        if (!writable()) return false;
        const auto written = ::write(fd_, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        torn_ = true;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    torn_ = false;
    return true;
}

bool LineWriter::write(std::string_view line) {
    std::string text;
    if (torn_) text += '\n';
    if (unsaid_ > 0) text += "(" + std::to_string(unsaid_) + " lines lost)\n";
    text.append(line);
    text += '\n';
    if (put(text)) {
        stuck_ = false;
        unsaid_ = 0;
        return true;
    }
    stuck_ = true;
    ++lost_;
    ++unsaid_;
    return false;
}

}  // namespace lanbridge::agent
