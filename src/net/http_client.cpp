#include "lanbridge/net/http_client.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/write.hpp>
#include <charconv>

#include "lanbridge/base/log.hpp"

namespace lanbridge::net {
namespace {

using Tcp = asio::ip::tcp;

/// The answers of plugs fit into the first step, which the allocator has at hand; those of hubs take a
/// second.
constexpr std::size_t first_step = 2 * 1024 - 64;
constexpr std::size_t read_step = 8 * 1024;
/// How long an answer of doubtful end may go on after its announced length.
constexpr auto tail_patience = 300ms;

/// Nothing for a name, which has to be asked for.
std::optional<Tcp::endpoint> literal(const HttpEndpoint& endpoint) {
    error_code ec;
    const auto address = asio::ip::make_address(endpoint.host, ec);
    if (ec) return std::nullopt;
    return Tcp::endpoint(address, endpoint.port);
}

/// Names are rare (configurations mostly hold addresses), so the resolver's thread is made only when needed.
asio::awaitable<Result<Tcp::endpoint>> resolve(const HttpEndpoint& endpoint) {
    Tcp::resolver resolver(co_await asio::this_coro::executor);
    auto [failed, found] =
        co_await resolver.async_resolve(Tcp::v4(), endpoint.host, std::to_string(endpoint.port), as_result);
    if (failed || found.empty())
        co_return Error(Errc::unreachable, "the name " + endpoint.host + " cannot be resolved");
    co_return found.begin()->endpoint();
}

asio::awaitable<Result<bool>> connect_once(Tcp::socket& socket, Tcp::endpoint peer) {
    auto [ec] = co_await socket.async_connect(peer, as_result);
    if (ec) co_return Error(ec, "connecting");
    co_return true;
}

/// Only connect time-outs are tried again, with twice the patience: a device busy with its cloud drops SYNs.
asio::awaitable<Result<bool>> connect(TimeSource& time, Tcp::socket& socket, Tcp::endpoint peer,
                                      HttpPatience patience) {
    for (auto limit = patience.connect;; limit *= 2) {
        auto done = co_await with_timeout(time, connect_once(socket, peer), limit);
        if (done) co_return true;
        if (done.error().is(Errc::cancelled)) co_return done;
        if (!done.error().is(Errc::timeout)) co_return Error(Errc::unreachable, done.error().code.message());
        if (limit >= patience.connect_last) co_return Error(Errc::unreachable, "no answer to connecting");
        error_code ignored;
        socket.close(ignored);
    }
}

/// A body of exactly the announced length, or of none, that cannot be only the start of what is coming.
bool looks_finished(std::string_view body) {
    while (!body.empty() && (body.back() == '\n' || body.back() == '\r' || body.back() == ' '))
        body.remove_suffix(1);
    if (body.empty()) return false;
    return body.front() != '{' || body.back() == '}';
}

enum class Progress { more, doubtful, done };

Progress progress_of(const HttpHead& head, std::size_t received, std::string_view body) {
    if (!head.content_length || received < *head.content_length) return Progress::more;
    if (received == *head.content_length && looks_finished(body)) return Progress::done;
    return Progress::doubtful;  // the announced length was wrong: read until the peer closes
}

class Exchange {
public:
    Exchange(TimeSource& time, Tcp::socket& socket) : time_(time), socket_(socket) {}

    asio::awaitable<Result<HttpResponse>> run(const std::string& request) {
        if (auto [ec, n] = co_await asio::async_write(socket_, asio::buffer(request), as_result); ec)
            co_return Error(Errc::closed, "sending: " + ec.message());
        for (;;) {
            auto ended = co_await read_more();
            if (!ended) co_return std::move(ended).error();
            if (auto parsed = parse_head(); !parsed) co_return std::move(parsed).error();
            if (*ended || finished()) co_return response();
            if (data_.size() > HttpClient::max_body)
                co_return Error(Errc::too_large, "the answer exceeds 256 KiB");
        }
    }

private:
    /// True when the peer has closed, or when nothing follows a body of doubtful end.
    asio::awaitable<Result<bool>> read_more() {
        if (progress_ != Progress::doubtful) co_return co_await read_some();
        auto ended = co_await with_timeout(time_, read_some(), tail_patience);
        if (!ended && ended.error().is(Errc::timeout)) co_return true;
        co_return ended;
    }

    asio::awaitable<Result<bool>> read_some() {
        const auto before = data_.size();
        const auto step = before == 0 ? first_step : read_step;
        data_.resize(before + step);
        auto [ec, n] = co_await socket_.async_read_some(asio::buffer(data_.data() + before, step), as_result);
        data_.resize(before + n);
        if (!ec) co_return false;
        if (data_.empty()) co_return Error(Errc::closed);
        co_return true;  // whatever came before a reset counts as the answer
    }

    Result<void> parse_head() {
        if (!head_ && !data_.empty()) {
            auto head = parse_http_head(data_);
            if (!head) return std::move(head).error();
            head_ = *head;
        }
        if (head_) progress_ = progress_of(*head_, data_.size() - head_->bytes, body());
        return {};
    }

    std::string_view body() const { return std::string_view(data_).substr(head_->bytes); }
    bool finished() const { return progress_ == Progress::done; }

    Result<HttpResponse> response() {
        if (!head_) return Error(Errc::closed, "within the HTTP header");
        HttpResponse response;
        response.status = head_->status;
        response.complete = !head_->content_length || body().size() >= *head_->content_length;
        data_.erase(0, head_->bytes);
        response.body = std::move(data_);
        return response;
    }

    TimeSource& time_;
    Tcp::socket& socket_;
    std::string data_;
    std::optional<HttpHead> head_;
    Progress progress_ = Progress::more;
};

std::string make_request(const HttpEndpoint& endpoint, std::string_view path, std::string_view content_type,
                         std::string_view body) {
    std::string request;
    request.reserve(160 + body.size());
    request.append("POST ").append(path).append(" HTTP/1.1\r\nHost: ").append(endpoint.text());
    request.append("\r\nContent-Type: ").append(content_type);
    request.append("\r\nContent-Length: ").append(std::to_string(body.size()));
    request.append("\r\nConnection: close\r\n\r\n").append(body);
    return request;
}

}  // namespace

std::string HttpEndpoint::text() const {
    const std::string shown = host.find(':') == std::string::npos ? host : '[' + host + ']';
    return port == 80 ? shown : shown + ':' + std::to_string(port);
}

Result<HttpEndpoint> parse_endpoint(std::string_view text) {
    std::string_view host = text;
    std::string_view port;
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos)
            return Error(Errc::invalid_value, '"' + std::string(text) + "\" lacks a ]");
        host = text.substr(1, close - 1);
        port = text.substr(close + 1);
        if (!port.empty() && port.front() != ':')
            return Error(Errc::invalid_value, '"' + std::string(text) + '"');
        if (!port.empty()) port.remove_prefix(1);
    } else if (const auto colon = text.find(':');
               colon != std::string_view::npos && text.rfind(':') == colon) {
        host = text.substr(0, colon);
        port = text.substr(colon + 1);
        if (port.empty())
            return Error(Errc::invalid_value, '"' + std::string(text) + "\" lacks a port after the colon");
    }
    HttpEndpoint endpoint{std::string(host)};
    const auto impossible = [](unsigned char c) {
        return c <= ' ' || c == 0x7f || c == '/' || c == '@' || c == '[' || c == ']';
    };
    if (host.empty() || std::ranges::any_of(host, impossible))
        return Error(Errc::invalid_value, '"' + std::string(text) + "\" is no host[:port]");
    if (!port.empty()) {
        unsigned value{};
        const auto [end, ec] = std::from_chars(port.data(), port.data() + port.size(), value);
        if (ec != std::errc{} || end != port.data() + port.size() || value == 0 || value > 65535)
            return Error(Errc::invalid_value,
                         "the port of \"" + std::string(text) + "\" is no number from 1 to 65535");
        endpoint.port = static_cast<std::uint16_t>(value);
    }
    return endpoint;
}

std::shared_ptr<Gate> HttpClient::turn_of(const HttpEndpoint& endpoint) {
    auto& turn = turns_[endpoint];
    if (!turn) turn = std::make_shared<Gate>(context_.executor, 1);
    return turn;
}

asio::awaitable<Result<HttpResponse>> HttpClient::post(HttpEndpoint endpoint, std::string path,
                                                       std::string content_type, std::string body,
                                                       HttpPatience patience) {
    const auto turn = turn_of(endpoint);
    Result<HttpResponse> response = Error(Errc::cancelled);
    {
        auto my_turn = co_await turn->enter();
        if (!my_turn) co_return std::move(my_turn).error();
        auto slot = co_await gate_.enter();
        if (!slot) co_return std::move(slot).error();
        const std::string request = make_request(endpoint, path, content_type, body);
        response = co_await exchange(endpoint, request, patience);
    }
    if (turn.use_count() == 2) turns_.erase(endpoint);  // nobody else waits for this endpoint
    co_return response;
}

asio::awaitable<Result<HttpResponse>> HttpClient::exchange(const HttpEndpoint& endpoint,
                                                           const std::string& request,
                                                           HttpPatience patience) {
    auto peer = literal(endpoint);
    if (!peer) {
        auto found = co_await with_timeout(context_.time, resolve(endpoint), patience.total);
        if (!found) co_return std::move(found).error().in(endpoint.text());
        peer = *found;
    }
    Tcp::socket socket(context_.executor);
    auto connected = co_await connect(context_.time, socket, *peer, patience);
    if (!connected) co_return std::move(connected).error().in(endpoint.text());
    Exchange exchange(context_.time, socket);
    auto response = co_await with_timeout(context_.time, exchange.run(request), patience.total);
    if (!response) co_return std::move(response).error().in(endpoint.text());
    if (response->status < 200 || response->status > 299)
        co_return Error(Errc::device_error,
                        endpoint.text() + ": HTTP status " + std::to_string(response->status));
    co_return response;
}

}  // namespace lanbridge::net
