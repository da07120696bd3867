#include "sim/file.hpp"

#include <filesystem>
#include <fstream>

#include "lanbridge/sim/recording.hpp"

namespace lanbridge::sim {

Result<std::string> read_file(const std::string& path) {
    std::error_code failure;
    const auto size = std::filesystem::file_size(path, failure);
    if (failure) return Error(Errc::io, path + ": " + failure.message());
    if (size > max_recording_bytes)
        return Error(Errc::too_large, path + ": " + std::to_string(size) + " bytes");
    std::ifstream file(path, std::ios::binary);
    std::string text(size, '\0');
    if (!file.read(text.data(), static_cast<std::streamsize>(size)))
        return Error(Errc::io, path + ": cannot be read");
    return text;
}

}  // namespace lanbridge::sim
