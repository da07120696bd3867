#pragma once

#include <cstdint>

namespace lanbridge::mqtt {

/// Sets TCP_NODELAY on every TCP connection of this process whose peer has `port`, and returns how many there
/// are. Paho neither sets the option nor tells its descriptor, and a QoS 1 message answered by another one
/// waits 44 ms in the kernel without it. Only the port is compared: the broker's name may stand for several
/// addresses, and the option does no harm to another connection that happens to match.
int set_no_delay_by_peer(std::uint16_t port);

}  // namespace lanbridge::mqtt
