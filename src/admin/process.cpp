#include "admin/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>

namespace lanbridge::admin {
namespace {

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

ProcessUse process_use() {
    ProcessUse use;
    if (std::FILE* file = std::fopen("/proc/self/statm", "re")) {
        unsigned long long resident = 0;
        if (std::fscanf(file, "%*u %llu", &resident) == 1)
            use.resident_bytes = resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
        std::fclose(file);
    }
    rusage usage{};
    if (::getrusage(RUSAGE_SELF, &usage) == 0) use.cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    return use;
}

}  // namespace lanbridge::admin
