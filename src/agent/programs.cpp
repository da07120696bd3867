#include "agent/programs.hpp"

#include <dirent.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

#include "lanbridge/base/files.hpp"

namespace lanbridge::agent {
namespace {

/// What a well-behaved program needs to end; killall's callers slept half a second.
constexpr auto patience = 1500ms;
constexpr auto poll_period = 50ms;
/// A killed program is gone at once, unless it hangs in the kernel: then waiting longer is in vain.
constexpr auto kill_patience = 500ms;
constexpr std::size_t process_name_limit = 15;  // of the kernel
constexpr std::size_t command_line_limit = 64 * 1024;

std::string_view base_name(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == path.npos ? path : path.substr(slash + 1);
}

std::string link_target(const std::string& path) {
    std::array<char, 4096> buffer{};
    const auto size = ::readlink(path.c_str(), buffer.data(), buffer.size());
    if (size < 0) return {};
    std::string target(buffer.data(), static_cast<std::size_t>(size));
    constexpr std::string_view gone = " (deleted)";  // replaced by an update while it runs
    if (target.ends_with(gone)) target.resize(target.size() - gone.size());
    return target;
}

std::string text_of(const std::string& path) {
    auto text = read_file(path, command_line_limit);
    return text ? std::move(*text) : std::string();
}

std::vector<std::string_view> words_of(std::string_view command_line) {
    std::vector<std::string_view> words;
    while (!command_line.empty()) {
        const auto end = command_line.find('\0');
        words.push_back(command_line.substr(0, end));
        if (end == command_line.npos) break;
        command_line.remove_prefix(end + 1);
    }
    return words;
}

/// Dead, but not reaped: it still has a name and takes signals without effect.
bool is_zombie(std::string_view stat) {
    const auto name_end = stat.rfind(')');
    return name_end != stat.npos && stat.substr(name_end).starts_with(") Z");
}

bool is_stand_in(const std::vector<std::string_view>& words) {
    return words.size() == 4 && base_name(words[0]) == "tail" && words[2] == "-f" && words[3] == "/dev/null";
}

}  // namespace

bool Programs::is(int pid, std::string_view name) const {
    const auto at = folder(pid);
    const auto command_line = text_of(at + "/cmdline");
    const auto words = words_of(command_line);
    if (is_stand_in(words) || is_zombie(text_of(at + "/stat"))) return false;
    const auto executable = link_target(at + "/exe");
    if (!executable.empty() && base_name(executable) == name) return true;
    auto own_name = text_of(at + "/comm");
    if (own_name.ends_with('\n')) own_name.pop_back();
    if (!own_name.empty() && own_name == name.substr(0, process_name_limit)) return true;
    return !words.empty() && base_name(words[0]) == name;
}

std::vector<int> Programs::find(std::string_view name) const {
    std::vector<int> found;
    const std::unique_ptr<DIR, int (*)(DIR*)> list(::opendir(paths_.at("/proc").c_str()), &::closedir);
    if (!list || name.empty()) return found;
    while (const dirent* entry = ::readdir(list.get())) {
        const std::string_view text = entry->d_name;
        int pid = 0;
        const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), pid);
        if (ec != std::errc() || end != text.data() + text.size() || pid <= 1 || pid == ::getpid()) continue;
        if (is(pid, name)) found.push_back(pid);
    }
    std::sort(found.begin(), found.end());
    return found;
}

asio::awaitable<void> Programs::end(std::vector<std::string> names) const {
    struct Target {
        int pid;
        std::string_view name;
    };
    std::vector<Target> left;
    for (const auto& name : names)
        for (const int pid : find(name)) left.push_back({pid, name});
    const auto signal_all = [&left](int number) {
        for (const auto& target : left) ::kill(target.pid, number);
    };
    // by number and name: the number may belong to another program by now
    const auto drop_ended = [this, &left] {
        std::erase_if(left, [this](const Target& target) { return !is(target.pid, target.name); });
    };

    signal_all(SIGTERM);
    auto deadline = context_.time.now() + patience;
    for (bool killed = false; !left.empty();) {
        const auto ec = co_await context_.time.sleep(poll_period);
        drop_ended();
        if (ec) co_return;
        if (context_.time.now() < deadline) continue;
        if (killed) co_return;
        signal_all(SIGKILL);
        killed = true;
        deadline = context_.time.now() + kill_patience;
    }
}

}  // namespace lanbridge::agent
