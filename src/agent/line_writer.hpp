#pragma once

#include <cstdint>
#include <string_view>

namespace lanbridge::agent {

/// Writes lines to a descriptor that may be a full RAM disk or a pipe that nobody reads: then lines are lost
/// and counted, and nobody waits.
class LineWriter {
public:
    explicit LineWriter(int fd) : fd_(fd) {}

    /// Adds the end of line. False when it was not, or only partly, written.
    bool write(std::string_view line);
    std::uint64_t lost() const noexcept { return lost_; }

private:
    bool put(std::string_view bytes);
    bool writable() noexcept;

    int fd_;
    std::uint64_t lost_ = 0;
    std::uint64_t unsaid_ = 0;  ///< lost since the last line that says so
    bool stuck_ = false;        ///< the last attempt failed
    bool torn_ = false;         ///< a line stands there without its end
};

}  // namespace lanbridge::agent
