#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// What every benchmark needs: its arguments, a folder of its own, child processes, and what they cost.
namespace lanbridge::bench {

using Clock = std::chrono::steady_clock;

/// `--name value`, `--name=value` or `--name`; what is not in `known` ends the program with status 2.
class Arguments {
public:
    Arguments(int argc, char** argv, std::vector<std::string> known);
    bool has(std::string_view name) const { return values_.find(name) != values_.end(); }
    std::string text(std::string_view name, std::string_view fallback) const;
    std::size_t number(std::string_view name, std::size_t fallback) const;
    /// "100,1000"
    std::vector<std::size_t> numbers(std::string_view name, std::string_view fallback) const;

private:
    std::map<std::string, std::string, std::less<>> values_;
};

/// A folder that goes with the benchmark.
class TempFolder {
public:
    TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    ~TempFolder();
    std::string file(std::string_view name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

/// A child process that ends with us. Its standard error is appended to a file.
class Child {
public:
    Child(std::vector<std::string> argv, const std::string& log_file);
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child();

    pid_t pid() const noexcept { return pid_; }
    Clock::time_point started() const noexcept { return started_; }
    /// The next line of its standard output. Throws when none comes within `limit`.
    std::string read_line(std::chrono::milliseconds limit);
    /// SIGTERM, then SIGKILL; returns when it has ended.
    void stop();
    /// SIGKILL.
    void kill();

private:
    bool ended_within(std::chrono::milliseconds limit);
    std::string log_file_;
    Clock::time_point started_;  ///< just before the fork
    pid_t pid_ = -1;
    int output_ = -1;
    std::string buffer_;
};

/// Of a process, in bytes.
struct Memory {
    double resident = 0;
    double proportional = 0;  ///< shared pages divided among those who share them
    double own = 0;           ///< in nobody else's address space
};
Memory memory_of(pid_t pid);
/// User and system time of all its threads.
std::chrono::nanoseconds cpu_of(pid_t pid);

/// By nearest rank; `share` from 0 to 1.
double percentile(std::vector<double> values, double share);
inline double median(std::vector<double> values) { return percentile(std::move(values), 0.5); }
double milliseconds(Clock::duration period);
double seconds(Clock::duration period);

/// A loopback port that nobody listens on now.
std::uint16_t free_port();
/// The path of the running program, and of another one of the same folder.
std::filesystem::path this_program();
std::string program_beside(std::string_view name);

/// Runs `body`, and turns what goes wrong into a sentence and exit status 1.
int run_benchmark(int (*body)(int, char**), int argc, char** argv);

}  // namespace lanbridge::bench
