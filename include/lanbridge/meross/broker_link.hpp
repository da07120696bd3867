#pragma once

#include <string>

#include "lanbridge/base/error.hpp"

namespace lanbridge::meross {

/// The broker as the devices need it: the daemon puts the MQTT client behind it, tests put simulated devices
/// there.
class BrokerLink {
public:
    virtual ~BrokerLink() = default;
    /// QoS 0 and never retained: a request that outlives its moment would be executed later. Errors:
    /// `link_down`, `overflow`.
    virtual Result<void> publish(const std::string& topic, const std::string& payload) = 0;
    virtual bool connected() const = 0;
};

/// What to subscribe: everything that devices say.
inline constexpr const char* device_messages_filter = "/appliance/+/publish";

}  // namespace lanbridge::meross
