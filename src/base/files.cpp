#include "lanbridge/base/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

namespace lanbridge {
namespace {

Error system_error(std::string where) {
    const int number = errno;
    if (number == ENOENT) return Error(Errc::not_found, std::move(where));
    return Error(error_code(number, boost::system::generic_category()), std::move(where));
}

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const noexcept { return fd_; }
    /// Closing can report what writing did not, on network file systems for one.
    bool close() noexcept { return ::close(std::exchange(fd_, -1)) == 0; }

private:
    int fd_;
};

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

Result<void> write_synced(const std::string& path, std::string_view text, unsigned mode) {
    Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
    if (file.get() < 0) return system_error("cannot create " + path);
    // An old temporary file may have other permissions, and the process a umask.
    if (::fchmod(file.get(), mode) != 0) return system_error("cannot set the mode of " + path);
    if (!write_all(file.get(), text) || ::fsync(file.get()) != 0 || !file.close())
        return system_error("cannot write " + path);
    return {};
}

/// Gives the old file its second name without ever leaving `path` unused, nor `previous` where there is no
/// old file.
void keep_previous(const std::string& path, const std::string& previous) {
    const std::string link = previous + ".tmp";
    ::unlink(link.c_str());
    if (::link(path.c_str(), link.c_str()) == 0)
        std::rename(link.c_str(), previous.c_str());
    else if (errno != ENOENT)
        // no hard links on this file system: a crash now leaves `previous` alone, which readers have to know
        // of
        std::rename(path.c_str(), previous.c_str());
}

void sync_directory_of(const std::string& path) {
    const auto slash = path.rfind('/');
    const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const Descriptor handle(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (handle.get() >= 0) ::fsync(handle.get());  // some file systems refuse: then there is nothing to do
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t limit) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0 && errno == ENOTDIR) errno = ENOENT;
    if (file.get() < 0) return system_error("cannot open " + path);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return system_error("cannot read " + path);
    if (!S_ISREG(status.st_mode) && !S_ISFIFO(status.st_mode))
        return Error(Errc::io, path + " is not a file");
    std::string text;
    std::size_t size = 0;
    for (std::size_t chunk = static_cast<std::size_t>(status.st_size) + 1;; chunk = 65536) {
        text.resize(size + std::min(chunk, limit + 1 - size));
        const auto got = ::read(file.get(), text.data() + size, text.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_error("cannot read " + path);
        size += static_cast<std::size_t>(got);
        if (size > limit)
            return Error(Errc::too_large, path + " has more than " + std::to_string(limit) + " bytes");
        if (got == 0) break;
    }
    text.resize(size);
    return text;
}

Result<void> write_file_atomically(const std::string& path, std::string_view text, unsigned mode,
                                   const std::string& previous) {
    const std::string temporary = path + ".tmp";
    if (auto written = write_synced(temporary, text, mode); !written) {
        ::unlink(temporary.c_str());
        return written;
    }
    if (!previous.empty()) keep_previous(path, previous);
    if (std::rename(temporary.c_str(), path.c_str()) != 0) {
        auto error = system_error("cannot replace " + path);
        ::unlink(temporary.c_str());
        return error;
    }
    sync_directory_of(path);
    return {};
}

}  // namespace lanbridge
