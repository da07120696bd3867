#include "net/spawn.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace lanbridge::net {
namespace {

/// A pipe whose ends close themselves.
struct Pipe {
    int read_end = -1;
    int write_end = -1;

    Pipe() = default;
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        close_end(read_end);
        close_end(write_end);
    }
    bool open() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
        read_end = ends[0];
        write_end = ends[1];
        return true;
    }
    static void close_end(int& end) {
        if (end >= 0) ::close(std::exchange(end, -1));
    }
};

Error last_error(std::string where) {
    return Error(error_code(errno, boost::system::system_category()), std::move(where));
}

/// Sockets of the loop are not close-on-exec (Asio opens them so): a child must not keep our ports busy.
void hide_descriptors() {
    constexpr unsigned first = 3;
    constexpr unsigned close_on_exec = 1U << 2;  // CLOSE_RANGE_CLOEXEC, Linux 5.11
    if (::syscall(SYS_close_range, first, ~0U, close_on_exec) == 0) return;
    const long most = ::sysconf(_SC_OPEN_MAX);
    for (int fd = static_cast<int>(first); fd < most; ++fd) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

void reset_signals() {
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (int number : {SIGPIPE, SIGHUP, SIGINT, SIGTERM, SIGCHLD, SIGUSR1, SIGUSR2})
        ::signal(number, SIG_DFL);
}

/// In the child, between fork and exec: system calls only, for other threads may have held any lock.
[[noreturn]] void become(const char* program, char* const* argv, int input, const Pipe& out, const Pipe& err,
                         int report, int parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    ::setpgid(0, 0);  // Ctrl-C in a terminal is meant for us: we stop the child when its work is done
    if (::getppid() != parent) ::_exit(127);  // the parent died before the line above
    ::dup2(input, STDIN_FILENO);
    ::dup2(out.write_end, STDOUT_FILENO);
    ::dup2(err.write_end, STDERR_FILENO);
    hide_descriptors();
    reset_signals();
    ::execv(program, argv);
    const int reason = errno;
    [[maybe_unused]] const auto written = ::write(report, &reason, sizeof reason);
    ::_exit(127);
}

/// What exec failed with, or 0: the report pipe closes without a word when exec succeeds.
int exec_failure(Pipe& report) {
    Pipe::close_end(report.write_end);
    int reason = 0;
    ssize_t got = 0;
    do got = ::read(report.read_end, &reason, sizeof reason);
    while (got < 0 && errno == EINTR);
    return got == sizeof reason ? reason : 0;
}

int set_non_blocking(int fd) {
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    return fd;
}

}  // namespace

Result<Spawned> spawn(const std::string& program, const std::vector<std::string>& argv) {
    std::vector<char*> words;
    for (const auto& word : argv) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);

    Pipe out, err, report;
    if (!out.open() || !err.open() || !report.open()) return last_error("pipe for " + program);
    int input = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (input < 0) return last_error("/dev/null");

    const int parent = ::getpid();
    const int pid = ::fork();
    if (pid == 0) become(program.c_str(), words.data(), input, out, err, report.write_end, parent);
    const int fork_error = errno;
    ::close(input);
    if (pid < 0)
        return Error(error_code(fork_error, boost::system::system_category()), "starting " + program);
    if (const int reason = exec_failure(report); reason != 0) {
        ::waitpid(pid, nullptr, 0);
        return Error(error_code(reason, boost::system::system_category()), "starting " + program);
    }
    Spawned child;
    child.pid = pid;
    child.output = set_non_blocking(std::exchange(out.read_end, -1));
    child.error = set_non_blocking(std::exchange(err.read_end, -1));
    return child;
}

}  // namespace lanbridge::net
