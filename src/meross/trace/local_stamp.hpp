#pragma once

#include <cstdint>
#include <ctime>
#include <string>

namespace lanbridge::meross {

/// A moment as this machine's clock on the wall shows it; `format` as for strftime.
inline std::string local_stamp(std::int64_t epoch_s, const char* format) {
    const auto moment = static_cast<std::time_t>(epoch_s);
    std::tm local{};
    ::localtime_r(&moment, &local);
    char text[40];
    return std::string(text, std::strftime(text, sizeof text, format, &local));
}

}  // namespace lanbridge::meross
