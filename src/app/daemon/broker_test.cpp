#include "app/daemon/broker_test.hpp"

#include <openssl/ssl.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "lanbridge/base/async.hpp"

namespace lanbridge::app {
namespace {

using Tcp = asio::ip::tcp;
using TlsStream = asio::ssl::stream<Tcp::socket>;

/// A device gives up after some ten seconds; a broker that takes half of that is not one to build on.
constexpr auto patience = 5s;
/// What devices offer: TLS 1.2, certificates with RSA keys, and old suites among the good ones.
constexpr const char* device_suites = "aRSA+AES:@SECLEVEL=0";

void append_text(std::string& packet, std::string_view text) {
    packet.push_back(static_cast<char>(text.size() >> 8));
    packet.push_back(static_cast<char>(text.size() & 0xFF));
    packet.append(text);
}

/// Header, length in groups of 7 bits, body.
std::string packet(char kind, std::string_view body) {
    std::string whole(1, kind);
    auto length = body.size();
    do {
        const auto low = length & 0x7F;
        length >>= 7;
        whole.push_back(static_cast<char>(low | (length > 0 ? 0x80 : 0)));
    } while (length > 0);
    return whole.append(body);
}

std::string connect_packet(const meross::PairingLogin& login) {
    std::string body;
    append_text(body, "MQTT");
    body.append("\x04\xC2\x00\x78", 4);  // 3.1.1; user, password, clean session; keep-alive 120 s
    append_text(body, login.client_id);
    append_text(body, login.username);
    append_text(body, login.password.reveal());
    return packet('\x10', body);
}

std::string subscribe_packet(const std::string& topic) {
    std::string body("\x00\x01", 2);
    append_text(body, topic);
    body.push_back('\x01');
    return packet('\x82', body);
}

Result<void> check_connack(std::string_view answer) {
    if (answer.size() != 4 || answer[0] != 0x20)
        return Error(Errc::malformed, "what answers there is no MQTT broker");
    switch (answer[3]) {
        case 0:
            return {};
        case 4:
        case 5:
            return Error(Errc::wrong_key, "it refuses the device's login");
        default:
            return Error(Errc::unsupported, "it refuses the device with code " + std::to_string(answer[3]));
    }
}

Result<void> check_suback(std::string_view answer) {
    if (answer.size() != 5 || static_cast<unsigned char>(answer[0]) != 0x90)
        return Error(Errc::malformed, "it does not answer the device's subscription");
    if (static_cast<unsigned char>(answer[4]) == 0x80)
        return Error(Errc::unsupported,
                     "it does not let the device subscribe to its own topic: look at its access rules");
    return {};
}

asio::awaitable<Result<Tcp::socket>> connected(const meross::PairingLogin& login) {
    const auto executor = co_await asio::this_coro::executor;
    Tcp::resolver resolver(executor);
    auto [unknown, found] =
        co_await resolver.async_resolve(login.host, std::to_string(login.port), as_result);
    if (unknown) co_return Error(Errc::unreachable, "the name cannot be resolved");
    Tcp::socket socket(executor);
    error_code last = asio::error::host_unreachable;
    for (const auto& entry : found) {
        error_code ignored;
        socket.close(ignored);
        auto [ec] = co_await socket.async_connect(entry.endpoint(), as_result);
        last = ec;
        if (!ec) co_return std::move(socket);
    }
    co_return Error(Errc::unreachable, last.message() + "; does a broker with TLS listen there?");
}

asio::awaitable<Result<void>> converse(TlsStream& stream, const meross::PairingLogin& login) {
    const auto hello = connect_packet(login);
    std::array<char, 4> connack{};
    std::array<char, 5> suback{};
    co_await asio::async_write(stream, asio::buffer(hello), as_result);
    const auto [closed, said] = co_await asio::async_read(stream, asio::buffer(connack), as_result);
    auto done = check_connack(std::string_view(connack.data(), said));
    if (!done) co_return done;
    const auto wish = subscribe_packet(login.own_read_topic);
    co_await asio::async_write(stream, asio::buffer(wish), as_result);
    const auto [ended, granted] = co_await asio::async_read(stream, asio::buffer(suback), as_result);
    done = check_suback(std::string_view(suback.data(), granted));
    const auto farewell = packet('\xE0', "");
    co_await asio::async_write(stream, asio::buffer(farewell), as_result);
    co_return done;
}

asio::awaitable<Result<std::string>> visit(const meross::PairingLogin& login) {
    auto socket = co_await connected(login);
    if (!socket) co_return std::move(socket).error();
    asio::ssl::context tls(asio::ssl::context::tlsv12_client);
    if (SSL_CTX_set_cipher_list(tls.native_handle(), device_suites) != 1)
        co_return Error(Errc::io, "TLS cannot be set up as devices use it");
    TlsStream stream(*std::move(socket), tls);
    auto [refused] = co_await stream.async_handshake(asio::ssl::stream_base::client, as_result);
    if (refused)
        co_return Error(Errc::unsupported, "no TLS connection (" + refused.message() +
                                               "): devices need TLS 1.2 and a certificate with an RSA key");
    const std::string suite = SSL_get_cipher(stream.native_handle());
    auto done = co_await converse(stream, login);
    if (!done) co_return std::move(done).error();
    co_return "the broker lets the device in, with TLS 1.2 and " + suite;
}

}  // namespace

asio::awaitable<Result<std::string>> test_as_device(Context context, meross::PairingLogin login) {
    const auto place = login.host + ':' + std::to_string(login.port);
    auto seen = co_await with_timeout(context.time, visit(login), patience);
    if (!seen) co_return seen.error().in(place);
    co_return seen;
}

}  // namespace lanbridge::app
