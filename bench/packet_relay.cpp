#include "packet_relay.hpp"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <vector>

namespace lanbridge::bench {
namespace {

[[noreturn]] void fail_with_errno(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

int listen_at(const std::string& path) {
    const int listener = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener, 8) != 0)
        fail_with_errno("listen");
    return listener;
}

void send_whole(int to, const char* data, std::size_t size) {
    while (::send(to, data, size, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
        if (errno != EAGAIN) fail_with_errno("send");
        pollfd writable{to, POLLOUT, 0};
        ::poll(&writable, 1, -1);
    }
}

/// False when `from` has closed.
bool drain(int from, int to, std::vector<char>& room) {
    for (;;) {
        const auto size = ::recv(from, room.data(), room.size(), MSG_DONTWAIT);
        if (size < 0 && errno == EAGAIN) return true;
        if (size <= 0) return false;
        send_whole(to, room.data(), static_cast<std::size_t>(size));
    }
}

}  // namespace

int run_packet_relay(const std::string& path) {
    const int listener = listen_at(path);
    std::puts("ready");
    std::fflush(stdout);
    const std::array<int, 2> ends{::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC),
                                  ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC)};
    const int poller = ::epoll_create1(EPOLL_CLOEXEC);
    for (std::uint32_t i = 0; i < 2; ++i) {
        epoll_event wanted{};
        wanted.events = EPOLLIN;
        wanted.data.u32 = i;
        if (::epoll_ctl(poller, EPOLL_CTL_ADD, ends[i], &wanted) != 0) fail_with_errno("epoll_ctl");
    }
    std::vector<char> room(256 * 1024);
    for (;;) {
        std::array<epoll_event, 2> ready{};
        const int count = ::epoll_wait(poller, ready.data(), static_cast<int>(ready.size()), -1);
        for (int i = 0; i < count; ++i) {
            const auto side = ready[static_cast<std::size_t>(i)].data.u32;
            if (!drain(ends[side], ends[1 - side], room)) return 0;
        }
    }
}

}  // namespace lanbridge::bench
