#include "agent/peers/cloud_link.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>

namespace lanbridge::agent {
namespace {

using asio::ip::tcp;

/// On the loopback a connection is there or refused; longer means a full backlog.
constexpr auto dial_limit = 5s;

std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

/// Asio's sockets would live on in the programs that the agent starts.
void keep_from_children(tcp::socket& socket) { ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC); }

}  // namespace

CloudLink::CloudLink(Context context, Journal& journal, std::uint16_t port, Events events)
    : context_(std::move(context)),
      journal_(journal),
      peer_(asio::ip::address_v4::loopback(), port),
      events_(std::move(events)),
      socket_(context_.executor),
      tasks_(context_.executor) {}

void CloudLink::start() {
    stopped_ = false;
    tasks_.start("cloud link", run());
}

void CloudLink::stop() {
    stopped_ = true;
    online_ = false;
    error_code ignored;
    socket_.close(ignored);
    queue_.clear();
    tasks_.stop();
}

asio::awaitable<void> CloudLink::run() {
    while (!stopped_) {
        redial_.dialled(context_.time.now());
        const auto opened = co_await dial();
        if (stopped_) co_return;
        Redial::Moment again;
        if (opened) {
            went_online();
            co_await read();
            if (stopped_) co_return;
            went_offline();
            again = redial_.lost(context_.time.now());
        } else {
            note_failure(opened.error());
            again = redial_.failed(context_.time.now());
        }
        const auto cancelled = co_await context_.time.sleep_until(again);
        if (cancelled) co_return;
    }
}

asio::awaitable<Result<void>> CloudLink::dial() {
    socket_ = tcp::socket(context_.executor);
    auto connected = co_await with_timeout(context_.time, connect(), dial_limit);
    if (!connected) {
        error_code ignored;
        socket_.close(ignored);
    }
    co_return connected;
}

asio::awaitable<Result<void>> CloudLink::connect() {
    error_code ec;
    socket_.open(tcp::v4(), ec);
    if (ec) co_return Error(ec, "socket");
    keep_from_children(socket_);
    auto [failure] = co_await socket_.async_connect(peer_, as_result);
    if (failure) co_return Error(failure, "dial");
    // The port is in the range that the kernel takes for outgoing connections: without a listener a dial can
    // meet itself, and would hold the port that the client wants to listen on.
    if (socket_.local_endpoint(ec) == peer_) {
        socket_.set_option(asio::socket_base::linger(true, 0), ec);
        co_return Error(Errc::unreachable, "dial");
    }
    socket_.set_option(tcp::no_delay(true), ec);
    socket_.non_blocking(true, ec);
    co_return Result<void>();
}

asio::awaitable<void> CloudLink::read() {
    while (socket_.is_open()) {
        const auto room = asio::buffer(room_);
        auto [ec, size] = co_await socket_.async_read_some(room, as_result);
        if (ec || stopped_) co_return;
        splitter_.feed(std::string_view(room_.data(), size), events_.object);
        if (splitter_.too_long() > giants_.total() && giants_.note(context_.time.now()) > 0)
            journal_.warn(Part::miio, "[miio] message of miio_client too long");
    }
}

void CloudLink::went_online() {
    const auto now = context_.time.now();
    redial_.connected(now);
    online_ = true;
    if (const auto times = connects_.note(now); times == 1)
        journal_.info(Part::miio, "[miio] connected to miio_client");
    else if (times > 1)
        journal_.info(Part::miio, "[miio] connected to miio_client", {{"times", number(times)}});
    write_now();
}

void CloudLink::went_offline() {
    online_ = false;
    error_code ignored;
    socket_.close(ignored);
    splitter_.reset();
    drop(queue_.drop_begun());
    if (const auto times = losses_.note(context_.time.now()); times > 0)
        journal_.info(Part::miio, "[miio] lost miio_client", {{"times", number(times)}});
}

void CloudLink::note_failure(const Error& error) {
    drop(queue_.clear());
    if (const auto times = failures_.note(context_.time.now()); times > 0)
        journal_.warn(Part::miio, "[miio] can't connect to miio_client",
                      {{"error", error.text()}, {"times", number(times)}});
}

void CloudLink::drop(std::size_t messages) {
    if (messages == 0) return;
    dropped_ += messages;
    if (drops_.note(context_.time.now()) > 0)
        journal_.warn(Part::miio, "[miio] dropping messages to miio_client", {{"dropped", number(dropped_)}});
}

bool CloudLink::send(std::string_view message) {
    if (stopped_) return false;
    if (!online_ && redial_.given_up()) {
        drop(1);
        return false;
    }
    drop(queue_.push(message));
    if (online_ && !writing_) write_now();
    return true;
}

void CloudLink::write_now() {
    while (online_ && !queue_.empty()) {
        const auto text = queue_.front();
        const auto size =
            ::send(socket_.native_handle(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) {
            // of a broken connection the reading side knows too, and dials again
            if (errno == EAGAIN || errno == EWOULDBLOCK) wait_to_write();
            return;
        }
        queue_.wrote(static_cast<std::size_t>(size));
    }
}

void CloudLink::wait_to_write() {
    if (writing_) return;
    writing_ = true;
    tasks_.start("cloud link writer", write());
}

asio::awaitable<void> CloudLink::write() {
    co_await socket_.async_wait(tcp::socket::wait_write, as_result);
    writing_ = false;
    write_now();  // also after an error: by now this may be the next connection
}

}  // namespace lanbridge::agent
