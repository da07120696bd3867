#pragma once

#include <string>
#include <string_view>

#include "agent/paths.hpp"

namespace lanbridge::agent {

/// Which gateway this is, as its files say.
struct Gateway {
    std::string model;     ///< "lumi.gateway.mgl03"; "" where unknown
    std::string firmware;  ///< "1.5.4_0090"

    /// The names of the EU models stand for the same hardware as these.
    enum class Kind { unknown, mgw, e1, mgw2, m1s };
    Kind kind() const noexcept;
    /// Its mosquitto listens everywhere unless told otherwise. Firmwares are compared as text.
    bool has_old_broker() const noexcept;
    /// Its Zigbee program cannot be run by us.
    bool has_old_zigbee() const noexcept;
};
Gateway detect_gateway(const Paths& paths);

/// The value after the first `key` that is not at the very beginning of `text`, up to the end of its line; an
/// empty one takes the rest of the text. As openmiio_agent reads; `detect_gateway` keeps to the line.
std::string value_after(std::string_view text, std::string_view key);

}  // namespace lanbridge::agent
