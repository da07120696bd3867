// What the doctor finds on this machine alone.
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cerrno>

#include "app/commands/doctor_checks.hpp"
#include "app/config/unbuilt.hpp"
#include "app/config/values.hpp"
#include "lanbridge/registry/data_lock.hpp"

namespace lanbridge::app {
namespace {

namespace fs = std::filesystem;

/// The state of thousands of devices takes some MiB, and is written beside the old one.
constexpr std::uint64_t least_space = 16ULL * 1024 * 1024;
constexpr std::uint64_t ample_space = 256ULL * 1024 * 1024;
/// Before that there was no lanbridge: a machine without a clock that has not asked for the time yet.
constexpr std::int64_t earliest_time = 1'760'000'000;

void check_modes(const fs::path& folder, DoctorReport& report) {
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0 || (status.st_mode & (S_IRWXG | S_IRWXO)) == 0) return;
    report.doubt("data folder", "others on this machine may look into it, and it holds keys",
                 "chmod 700 " + folder.string());
}

void check_space(const fs::path& folder, DoctorReport& report) {
    struct statvfs space {};
    if (::statvfs(folder.c_str(), &space) != 0) return;
    const auto free = static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize;
    const auto text = fmt::format("{} MiB are free", free / (1024 * 1024));
    if (free < least_space)
        report.broken("data folder", text, "make room: state cannot be written any more");
    else if (free < ample_space)
        report.doubt("data folder", text, "make room before it is full");
    else
        report.fine("data folder", text);
}

void check_lock(const fs::path& folder, DoctorReport& report) {
    std::error_code ec;
    if (!fs::exists(folder / "lock", ec)) return;
    const auto lock = registry::DataLock::acquire(folder.string());
    if (!lock && lock.error().is(Errc::busy))
        report.note("data folder", "a running daemon uses it");
    else if (!lock)
        report.broken("data folder", lock.error().text(), "run doctor as the user of the daemon");
}

}  // namespace

void check_configuration(const LoadedConfig& loaded, DoctorReport& report) {
    constexpr std::string_view area = "configuration";
    for (const auto& problem : loaded.problems)
        report.broken(area, problem.text(), "correct it; until then nothing is started");
    if (!loaded.ok()) return;
    report.fine(area,
                loaded.file.empty() ? "no file: the defaults apply" : loaded.file.string() + " is valid");
    for (const auto& warning : loaded.warnings) report.doubt(area, warning, {});
    for (const auto& sentence : unbuilt_parts(loaded.config)) report.doubt(area, sentence, {});
}

void check_data(const std::optional<fs::path>& folder, DoctorReport& report) {
    constexpr std::string_view area = "data folder";
    if (!folder)
        return report.broken(area, "none can be named", "set HOME, or give the daemon --data-dir DIR");
    std::error_code ec;
    if (!fs::exists(*folder, ec))
        return report.note(area,
                           folder->string() + " is not there yet; the daemon makes it at its first start");
    if (!fs::is_directory(*folder, ec))
        return report.broken(area, folder->string() + " is something else than a folder",
                             "move it away, or give the daemon another --data-dir");
    if (::access(folder->c_str(), R_OK | W_OK | X_OK) != 0)
        return report.broken(
            area, folder->string() + ": " + error_code(errno, boost::system::generic_category()).message(),
            "run doctor as the user of the daemon, or give that user the folder");
    report.fine(area, folder->string());
    check_modes(*folder, report);
    check_space(*folder, report);
    check_lock(*folder, report);
}

/// Signatures carry the time, and energy of today ends at midnight.
void check_clock(std::int64_t wall_s, DoctorReport& report) {
    constexpr std::string_view area = "clock";
    if (wall_s < earliest_time)
        return report.broken(area, "this machine's clock is years behind",
                             "let it fetch the time: timedatectl set-ntp true");
    timex now{};
    const int state = ::adjtimex(&now);
    std::error_code ec;
    const bool timesyncd = fs::exists("/run/systemd/timesync/synchronized", ec);
    if (timesyncd || (state >= 0 && state != TIME_ERROR && (now.status & STA_UNSYNC) == 0))
        return report.fine(area, "set, and kept right by a time server");
    report.doubt(area, "set, but no time server is known to keep it right",
                 "timedatectl set-ntp true, unless the machine's host looks after it");
}

}  // namespace lanbridge::app
