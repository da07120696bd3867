#include "lanbridge/model/device.hpp"

namespace lanbridge::model {

std::string_view transport_name(Transport transport) noexcept {
    switch (transport) {
        case Transport::http:
            return "http";
        case Transport::mqtt:
            return "mqtt";
        case Transport::udp:
            return "udp";
        case Transport::local:
            return "local";
        case Transport::none:
            break;
    }
    return "none";
}

std::string_view reason_name(Reason reason) noexcept {
    switch (reason) {
        case Reason::ok:
            return "ok";
        case Reason::starting:
            return "starting";
        case Reason::unreachable:
            return "unreachable";
        case Reason::wrong_key:
            return "wrong_key";
        case Reason::wrong_device:
            return "wrong_device";
        case Reason::encrypted_without_key:
            return "encrypted_without_key";
        case Reason::protocol_error:
            return "protocol_error";
        case Reason::hub_offline:
            return "hub_offline";
    }
    return "unknown";
}

}  // namespace lanbridge::model
