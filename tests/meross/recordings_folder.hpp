#pragma once

#include <cstdlib>
#include <filesystem>

namespace lanbridge::test {

/// Recordings of real devices are not part of the project: LANBRIDGE_TRACES names their folder, else it is
/// looked for beside the source tree. Whoever needs one skips, and says so, where it is not there.
inline std::filesystem::path recordings() {
    const char* given = std::getenv("LANBRIDGE_TRACES");
    const std::filesystem::path root =
        given ? std::filesystem::path(given)
              : std::filesystem::path(LANBRIDGE_SOURCE_DIR).parent_path() / "shared" / "traces";
    return std::filesystem::is_directory(root / "meross") ? root / "meross" : root;
}

}  // namespace lanbridge::test
