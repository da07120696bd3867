#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "lanbridge/base/async.hpp"
#include "lanbridge/meross/account.hpp"
#include "meross/account/http_answer.hpp"

namespace lanbridge::meross {
namespace {

using Tcp = asio::ip::tcp;
using TlsStream = asio::ssl::stream<Tcp::socket>;

constexpr std::size_t read_step = 16 * 1024;

std::string request_text(const ServiceUrl& url, std::string_view path, std::string_view authorization,
                         std::string_view body) {
    std::string text = "POST ";
    text.append(path).append(" HTTP/1.1\r\nHost: ").append(url.host);
    if (url.port != (url.tls ? 443 : 80)) text.append(":").append(std::to_string(url.port));
    text.append("\r\nContent-Type: application/json\r\nAccept: application/json\r\nConnection: close\r\n");
    if (!authorization.empty()) text.append("Authorization: ").append(authorization).append("\r\n");
    text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
    return text;
}

template <class Stream>
asio::awaitable<Result<std::string>> converse(Stream& stream, const std::string& request) {
    auto [failed, written] = co_await asio::async_write(stream, asio::buffer(request), as_result);
    if (failed) co_return Error(Errc::closed, "sending: " + failed.message());
    std::string received;
    for (bool ended = false; !ended;) {
        const auto before = received.size();
        if (before > HttpsPoster::max_answer) co_return Error(Errc::too_large, "the answer exceeds 4 MiB");
        received.resize(before + read_step);
        auto [ec, n] =
            co_await stream.async_read_some(asio::buffer(received.data() + before, read_step), as_result);
        received.resize(before + n);
        ended = bool(ec);
        if (received.empty()) co_return Error(Errc::closed, "no answer");
        auto answer = parse_web_answer(received, ended);
        if (!answer) co_return std::move(answer).error();
        if (!*answer) continue;
        if ((*answer)->status == 200) co_return std::move((*answer)->body);
        co_return Error(Errc::device_error, "HTTP status " + std::to_string((*answer)->status));
    }
    co_return Error(Errc::truncated, "the answer ends too early");
}

asio::awaitable<Result<Tcp::socket>> connected(const ServiceUrl& url) {
    const auto executor = co_await asio::this_coro::executor;
    Tcp::resolver resolver(executor);
    auto [unknown, found] = co_await resolver.async_resolve(url.host, std::to_string(url.port), as_result);
    if (unknown)
        co_return Error(Errc::unreachable, "the name cannot be resolved (" + unknown.message() +
                                               "): is this machine connected to the internet?");
    Tcp::socket socket(executor);
    error_code last = asio::error::host_unreachable;
    for (const auto& entry : found) {
        error_code ignored;
        socket.close(ignored);
        auto [ec] = co_await socket.async_connect(entry.endpoint(), as_result);
        last = ec;
        if (!ec) co_return std::move(socket);
    }
    co_return Error(Errc::unreachable, last.message());
}

Result<void> prepare(asio::ssl::context& tls) {
    error_code ec;
    tls.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                        asio::ssl::context::no_tlsv1_1,
                    ec);
    if (!ec) tls.set_default_verify_paths(ec);
    if (!ec) tls.set_verify_mode(asio::ssl::verify_peer, ec);
    if (ec) return Error(Errc::io, "TLS cannot be set up: " + ec.message());
    return {};
}

asio::awaitable<Result<std::string>> converse_tls(const ServiceUrl& url, Tcp::socket socket,
                                                  const std::string& request) {
    asio::ssl::context tls(asio::ssl::context::tls_client);
    if (auto ready = prepare(tls); !ready) co_return std::move(ready).error();
    TlsStream stream(std::move(socket), tls);
    stream.set_verify_callback(asio::ssl::host_name_verification(url.host));
    if (SSL_set_tlsext_host_name(stream.native_handle(), url.host.c_str()) != 1)
        co_return Error(Errc::io, "TLS cannot be set up");
    auto [ec] = co_await stream.async_handshake(asio::ssl::stream_base::client, as_result);
    if (ec == asio::error::operation_aborted) co_return Error(Errc::cancelled);
    if (ec && SSL_get_verify_result(stream.native_handle()) != X509_V_OK)
        co_return Error(Errc::wrong_device,
                        "its certificate is not trusted, so it gets no password (" + ec.message() +
                            "): is the package ca-certificates installed, and the clock right?");
    if (ec) co_return Error(Errc::closed, "TLS: " + ec.message());
    co_return co_await converse(stream, request);
}

asio::awaitable<Result<std::string>> question(const ServiceUrl& url, const std::string& request) {
    auto socket = co_await connected(url);
    if (!socket) co_return std::move(socket).error();
    if (url.tls) co_return co_await converse_tls(url, *std::move(socket), request);
    co_return co_await converse(*socket, request);
}

}  // namespace

asio::awaitable<Result<std::string>> HttpsPoster::post(ServiceUrl url, std::string path,
                                                       std::string authorization, std::string body) {
    const std::string request = request_text(url, path, authorization, body);
    auto answer = co_await with_timeout(context_.time, question(url, request), patience);
    if (!answer) co_return answer.error().in(url.text());
    co_return answer;
}

}  // namespace lanbridge::meross
