#include "lanbridge/sim/gateway/cloud_client.hpp"

#include <array>
#include <boost/asio/ip/tcp.hpp>

namespace lanbridge::sim {
namespace {

using asio::ip::tcp;

/// Long enough for a reader on the same loop to have taken what came before.
constexpr auto between_pieces = 5ms;

/// The first whole object of `text`, and what follows it in `text`; "" while there is none.
std::string take_object(std::string& text) {
    int depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted && c == '\\')
            ++i;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && c == '{')
            ++depth;
        else if (!quoted && c == '}' && --depth == 0) {
            auto object = text.substr(0, i + 1);
            text.erase(0, i + 1);
            return object;
        }
    }
    return {};
}

}  // namespace

class CloudClient::Impl : public std::enable_shared_from_this<Impl> {
public:
    explicit Impl(Context c)
        : context(std::move(c)), inbox(context), acceptor(context.executor), socket(context.executor) {}

    void accept() {
        acceptor.async_accept([self = shared_from_this()](const error_code& ec, tcp::socket peer) {
            if (!self->acceptor.is_open()) return;
            if (!ec) self->admit(std::move(peer));
            self->accept();
        });
    }

    void admit(tcp::socket peer) {
        ++accepted;
        if (hangs_up) return;
        socket = std::move(peer);
        error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        socket.non_blocking(true, ignored);
        half.clear();
        reading = false;
        read(++generation);
    }

    void read(std::uint64_t mine) {
        if (!reads || reading || mine != generation || !socket.is_open()) return;
        reading = true;
        socket.async_read_some(asio::buffer(room),
                               [self = shared_from_this(), mine](const error_code& ec, std::size_t size) {
                                   if (mine != self->generation) return;
                                   self->reading = false;
                                   if (ec) return self->drop();
                                   self->take(std::string_view(self->room.data(), size));
                                   self->read(mine);
                               });
    }

    void take(std::string_view arrived) {
        bytes += arrived.size();
        half += arrived;
        for (auto object = take_object(half); !object.empty(); object = take_object(half)) inbox.add(object);
    }

    void drop() {
        ++generation;
        reading = false;
        error_code ignored;
        socket.close(ignored);
    }

    Context context;
    Inbox inbox;
    tcp::acceptor acceptor;
    tcp::socket socket;
    std::array<char, 16384> room{};
    std::string half;
    std::uint64_t accepted = 0;
    std::uint64_t bytes = 0;
    std::uint64_t generation = 0;  ///< of the connection
    bool reads = true;
    bool reading = false;
    bool hangs_up = false;
};

CloudClient::CloudClient(Context context) : impl_(std::make_shared<Impl>(std::move(context))) {}

CloudClient::~CloudClient() { close(); }

Result<void> CloudClient::listen(std::uint16_t port) {
    const tcp::endpoint where(asio::ip::address_v4::loopback(), port);
    auto& acceptor = impl_->acceptor;
    error_code ec;
    acceptor.open(tcp::v4(), ec);
    if (!ec) acceptor.set_option(asio::socket_base::reuse_address(true), ec);
    if (!ec) acceptor.bind(where, ec);
    if (!ec) acceptor.listen(8, ec);
    if (ec) return Error(ec, "simulated cloud client");
    impl_->accept();
    return {};
}

std::uint16_t CloudClient::port() const {
    error_code ignored;
    return impl_->acceptor.local_endpoint(ignored).port();
}

void CloudClient::close() {
    error_code ignored;
    impl_->acceptor.close(ignored);
    impl_->drop();
}

bool CloudClient::send(std::string_view bytes) {
    error_code ec;
    const auto sent = impl_->socket.send(asio::buffer(bytes.data(), bytes.size()), 0, ec);
    return !ec && sent == bytes.size();
}

asio::awaitable<void> CloudClient::send_pieces(std::vector<std::string> pieces) {
    const auto impl = impl_;
    for (const auto& piece : pieces) {
        error_code ec;
        impl->socket.send(asio::buffer(piece), 0, ec);
        co_await impl->context.time.sleep(between_pieces);
    }
}

void CloudClient::set_reading(bool reads) {
    impl_->reads = reads;
    impl_->read(impl_->generation);
}

void CloudClient::set_hangs_up(bool hangs_up) { impl_->hangs_up = hangs_up; }
void CloudClient::drop() { impl_->drop(); }
bool CloudClient::connected() const { return impl_->socket.is_open(); }
std::uint64_t CloudClient::accepted() const { return impl_->accepted; }
std::uint64_t CloudClient::bytes() const { return impl_->bytes; }
Inbox& CloudClient::inbox() { return impl_->inbox; }

asio::awaitable<Result<std::string>> CloudClient::next(TimeSource::Clock::duration limit) {
    return impl_->inbox.next(limit);
}

}  // namespace lanbridge::sim
