#include "app/cli/prompt.hpp"

#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <memory>

#include "app/cli/arguments.hpp"

namespace lanbridge::app {
namespace {

/// Longer than any password; what comes after is not read.
constexpr std::size_t longest_line = 1024;

struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

/// Switches the echo off while it lives.
class NoEcho {
public:
    explicit NoEcho(int terminal) : terminal_(terminal), known_(::tcgetattr(terminal, &before_) == 0) {
        if (!known_) return;
        auto silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(terminal_, TCSAFLUSH, &silent);
    }
    NoEcho(const NoEcho&) = delete;
    NoEcho& operator=(const NoEcho&) = delete;
    ~NoEcho() {
        if (known_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    }

private:
    int terminal_;
    termios before_{};
    bool known_;
};

std::optional<std::string> read_line(std::FILE* file) {
    std::string line;
    for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) {
        if (c == '\n') return line;
        if (line.size() < longest_line && c != '\r') line += static_cast<char>(c);
    }
    return line.empty() ? std::nullopt : std::optional(line);
}

/// A terminal cannot be sought in, so it is opened once for each direction.
std::optional<std::string> ask(std::string_view question, bool shown) {
    const File in(std::fopen("/dev/tty", "r"));
    const File out(std::fopen("/dev/tty", "w"));
    if (!in || !out) return std::nullopt;
    std::fwrite(question.data(), 1, question.size(), out.get());
    std::fflush(out.get());
    if (shown) return read_line(in.get());
    std::optional<std::string> line;
    {
        const NoEcho silence(::fileno(in.get()));
        line = read_line(in.get());
    }
    std::fputc('\n', out.get());
    return line;
}

}  // namespace

std::optional<std::string> ask_line(std::string_view question) { return ask(question, true); }

std::optional<Secret> ask_secret(std::string_view question) {
    auto line = ask(question, false);
    if (!line) return std::nullopt;
    return Secret(*std::move(line));
}

Result<Secret> hidden_argument(const std::string& argument) {
    if (argument.starts_with('@')) return secret_argument(argument);
    if (argument != "-")
        return Error(Errc::invalid_value,
                     "a password must not stand in the process list: give @FILE, or - for standard input");
    std::string line;
    std::getline(std::cin, line);
    if (line.ends_with('\r')) line.pop_back();
    return Secret(std::move(line));
}

}  // namespace lanbridge::app
