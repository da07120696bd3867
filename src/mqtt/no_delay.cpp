#include "mqtt/no_delay.hpp"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstdlib>
#include <memory>

namespace lanbridge::mqtt {
namespace {

/// 0 for anything but a connected internet socket.
std::uint16_t peer_port(int fd) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return 0;
    if (peer.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(peer).sin_port);
    if (peer.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(peer).sin6_port);
    return 0;
}

struct CloseFolder {
    void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

}  // namespace

int set_no_delay_by_peer(std::uint16_t port) {
    const std::unique_ptr<DIR, CloseFolder> folder(::opendir("/proc/self/fd"));
    if (!folder) return 0;
    int found = 0;
    while (const dirent* entry = ::readdir(folder.get())) {
        const int fd = std::atoi(entry->d_name);  // "." and ".." become 0, which is no such socket
        if (peer_port(fd) != port) continue;
        const int on = 1;
        if (::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0) ++found;
    }
    return found;
}

}  // namespace lanbridge::mqtt
