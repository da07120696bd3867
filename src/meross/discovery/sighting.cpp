#include "lanbridge/meross/sighting.hpp"

namespace lanbridge::meross {

std::string_view found_by_name(FoundBy by) noexcept {
    switch (by) {
        case FoundBy::udp:
            return "udp";
        case FoundBy::dhcp:
            return "dhcp";
        case FoundBy::sweep:
            return "sweep";
        case FoundBy::mqtt:
            break;
    }
    return "mqtt";
}

}  // namespace lanbridge::meross
