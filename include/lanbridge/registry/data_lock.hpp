#pragma once

#include <string>
#include <utility>

#include "lanbridge/base/error.hpp"

namespace lanbridge::registry {

/// Keeps two daemons from sharing a data directory; released with the object, or with the process.
class DataLock {
public:
    /// Errors: `busy`, naming the process that holds it; the system's own when the directory cannot be used.
    static Result<DataLock> acquire(const std::string& directory);

    DataLock(DataLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    DataLock& operator=(DataLock&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~DataLock();

private:
    explicit DataLock(int fd) : fd_(fd) {}
    int fd_;
};

}  // namespace lanbridge::registry
