#include "meross/trace/trace_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

namespace lanbridge::meross {
namespace {

/// Several traces of one device within a second are a script; somewhere it has to end.
constexpr int most_alike = 100;

Error system_error(const std::string& path) {
    return Error(error_code(errno, boost::system::generic_category()), path);
}

}  // namespace

Result<TraceFile> TraceFile::create(const std::string& folder, const std::string& stamp,
                                    const std::string& device) {
    std::error_code ec;
    std::filesystem::create_directories(std::filesystem::path(folder).parent_path(), ec);
    if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) return system_error(folder);
    for (int i = 1; i <= most_alike; ++i) {
        const auto number = i == 1 ? std::string() : '_' + std::to_string(i);
        auto path = folder + '/' + stamp + '_' + device + number + ".csv";
        const int fd =
            ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
        if (fd >= 0) return TraceFile(fd, std::move(path));
        if (errno != EEXIST) return system_error(path);
    }
    return Error(Errc::busy, folder + ": too many traces of " + device + " at " + stamp);
}

TraceFile::TraceFile(TraceFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)), size_(other.size_) {}

Result<void> TraceFile::append(std::string_view text) {
    std::size_t done = 0;
    while (done < text.size()) {
        const auto written = ::write(fd_, text.data() + done, text.size() - done);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            const auto error = system_error(path_);
            if (::ftruncate(fd_, static_cast<off_t>(size_)) != 0 && done > 0) size_ += done;
            return error;
        }
        done += static_cast<std::size_t>(written);
    }
    size_ += text.size();
    return {};
}

void TraceFile::close() noexcept {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::string TraceFile::id() const { return std::filesystem::path(path_).stem().string(); }

}  // namespace lanbridge::meross
