#include "app/daemon/give_back.hpp"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

namespace lanbridge::app {
namespace {

/// Only code that cannot be written: such pages are the file's own, so nothing is lost. Read-only data is
/// left alone, for it holds what the loader has relocated.
int forget_code(dl_phdr_info* object, std::size_t, void*) {
    static const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const auto& segment = object->dlpi_phdr[i];
        const bool code =
            segment.p_type == PT_LOAD && (segment.p_flags & PF_X) != 0 && (segment.p_flags & PF_W) == 0;
        if (!code) continue;
        const auto begin = (object->dlpi_addr + segment.p_vaddr + page - 1) / page * page;
        const auto end = (object->dlpi_addr + segment.p_vaddr + segment.p_memsz) / page * page;
        // The kernel's own page of code (vDSO) belongs to no file; it refuses, which is as good.
        if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
    }
    return 0;
}

}  // namespace

void give_back_startup_memory() {
    ::dl_iterate_phdr(&forget_code, nullptr);
#if defined(__GLIBC__)
    ::malloc_trim(0);
#endif
}

}  // namespace lanbridge::app
