#include "support.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace lanbridge::bench {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

[[noreturn]] void fail_with_errno(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

std::size_t to_number(std::string_view name, const std::string& text) {
    std::size_t end = 0;
    unsigned long value = 0;
    try {
        value = std::stoul(text, &end);
    } catch (const std::logic_error&) {
        end = 0;
    }
    if (end == 0 || end != text.size())
        throw std::runtime_error(std::string(name) + " wants a number, not \"" + text + '"');
    return value;
}

/// Between fork and exec: only what is safe in the child of a process with threads.
[[noreturn]] void become(char* const* argv, int output, int log) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    // Asio's sockets would live on in the child, listening ones too.
    ::close_range(STDERR_FILENO + 1, ~0U, 0);
    ::execv(argv[0], argv);
    ::_exit(127);
}

}  // namespace

Arguments::Arguments(int argc, char** argv, std::vector<std::string> known) {
    for (int i = 1; i < argc; ++i) {
        std::string name = argv[i];
        std::string value;
        if (const auto equals = name.find('='); equals != std::string::npos) {
            value = name.substr(equals + 1);
            name.resize(equals);
        } else if (i + 1 < argc && !std::string_view(argv[i + 1]).starts_with("--")) {
            value = argv[++i];
        }
        if (std::ranges::find(known, name) == known.end()) {
            std::fprintf(stderr, "%s: unknown option %s; there are:", argv[0], name.c_str());
            for (const auto& option : known) std::fprintf(stderr, " %s", option.c_str());
            std::fprintf(stderr, "\n");
            std::exit(2);
        }
        values_[name] = value;
    }
}

std::string Arguments::text(std::string_view name, std::string_view fallback) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::string(fallback) : found->second;
}

std::size_t Arguments::number(std::string_view name, std::size_t fallback) const {
    const auto found = values_.find(name);
    return found == values_.end() ? fallback : to_number(name, found->second);
}

std::vector<std::size_t> Arguments::numbers(std::string_view name, std::string_view fallback) const {
    const auto list = text(name, fallback);
    std::vector<std::size_t> values;
    for (std::size_t begin = 0; begin <= list.size();) {
        const auto end = std::min(list.find(',', begin), list.size());
        values.push_back(to_number(name, list.substr(begin, end - begin)));
        begin = end + 1;
    }
    return values;
}

TempFolder::TempFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "lanbridge-bench-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) fail_with_errno(pattern);
    path_ = pattern;
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

Child::Child(std::vector<std::string> argv, const std::string& log_file) : log_file_(log_file) {
    std::vector<char*> arguments;
    for (auto& argument : argv) arguments.push_back(argument.data());
    arguments.push_back(nullptr);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) fail_with_errno("pipe");
    const int log = ::open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    started_ = Clock::now();
    pid_ = ::fork();
    if (pid_ == 0) become(arguments.data(), ends[1], log);
    ::close(ends[1]);
    ::close(log);
    output_ = ends[0];
    if (pid_ < 0) fail_with_errno("fork");
}

Child::~Child() {
    stop();
    ::close(output_);
}

std::string Child::read_line(std::chrono::milliseconds limit) {
    const auto deadline = Clock::now() + limit;
    for (;;) {
        if (const auto end = buffer_.find('\n'); end != std::string::npos) {
            auto line = buffer_.substr(0, end);
            buffer_.erase(0, end + 1);
            return line;
        }
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
        pollfd ready{output_, POLLIN, 0};
        char chunk[4096];
        const auto got = left > 0ms && ::poll(&ready, 1, static_cast<int>(left.count())) > 0
                             ? ::read(output_, chunk, sizeof chunk)
                             : 0;
        if (got <= 0) {
            std::ifstream log(log_file_);
            const std::string why{std::istreambuf_iterator<char>(log), {}};
            throw std::runtime_error("a child process says nothing; its log:\n" + why);
        }
        buffer_.append(chunk, static_cast<std::size_t>(got));
    }
}

bool Child::ended_within(std::chrono::milliseconds limit) {
    for (const auto deadline = Clock::now() + limit; Clock::now() < deadline;) {
        if (::waitpid(pid_, nullptr, WNOHANG) != 0) return true;
        std::this_thread::sleep_for(5ms);
    }
    return false;
}

void Child::stop() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGTERM);
    if (ended_within(10s))
        pid_ = -1;
    else
        kill();
}

void Child::kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

Memory memory_of(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/smaps_rollup");
    Memory memory;
    std::string line;
    std::getline(file, line);  // the range of addresses
    for (std::string name, unit; file >> name;) {
        double value = 0;
        file >> value >> unit;
        if (name == "Rss:") memory.resident = value * 1024;
        if (name == "Pss:") memory.proportional = value * 1024;
        if (name.starts_with("Private_")) memory.own += value * 1024;
    }
    if (memory.resident == 0) throw std::runtime_error("the measured process is gone");
    return memory;
}

std::chrono::nanoseconds cpu_of(pid_t pid) {
    clockid_t clock{};
    timespec time{};
    if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0)
        throw std::runtime_error("the measured process is gone");
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

double percentile(std::vector<double> values, double share) {
    if (values.empty()) throw std::runtime_error("nothing was measured");
    std::ranges::sort(values);
    const auto rank = std::ceil(share * static_cast<double>(values.size()));
    return values[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

double milliseconds(Clock::duration period) { return seconds(period) * 1000; }
double seconds(Clock::duration period) { return std::chrono::duration<double>(period).count(); }

std::uint16_t free_port() {
    asio::io_context io;
    return asio::ip::tcp::acceptor(io, {asio::ip::address_v4::loopback(), 0}).local_endpoint().port();
}

std::filesystem::path this_program() { return std::filesystem::read_symlink("/proc/self/exe"); }

std::string program_beside(std::string_view name) { return (this_program().parent_path() / name).string(); }

int run_benchmark(int (*body)(int, char**), int argc, char** argv) {
    ::signal(SIGPIPE, SIG_IGN);
    try {
        return body(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
        return 1;
    }
}

}  // namespace lanbridge::bench
