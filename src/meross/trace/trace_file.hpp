#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lanbridge/base/error.hpp"

namespace lanbridge::meross {

/// A new file of mode 0600 that only grows. Its small writes go to the page cache; they do not wait for a
/// disk.
class TraceFile {
public:
    /// `<folder>/<stamp>_<device>.csv`, or with a number behind where that exists. The folder is made, 0700.
    /// Errors: the system's own, with the path.
    static Result<TraceFile> create(const std::string& folder, const std::string& stamp,
                                    const std::string& device);
    TraceFile(TraceFile&& other) noexcept;
    TraceFile& operator=(TraceFile&&) = delete;
    ~TraceFile() { close(); }

    /// Errors: the system's own, with the path. What was written of a line that did not fit is taken back.
    Result<void> append(std::string_view text);
    void close() noexcept;

    const std::string& path() const noexcept { return path_; }
    std::string id() const;
    std::uint64_t size() const noexcept { return size_; }

private:
    TraceFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
    int fd_;
    std::string path_;
    std::uint64_t size_ = 0;
};

}  // namespace lanbridge::meross
