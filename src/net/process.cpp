#include "lanbridge/net/process.hpp"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <list>

#include "lanbridge/base/async.hpp"
#include "net/line_splitter.hpp"
#include "net/spawn.hpp"

namespace lanbridge::net {
namespace {

/// How often a child is looked after where the kernel has no pidfd (before Linux 5.3, as on gateways).
constexpr auto poll_period = 100ms;
/// A grandchild may hold the pipes open for ever: lines that come later than this after the end are not
/// waited for.
constexpr auto drain_limit = 500ms;

int open_pidfd(int pid) {
#ifdef SYS_pidfd_open
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
#else
    (void)pid;
    return -1;
#endif
}

}  // namespace

std::string Exit::text() const {
    if (signal != 0) return "killed by signal " + std::to_string(signal);
    return "exit status " + std::to_string(status);
}

class Process::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(const Context& context, const Spawned& child, LineHandler on_line, LineLimits limits)
        : context_(context),
          pid_(child.pid),
          pidfd_(context.executor),
          timer_(context.executor),
          on_line_(std::move(on_line)),
          output_(*this, Stream::output, child.output, limits),
          error_(*this, Stream::error, child.error, limits) {
        if (const int fd = open_pidfd(pid_); fd >= 0) pidfd_.assign(fd);
    }
    ~Impl() { abandon(); }

    void start() {
        read(output_);
        read(error_);
        await_end();
    }

    /// Kills and reaps; handlers still pending do nothing any more.
    void abandon() {
        silent_ = true;  // rather than dropping the handler, which may be running
        if (!reaped_) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
            reaped_ = true;
        }
        close();
        finish();
    }

    void signal(int number) const {
        if (!reaped_) ::kill(pid_, number);
    }
    int pid() const noexcept { return pid_; }
    bool running() const noexcept { return !finished_; }
    const Exit& exit() const noexcept { return exit_; }
    TimeSource& time() const noexcept { return context_.time; }

    asio::awaitable<Result<Exit>> wait() {
        if (!finished_) {
            asio::steady_timer alarm(context_.executor, asio::steady_timer::time_point::max());
            const auto place = waiters_.insert(waiters_.end(), &alarm);
            co_await alarm.async_wait(as_result);
            waiters_.erase(place);
        }
        if (!finished_) co_return Error(Errc::cancelled);
        co_return exit_;
    }

private:
    struct Reader {
        Reader(Impl& owner, Stream which, int fd, LineLimits limits)
            : pipe(owner.context_.executor, fd),
              lines(
                  [&owner, which](std::string_view line) {
                      if (owner.on_line_ && !owner.silent_) owner.on_line_(which, line);
                  },
                  limits) {}
        asio::posix::stream_descriptor pipe;
        LineSplitter lines;
        std::array<char, 2048> buffer{};
        bool ended = false;
    };

    void read(Reader& reader) {
        reader.pipe.async_read_some(asio::buffer(reader.buffer),
                                    [self = shared_from_this(), &reader](error_code ec, std::size_t size) {
                                        self->on_read(reader, ec, size);
                                    });
    }

    void on_read(Reader& reader, error_code ec, std::size_t size) {
        if (ec) {
            reader.lines.finish(context_.time.now());
            reader.ended = true;
            return finish_when_drained();
        }
        reader.lines.feed(std::string_view(reader.buffer.data(), size), context_.time.now());
        if (reader.pipe.is_open()) read(reader);
    }

    void await_end() {
        auto self = shared_from_this();
        if (pidfd_.is_open())
            return pidfd_.async_wait(asio::posix::stream_descriptor::wait_read,
                                     [self](error_code ec) { self->reap(ec); });
        timer_.expires_after(poll_period);
        timer_.async_wait([self](error_code ec) { self->reap(ec); });
    }

    void reap(error_code ec) {
        if (ec || reaped_) return;
        int status = 0;
        const int result = ::waitpid(pid_, &status, WNOHANG);
        if (result == 0 || (result < 0 && errno == EINTR)) return await_end();
        reaped_ = true;
        if (WIFSIGNALED(status)) exit_.signal = WTERMSIG(status);
        if (WIFEXITED(status)) exit_.status = WEXITSTATUS(status);
        timer_.expires_after(drain_limit);
        timer_.async_wait([self = shared_from_this()](error_code cancelled) {
            if (!cancelled) self->close();
        });
        finish_when_drained();
    }

    void finish_when_drained() {
        if (reaped_ && output_.ended && error_.ended) finish();
    }

    void close() {
        error_code ignored;
        for (auto* pipe : {&output_.pipe, &error_.pipe, &pidfd_}) pipe->close(ignored);
    }

    void finish() {
        finished_ = true;
        timer_.cancel();
        for (auto* alarm : waiters_) alarm->cancel();
    }

    Context context_;
    int pid_;
    asio::posix::stream_descriptor pidfd_;
    asio::steady_timer timer_;
    LineHandler on_line_;
    Reader output_;
    Reader error_;
    std::list<asio::steady_timer*> waiters_;
    Exit exit_;
    bool silent_ = false;
    bool reaped_ = false;
    bool finished_ = false;
};

Result<std::unique_ptr<Process>> Process::start(const Context& context, std::vector<std::string> argv,
                                                LineHandler on_line, LineLimits limits) {
    if (argv.empty()) return Error(Errc::invalid_value, "no program to start");
    auto program = find_program(argv.front());
    if (!program) return std::move(program).error();
    auto child = spawn(*program, argv);
    if (!child) return std::move(child).error();
    auto impl = std::make_shared<Impl>(context, *child, std::move(on_line), limits);
    impl->start();
    return std::unique_ptr<Process>(new Process(std::move(impl)));
}

Process::~Process() { impl_->abandon(); }
int Process::pid() const noexcept { return impl_->pid(); }
bool Process::running() const noexcept { return impl_->running(); }
void Process::signal(int number) { impl_->signal(number); }

asio::awaitable<Result<Exit>> Process::wait() {
    const auto impl = impl_;  // outlives this object while somebody waits
    co_return co_await impl->wait();
}

asio::awaitable<Exit> Process::stop(TimeSource::Clock::duration grace) {
    const auto impl = impl_;
    impl->signal(SIGTERM);
    auto end = co_await with_timeout(impl->time(), impl->wait(), grace);
    if (end.has_error()) {
        impl->signal(SIGKILL);
        end = co_await with_timeout(impl->time(), impl->wait(), 2s);  // of the kernel, and to drain the pipes
    }
    co_return impl->exit();
}

}  // namespace lanbridge::net
