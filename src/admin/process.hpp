#pragma once

#include <cstdint>

namespace lanbridge::admin {

struct ProcessUse {
    std::uint64_t resident_bytes = 0;
    double cpu_s = 0;  ///< user and system time since the start
};
ProcessUse process_use();

}  // namespace lanbridge::admin
