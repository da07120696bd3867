#pragma once

#include <string>

namespace lanbridge::bench {

/// The least that passes datagrams on between two programs: epoll, receive, send, no look into what it
/// carries. The first two that connect at `path` are joined. Prints "ready" and runs until the process is
/// ended.
int run_packet_relay(const std::string& path);

}  // namespace lanbridge::bench
