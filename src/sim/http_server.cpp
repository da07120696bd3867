#include "lanbridge/sim/http_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include "lanbridge/base/log.hpp"
#include "sim/http_text.hpp"

namespace lanbridge::sim {

namespace asio_ip = asio::ip;
using asio::ip::tcp;

namespace {

const log::Logger logger("sim");
/// Listeners wait for at most so many connections; a device has room for few.
constexpr int backlog = 16;

void reset(tcp::socket& socket) {
    error_code ignored;
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
}

}  // namespace

struct HttpServer::Connection {
    explicit Connection(tcp::socket s) : socket(std::move(s)) {}
    tcp::socket socket;
    std::string input;
    bool counts = true;  ///< against the one connection at a time
};

HttpServer::HttpServer(Context context, MerossDevice& device, HttpSettings settings)
    : context_(context), device_(device), settings_(settings), tasks_(context.executor) {}

HttpServer::~HttpServer() { close(); }

Result<void> HttpServer::listen(const tcp::endpoint& where) {
    auto acceptor = std::make_shared<tcp::acceptor>(context_.executor);
    error_code ec;
    acceptor->open(where.protocol(), ec);
    if (!ec) acceptor->set_option(asio::socket_base::reuse_address(true), ec);
    if (!ec) acceptor->bind(where, ec);
    if (!ec) acceptor->listen(backlog, ec);
    if (ec) {
        const auto text =
            where.address().to_string() + ":" + std::to_string(where.port()) + ": " + ec.message();
        return Error(ec == asio::error::address_in_use ? Errc::busy : Errc::io, text);
    }
    endpoint_ = acceptor->local_endpoint(ec);
    acceptor_ = std::move(acceptor);
    // simulated devices share an address: what they say of theirs has to name the port
    const auto port = endpoint_.port() == 80 ? "" : ":" + std::to_string(endpoint_.port());
    device_.set_address(endpoint_.address().to_string() + port);
    tasks_.start("simulated device", accept_loop(acceptor_));
    return {};
}

bool HttpServer::listening() const noexcept { return acceptor_ && acceptor_->is_open(); }

void HttpServer::close() {
    ++flap_turn_;
    pause();
    tasks_.stop();
}

void HttpServer::pause() {
    error_code ignored;
    if (acceptor_) acceptor_->close(ignored);
    drop_connections();
}

Result<void> HttpServer::listen_again() {
    if (listening()) return {};
    const auto where = endpoint_;
    return listen(where);
}

Result<void> HttpServer::move_to(const tcp::endpoint& where) {
    pause();
    return listen(where);
}

void HttpServer::drop_connections() {
    for (const auto& weak : open_) {
        if (const auto connection = weak.lock()) reset(connection->socket);
    }
    open_.clear();
}

void HttpServer::reboot(std::chrono::milliseconds down) {
    pause();
    tasks_.start("reboot", back_after(down));
}

asio::awaitable<void> HttpServer::back_after(std::chrono::milliseconds down) {
    const auto cancelled = co_await context_.time.sleep(down);
    if (cancelled) co_return;
    const auto again = listen_again();
    if (!again) logger.warn("simulated device does not come back: {}", again.error().text());
}

void HttpServer::flap(std::chrono::milliseconds up, std::chrono::milliseconds down) {
    tasks_.start("flapping", flapping(up, down, ++flap_turn_));
}

void HttpServer::stop_flapping() {
    ++flap_turn_;
    const auto again = listen_again();
    if (!again) logger.warn("simulated device does not come back: {}", again.error().text());
}

asio::awaitable<void> HttpServer::flapping(std::chrono::milliseconds up, std::chrono::milliseconds down,
                                           std::uint64_t turn) {
    while (turn == flap_turn_) {
        const auto stopped = co_await context_.time.sleep(up);
        if (stopped) co_return;
        if (turn != flap_turn_) co_return;
        pause();
        const auto cancelled = co_await context_.time.sleep(down);
        if (cancelled) co_return;
        if (turn != flap_turn_) co_return;
        const auto again = listen_again();
        if (!again) logger.warn("simulated device does not come back: {}", again.error().text());
    }
}

asio::awaitable<void> HttpServer::accept_loop(std::shared_ptr<tcp::acceptor> acceptor) {
    while (acceptor->is_open()) {
        auto [ec, socket] = co_await acceptor->async_accept(as_result);
        if (ec == asio::error::operation_aborted || ec == asio::error::bad_descriptor) co_return;
        if (ec) {
            // out of descriptors, or the peer was gone again: go on, but not in a tight loop
            const auto cancelled = co_await context_.time.sleep(10ms);
            if (cancelled) co_return;
            continue;
        }
        ++counters_.connections;
        std::erase_if(open_, [](const auto& weak) { return weak.expired(); });
        const auto serving = [](const auto& weak) {
            const auto other = weak.lock();
            return other && other->counts && other->socket.is_open();
        };
        if (settings_.one_at_a_time && std::ranges::any_of(open_, serving)) {
            ++counters_.refused_parallel;
            reset(socket);
            continue;
        }
        auto connection = std::make_shared<Connection>(std::move(socket));
        open_.push_back(connection);
        tasks_.start("connection", serve(std::move(connection)));
    }
}

asio::awaitable<void> HttpServer::serve(std::shared_ptr<Connection> connection) {
    if (take_half_open()) {
        connection->counts = false;
        co_await context_.time.sleep(settings_.idle_limit);
        reset(connection->socket);
        co_return;
    }
    auto request = co_await with_timeout(context_.time, read_request(connection), settings_.idle_limit);
    if (!request) {
        ++counters_.bad_requests;
        reset(connection->socket);
        co_return;
    }
    note(*request);
    const auto faults = take_faults();
    if (faults.delay.count() > 0) {
        const auto gone = co_await gone_within(connection, faults.delay);
        if (gone) co_return;
    }
    if (faults.silent) {
        co_await gone_within(connection, settings_.idle_limit);
        reset(connection->socket);
        co_return;
    }
    const auto reply = answer(*request);
    if (reply.kind == Reply::Kind::answer || faults.body) {
        auto text = http_response(reply.body, faults);
        co_await send(connection, std::move(text), faults.reset_after);
    } else if (reply.kind == Reply::Kind::silent) {
        co_await gone_within(connection, settings_.idle_limit);
    }
    error_code ignored;
    connection->socket.shutdown(tcp::socket::shutdown_both, ignored);
    connection->socket.close(ignored);
}

Reply HttpServer::answer(const HttpRequest& request) {
    if (!request.proper) return Reply(Reply::Kind::close);
    return device_.handle(request.body);
}

asio::awaitable<Result<HttpRequest>> HttpServer::read_request(std::shared_ptr<Connection> connection) {
    auto& input = connection->input;
    for (;;) {
        auto request = parse_http_request(input, settings_.max_request);
        if (!request) co_return request.error();
        if (request->complete) co_return std::move(*request);
        const auto old = input.size();
        input.resize(old + 2048);
        const auto room = asio::buffer(input.data() + old, input.size() - old);
        auto [ec, got] = co_await connection->socket.async_read_some(room, as_result);
        input.resize(old + got);
        if (ec) co_return Error(ec, "read");
    }
}

asio::awaitable<Result<bool>> HttpServer::until_gone(std::shared_ptr<Connection> connection) {
    for (;;) {
        char rest[512];
        const auto room = asio::buffer(rest);
        auto [ec, got] = co_await connection->socket.async_read_some(room, as_result);
        if (ec) co_return true;
    }
}

asio::awaitable<bool> HttpServer::gone_within(std::shared_ptr<Connection> connection,
                                              std::chrono::milliseconds limit) {
    auto gone = co_await with_timeout(context_.time, until_gone(connection), limit);
    const bool closed = gone.has_value() || gone.error().is(Errc::cancelled);
    if (closed) reset(connection->socket);
    co_return closed;
}

asio::awaitable<void> HttpServer::send(std::shared_ptr<Connection> connection, std::string text,
                                       std::optional<std::size_t> reset_after) {
    if (reset_after) text.resize(std::min(*reset_after, text.size()));
    const auto bytes = asio::buffer(text);
    auto [ec, sent] = co_await asio::async_write(connection->socket, bytes, as_result);
    if (ec) logger.debug("simulated device {}: {}", endpoint_.port(), ec.message());
    if (reset_after) reset(connection->socket);
}

void HttpServer::note(const HttpRequest& request) {
    ++counters_.requests;
    if (!request.proper) ++counters_.bad_requests;
    if (carries_set(request.body)) ++counters_.sets;
    if (settings_.remembered_requests == 0) return;
    if (requests_.size() == settings_.remembered_requests) requests_.pop_front();
    requests_.push_back(request.body);
}

Faults HttpServer::take_faults() {
    if (!faults_.requests) return faults_;
    if (*faults_.requests <= 0) {
        faults_ = Faults();
        return faults_;
    }
    --*faults_.requests;
    return faults_;
}

bool HttpServer::take_half_open() {
    if (!faults_.half_open) return false;
    return take_faults().half_open;
}

}  // namespace lanbridge::sim
