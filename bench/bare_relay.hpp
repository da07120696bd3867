#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace lanbridge::bench {

/// By topic, what the bare subscriber makes of a push: the other of two payloads, on another topic.
using RelayTable = std::map<std::string, std::string, std::less<>>;

/// A Paho subscriber on `filter` that republishes, from within Paho's callback, the bytes that lanbridge
/// would publish: "ON" and "OFF" in turn, with QoS 1, retained. It reads nothing of what it is given but the
/// topic. Prints "ready" and runs until the process is ended.
int run_bare_relay(std::uint16_t broker_port, const std::string& filter, const RelayTable& table);

}  // namespace lanbridge::bench
