#include "lanbridge/registry/data_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace lanbridge::registry {
namespace {

std::string holder(int fd) {
    std::array<char, 16> text{};
    const auto got = ::pread(fd, text.data(), text.size() - 1, 0);
    std::string pid(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    while (!pid.empty() && pid.back() == '\n') pid.pop_back();
    return pid.empty() ? "another process" : "process " + pid;
}

}  // namespace

Result<DataLock> DataLock::acquire(const std::string& directory) {
    const std::string path = directory + "/lock";
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return Error(error_code(errno, boost::system::generic_category()), "cannot open " + path);
    DataLock lock(fd);
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return Error(error_code(errno, boost::system::generic_category()), "cannot lock " + path);
        return Error(Errc::busy, "the data directory " + directory + " is in use by lanbridge, " +
                                     holder(fd) + ": stop it, or give this one a --data-dir of its own");
    }
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(fd, 0) == 0 && ::pwrite(fd, pid.data(), pid.size(), 0) < 0) {
        // the number only serves the other process's message; the lock holds without it
    }
    return lock;
}

DataLock::~DataLock() {
    if (fd_ >= 0) ::close(fd_);
}

}  // namespace lanbridge::registry
