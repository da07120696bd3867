#include "lanbridge/sim/gateway/central_service.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "packet_end.hpp"

namespace lanbridge::sim {
namespace {

/// Unlike the agent's listener it leaves its file where it is, and does not mind another name.
Result<net::SeqPacketSocket> listen_at(const asio::any_io_executor& executor, const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return Error(Errc::invalid_value, path);
    std::memcpy(address.sun_path, path.data(), path.size());
    net::SeqPacketSocket socket(executor);
    error_code ec;
    socket.open(asio::generic::seq_packet_protocol(AF_UNIX, 0), ec);
    if (ec) return Error(ec, path);
    ::unlink(path.c_str());
    const auto* name = reinterpret_cast<const sockaddr*>(&address);
    if (::bind(socket.native_handle(), name, sizeof address) != 0 || ::listen(socket.native_handle(), 8) != 0)
        return Error(error_code(errno, boost::system::system_category()), path);
    return socket;
}

}  // namespace

class CentralService::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(Context c, std::string p)
        : context(std::move(c)), path(std::move(p)), inbox(context), listener(context.executor) {}

    void wait_to_accept() {
        listener.async_wait(net::SeqPacketSocket::wait_read,
                            [self = shared_from_this()](const error_code& ec) {
                                if (!ec && self->listener.is_open()) self->accept();
                            });
    }

    void accept() {
        const int descriptor = ::accept4(listener.native_handle(), nullptr, nullptr, SOCK_CLOEXEC);
        net::SeqPacketSocket socket(context.executor);
        error_code ec;
        if (descriptor >= 0) socket.assign(asio::generic::seq_packet_protocol(AF_UNIX, 0), descriptor, ec);
        if (socket.is_open()) admit(std::move(socket));
        wait_to_accept();
    }

    void admit(net::SeqPacketSocket socket) {
        ++accepted;
        prune();
        auto take = [weak = weak_from_this(), index = accepted](std::string_view text) {
            if (const auto self = weak.lock()) self->take(index, text);
        };
        auto end = std::make_shared<PacketEnd>(std::move(socket), std::move(take));
        ends.emplace_back(accepted, end);
        end->set_reading(reads);
    }

    void take(std::uint64_t from, std::string_view text) {
        inbox.add(text);
        if (!echo) return;
        for (const auto& [index, end] : ends)
            if (index == from) end->send(text);
    }

    void prune() {
        std::erase_if(ends, [](const auto& each) { return !each.second->is_open(); });
    }

    Context context;
    std::string path;
    Inbox inbox;
    net::SeqPacketSocket listener;
    std::vector<std::pair<std::uint64_t, std::shared_ptr<PacketEnd>>> ends;
    std::uint64_t accepted = 0;
    bool echo = false;
    bool reads = true;
};

CentralService::CentralService(Context context, std::string path)
    : impl_(std::make_shared<Impl>(std::move(context), std::move(path))) {}

CentralService::~CentralService() { close(); }

Result<void> CentralService::listen() {
    auto socket = listen_at(impl_->context.executor, impl_->path);
    if (!socket) return std::move(socket).error();
    impl_->listener = std::move(*socket);
    impl_->wait_to_accept();
    return {};
}

void CentralService::close() {
    error_code ignored;
    impl_->listener.close(ignored);
    drop_connections();
}

void CentralService::drop_connections() {
    for (const auto& [index, end] : impl_->ends) end->close();
    impl_->ends.clear();
}

void CentralService::set_echo(bool echo) { impl_->echo = echo; }

void CentralService::set_reading(bool reads) {
    impl_->reads = reads;
    for (const auto& [index, end] : impl_->ends) end->set_reading(reads);
}

int CentralService::send(std::string_view datagram) {
    int sent = 0;
    for (const auto& [index, end] : impl_->ends) sent += end->send(datagram) ? 1 : 0;
    return sent;
}

std::size_t CentralService::connections() const {
    impl_->prune();
    return impl_->ends.size();
}
std::uint64_t CentralService::accepted() const { return impl_->accepted; }

Inbox& CentralService::inbox() { return impl_->inbox; }

asio::awaitable<Result<std::string>> CentralService::next(TimeSource::Clock::duration limit) {
    return impl_->inbox.next(limit);
}

}  // namespace lanbridge::sim
