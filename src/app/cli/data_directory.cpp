#include "app/cli/data_directory.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace lanbridge::app {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> chosen(const std::optional<fs::path>& flag, const Environment& environment) {
    if (flag) return *flag;
    // systemd lists several, separated by colons, where the unit names several
    if (auto state = environment("STATE_DIRECTORY"); state && !state->empty())
        return fs::path(state->substr(0, state->find(':')));
    if (auto xdg = environment("XDG_STATE_HOME"); xdg && !xdg->empty()) return fs::path(*xdg) / "lanbridge";
    if (auto home = environment("HOME"); home && !home->empty())
        return fs::path(*home) / ".local/state/lanbridge";
    return std::nullopt;
}

Error failed(const fs::path& path, int number, const std::string& what) {
    return Error(Errc::io, "the data folder " + path.string() + ' ' + what + " (" +
                               error_code(number, boost::system::generic_category()).message() +
                               "): name another one with --data-dir");
}

}  // namespace

std::optional<fs::path> data_directory_name(const std::optional<fs::path>& flag,
                                            const Environment& environment) {
    const auto path = chosen(flag, environment);
    if (!path) return std::nullopt;
    return fs::absolute(*path);
}

Result<fs::path> data_directory(const std::optional<fs::path>& flag, const Environment& environment) {
    const auto path = chosen(flag, environment);
    if (!path) return Error(Errc::not_found, "no data folder: give --data-dir DIR, or set HOME");
    const auto absolute = fs::absolute(*path);
    std::error_code ec;
    fs::create_directories(absolute.parent_path(), ec);
    if (ec) return failed(absolute, ec.value(), "cannot be made");
    if (::mkdir(absolute.c_str(), S_IRWXU) != 0 && errno != EEXIST)
        return failed(absolute, errno, "cannot be made");
    if (!fs::is_directory(absolute, ec)) return failed(absolute, ENOTDIR, "is something else");
    if (::access(absolute.c_str(), W_OK | X_OK) != 0) return failed(absolute, errno, "cannot be written");
    return absolute;
}

}  // namespace lanbridge::app
