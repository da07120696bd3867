#include "agent/lua/file_watch.hpp"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <cstring>
#include <exception>
#include <utility>

#include "lanbridge/base/async.hpp"

namespace lanbridge::agent::lua {
namespace {

constexpr std::uint32_t of_files = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE;
constexpr std::uint32_t of_folder = IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT;
/// A file that is written again and again is loaded nevertheless after so many quiet periods.
constexpr int most_rounds = 25;

}  // namespace

FileWatch::FileWatch(Context context, std::string path, std::function<void()> changed)
    : context_(context), path_(std::move(path)), changed_(std::move(changed)), inotify_(context.executor) {
    const auto slash = path_.rfind('/');
    folder_ = slash == std::string::npos ? "." : path_.substr(0, slash + 1);
    name_ = slash == std::string::npos ? path_ : path_.substr(slash + 1);
}

FileWatch::Stamp FileWatch::stamp() const {
    struct stat status {};
    Stamp found;
    if (::stat(path_.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return found;
    found.there = true;
    found.inode = status.st_ino;
    found.size = status.st_size;
    found.seconds = status.st_mtim.tv_sec;
    found.nanoseconds = status.st_mtim.tv_nsec;
    return found;
}

void FileWatch::start() {
    open();  // now, so that nothing is missed until the coroutine begins
    seen_ = stamp();
    // The handler holds us: the coroutine's frame is gone before it is called.
    auto ended = [self = shared_from_this()](const std::exception_ptr&) { self->inotify_.close(); };
    asio::co_spawn(context_.executor, run(), asio::bind_cancellation_slot(cancel_.slot(), std::move(ended)));
}

void FileWatch::stop() {
    if (std::exchange(stopped_, true)) return;
    asio::post(context_.executor, [self = shared_from_this()] {
        self->changed_ = nullptr;
        self->cancel_.emit(asio::cancellation_type::terminal);
    });
}

asio::awaitable<void> FileWatch::run() {
    while (!stopped_) {
        co_await wait_for_hint();
        const Stamp now = stamp();
        if (stopped_ || now == seen_) continue;
        seen_ = now;
        changed_();
    }
}

asio::awaitable<void> FileWatch::wait_for_hint() {
    if (!open()) {
        co_await context_.time.sleep(poll_period);
        co_return;
    }
    do {
        const auto [failure] =
            co_await inotify_.async_wait(asio::posix::stream_descriptor::wait_read, as_result);
        if (failure) inotify_.close();
        if (failure) co_return;
    } while (!read_hints());
    for (int round = 0; round < most_rounds && !stopped_; ++round) {
        co_await context_.time.sleep(quiet);
        if (!read_hints()) break;
    }
}

bool FileWatch::open() {
    if (inotify_.is_open()) return true;
    const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0) return false;
    error_code failure;
    const int watch = ::inotify_add_watch(fd, folder_.c_str(), of_files | IN_DELETE_SELF | IN_MOVE_SELF);
    if (watch >= 0) inotify_.assign(fd, failure);
    if (watch < 0 || failure) ::close(fd);
    return watch >= 0 && !failure;
}

/// Says whether something happened to our file, or to what we know of it.
bool FileWatch::read_hints() {
    bool ours = false;
    alignas(inotify_event) char buffer[4096];
    while (inotify_.is_open()) {
        const auto got = ::read(inotify_.native_handle(), buffer, sizeof buffer);
        if (got <= 0) break;
        for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
            inotify_event event{};
            std::memcpy(&event, buffer + at, sizeof event);
            const char* name = event.len > 0 ? buffer + at + sizeof event : "";
            ours |= concerns_us(event.mask, name);
            at += sizeof event + event.len;
            if ((event.mask & of_folder) == 0) continue;
            inotify_.close();  // the folder is another one from now on
            break;
        }
    }
    return ours;
}

/// A file that was created only is empty yet; a link is complete.
bool FileWatch::concerns_us(std::uint32_t mask, const char* name) const {
    if ((mask & (of_folder | IN_Q_OVERFLOW)) != 0) return true;
    if (name_ != name) return false;
    if ((mask & of_files) != IN_CREATE) return true;
    struct stat status {};
    return ::lstat(path_.c_str(), &status) == 0 && (S_ISLNK(status.st_mode) || status.st_nlink > 1);
}

}  // namespace lanbridge::agent::lua
