#include "lanbridge/net/seqpacket.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace lanbridge::net {
namespace {

/// Of connections that wait to be accepted: all apps of a gateway come at once when the listener is new.
constexpr int backlog = 32;

Error system_error(int number, const std::string& where) {
    return Error(error_code(number, boost::system::system_category()), where);
}

int open_socket() noexcept { return ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

bool fill(sockaddr_un& address, const std::string& path) noexcept {
    address = sockaddr_un{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) return false;
    std::memcpy(address.sun_path, path.data(), path.size());
    return true;
}

Error bad_path(const std::string& path) {
    return Error(Errc::invalid_value, path + ": a socket's path has 1 to 107 characters");
}

/// Makes an Asio socket of a descriptor; whichever way it ends, the descriptor has an owner.
Error adopt(SeqPacketSocket& socket, int descriptor, const std::string& path) {
    error_code ec;
    socket.assign(asio::generic::seq_packet_protocol(AF_UNIX, 0), descriptor, ec);
    if (ec) ::close(descriptor);
    return Error(ec, path);
}

Error connect_error(int number, const std::string& path) {
    if (number == ENOENT) return Error(Errc::not_found, path);
    if (number == ECONNREFUSED) return Error(Errc::unreachable, path + ": nobody listens");
    if (number == EAGAIN) return Error(Errc::busy, path + ": connections are not accepted");
    return system_error(number, path);
}

bool is_exhaustion(int number) noexcept {
    return number == EMFILE || number == ENFILE || number == ENOBUFS || number == ENOMEM;
}

}  // namespace

Result<SeqPacketSocket> connect_seqpacket(const asio::any_io_executor& executor, const std::string& path) {
    sockaddr_un address;
    if (!fill(address, path)) return bad_path(path);
    const int descriptor = open_socket();
    if (descriptor < 0) return system_error(errno, path);
    if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        const int number = errno;
        ::close(descriptor);
        return connect_error(number, path);
    }
    SeqPacketSocket socket(executor);
    if (auto error = adopt(socket, descriptor, path); error.code) return error;
    return socket;
}

Arrival receive_now(SeqPacketSocket& socket, std::span<char> into) noexcept {
    Arrival arrival;
    for (;;) {
        // MSG_TRUNC asks for the length that the datagram had
        const auto size = ::recv(socket.native_handle(), into.data(), into.size(), MSG_DONTWAIT | MSG_TRUNC);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return arrival;
        if (size <= 0) {
            arrival.what = Received::end;
            return arrival;
        }
        arrival.size = static_cast<std::size_t>(size);
        arrival.what = arrival.size > into.size() ? Received::too_long : Received::datagram;
        return arrival;
    }
}

Sent send_now(SeqPacketSocket& socket, std::string_view datagram) noexcept {
    for (;;) {
        const auto size =
            ::send(socket.native_handle(), datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (size >= 0) return Sent::yes;
        if (errno == EINTR) continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK) return Sent::not_now;
        // without memory the socket is writable all the same: waiting would be a busy loop
        return errno == EMSGSIZE || errno == ENOBUFS || errno == ENOMEM ? Sent::too_long : Sent::ended;
    }
}

Result<void> SeqPacketListener::open(const std::string& path) {
    close();
    sockaddr_un address;
    if (!fill(address, path)) return bad_path(path);
    const int descriptor = open_socket();
    if (descriptor < 0) return system_error(errno, path);
    if (auto error = adopt(socket_, descriptor, path); error.code) return error;
    ::unlink(path.c_str());
    struct stat file {};
    const bool listens =
        ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
        ::listen(descriptor, backlog) == 0 && ::lstat(path.c_str(), &file) == 0;
    if (!listens) {
        const int number = errno;
        error_code ignored;
        socket_.close(ignored);
        return system_error(number, path);
    }
    path_ = path;
    device_ = file.st_dev;
    inode_ = file.st_ino;
    return {};
}

void SeqPacketListener::close() {
    if (!socket_.is_open()) return;
    if (owns_file()) ::unlink(path_.c_str());
    error_code ignored;
    socket_.close(ignored);
}

bool SeqPacketListener::owns_file() const {
    struct stat file {};
    // the inode cannot belong to another file as long as the socket is open
    return socket_.is_open() && ::lstat(path_.c_str(), &file) == 0 && file.st_dev == device_ &&
           file.st_ino == inode_;
}

asio::awaitable<error_code> SeqPacketListener::ready() {
    auto [ec] = co_await socket_.async_wait(SeqPacketSocket::wait_read, as_result);
    co_return ec;
}

Result<SeqPacketSocket> SeqPacketListener::accept_now() {
    for (;;) {
        const int descriptor =
            ::accept4(socket_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor >= 0) {
            SeqPacketSocket socket(socket_.get_executor());
            if (auto error = adopt(socket, descriptor, path_); error.code) return error;
            return socket;
        }
        const int number = errno;
        if (number == EINTR || number == ECONNABORTED) continue;
        if (number == EAGAIN || number == EWOULDBLOCK) return Error(Errc::not_found, "nobody waits");
        if (is_exhaustion(number))
            return Error(Errc::overflow, std::string("accept: ") + std::strerror(number));
        return system_error(number, path_);
    }
}

}  // namespace lanbridge::net
