#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/context.hpp"
#include "lanbridge/base/error.hpp"

namespace lanbridge::net {

/// The absolute path of a program: as given when it contains a slash, else from PATH, /usr/local/sbin,
/// /usr/sbin and /sbin (services and plain users often have no sbin in PATH). Errors: `not_found`.
Result<std::string> find_program(std::string_view name);

enum class Stream { output, error };

/// Of what a child writes. As it is: enough for any log line worth reading, too little to hurt; a child that
/// writes without end must neither fill our log nor our time.
struct LineLimits {
    std::size_t longest = 1024;  ///< bytes of a line
    int per_second = 200;        ///< lines handed over; then one line that counts the rest
    /// The lines are somebody's data: control characters stay, and what is longer comes in pieces. Else
    /// control characters are replaced and a line is cut.
    bool verbatim = false;
};

/// What a child writes, line by line, within its `LineLimits` and without the end of line.
using LineHandler = std::function<void(Stream, std::string_view line)>;

struct Exit {
    Exit() = default;
    int status = 0;  ///< of the program, when no signal ended it
    int signal = 0;  ///< that ended it, or 0
    bool clean() const noexcept { return status == 0 && signal == 0; }
    std::string text() const;  ///< "exit status 1", "killed by signal 9"
};

/// A child process: no shell, no standard input, none of our descriptors; it gets SIGTERM when we die.
/// Start it from the loop's thread, whose end counts as our death.
class Process {
public:
    /// `argv[0]` is a path or a name for `find_program`; the child is called by it as it stands here.
    /// Errors: `not_found`, or what the system says, with the program's path.
    static Result<std::unique_ptr<Process>> start(const Context& context, std::vector<std::string> argv,
                                                  LineHandler on_line = nullptr, LineLimits limits = {});
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    /// A child still running is killed (SIGKILL) and reaped.
    ~Process();

    int pid() const noexcept;  ///< stays after the end
    bool running() const noexcept;
    void signal(int number);
    /// Until it has ended and its last line was handed over. Errors: `cancelled`. Several may wait.
    asio::awaitable<Result<Exit>> wait();
    /// SIGTERM, after `grace` SIGKILL; returns when it has ended.
    asio::awaitable<Exit> stop(TimeSource::Clock::duration grace = std::chrono::seconds(2));

private:
    class Impl;
    explicit Process(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
    std::shared_ptr<Impl> impl_;
};

struct SupervisedSettings {
    std::string name;  ///< in log lines
    std::vector<std::string> argv;
    LineHandler on_line;
    std::chrono::milliseconds first_wait{500};
    std::chrono::milliseconds longest_wait{30'000};
};

/// A child that is started again whenever it ends, after growing waits; never gives up, and logs only what
/// changed.
class SupervisedProcess {
public:
    SupervisedProcess(Context context, SupervisedSettings settings);
    SupervisedProcess(const SupervisedProcess&) = delete;
    SupervisedProcess& operator=(const SupervisedProcess&) = delete;
    /// Without `stop()` before, the child is killed at once.
    ~SupervisedProcess();

    /// Errors: those of the first `Process::start`; then nothing is supervised.
    Result<void> start();
    asio::awaitable<void> stop(TimeSource::Clock::duration grace = std::chrono::seconds(2));
    /// To the running child, if there is one.
    void signal(int number);

    int pid() const noexcept;  ///< 0 while it does not run
    std::uint64_t restarts() const noexcept;

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace lanbridge::net
