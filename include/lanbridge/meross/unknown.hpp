#pragma once

#include <string>

namespace lanbridge::meross {

/// Something that a device has and lanbridge does not know, for people who report it.
struct Unknown {
    std::string name;     ///< as the device calls it; a key of its digest as "digest.<key>"
    std::string payload;  ///< what it last said there, obfuscated, at most 1 KiB of it; "" = nothing yet
    friend bool operator==(const Unknown&, const Unknown&) = default;
};

}  // namespace lanbridge::meross
