#include "mqtt/device_link.hpp"

#include <openssl/ssl.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "lanbridge/base/async.hpp"
#include "mqtt/x509.hpp"

namespace lanbridge::mqtt {
namespace {

using Tcp = asio::ip::tcp;
using TlsStream = asio::ssl::stream<Tcp::socket>;

constexpr std::size_t read_step = 4096;

/// Level 0 allows what OpenSSL 3 refuses by default and old devices have.
const char* suite_names(Suites suites) {
    return suites == Suites::all ? "DEFAULT:@SECLEVEL=0" : "DEFAULT:!aECDSA:!aDSS:!aPSK:@SECLEVEL=0";
}

TlsFacts facts_of(SSL* ssl, const std::string& host) {
    TlsFacts facts;
    facts.version = SSL_get_version(ssl);
    facts.cipher = SSL_get_cipher_name(ssl);
    const x509::Certificate certificate(SSL_get1_peer_certificate(ssl));
    if (!certificate) return facts;
    facts.subject = x509::common_name(certificate);
    facts.names = x509::alternative_names(certificate);
    facts.name_matches = x509::names_host(certificate, host);
    facts.rsa = x509::is_rsa(certificate);
    return facts;
}

}  // namespace

struct DeviceLink::Impl {
    explicit Impl(const Context& context)
        : executor(context.executor),
          tls(asio::ssl::context::tls_client),
          stream(std::make_unique<TlsStream>(Tcp::socket(executor), tls)) {}

    Result<void> prepare(const std::string& host, Suites suites) {
        auto* native = tls.native_handle();
        const bool fine = SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION) == 1 &&
                          SSL_CTX_set_max_proto_version(native, TLS1_2_VERSION) == 1 &&
                          SSL_CTX_set_cipher_list(native, suite_names(suites)) == 1;
        if (!fine) return Error(Errc::io, "TLS cannot be set up");
        error_code ec;
        tls.set_verify_mode(asio::ssl::verify_none, ec);
        stream = std::make_unique<TlsStream>(Tcp::socket(executor), tls);
        asio::ip::make_address(host, ec);
        if (ec) SSL_set_tlsext_host_name(stream->native_handle(), host.c_str());
        return {};
    }

    asio::awaitable<Result<void>> connect(const std::string& host, std::uint16_t port) {
        Tcp::resolver resolver(executor);
        auto [unknown, found] = co_await resolver.async_resolve(host, std::to_string(port), as_result);
        if (unknown) co_return Error(Errc::unreachable, unknown.message());
        error_code last = asio::error::host_unreachable;
        for (const auto& entry : found) {
            error_code ignored;
            auto& socket = stream->next_layer();
            socket.close(ignored);
            auto [ec] = co_await socket.async_connect(entry.endpoint(), as_result);
            last = ec;
            if (!ec) co_return Result<void>();
        }
        co_return Error(Errc::unreachable, last.message());
    }

    asio::any_io_executor executor;
    asio::ssl::context tls;
    std::unique_ptr<TlsStream> stream;
    std::string received;
};

DeviceLink::DeviceLink(const Context& context) : impl_(std::make_unique<Impl>(context)) {}
DeviceLink::~DeviceLink() = default;

asio::awaitable<Result<TlsFacts>> DeviceLink::open(std::string host, std::uint16_t port, Suites suites) {
    if (auto ready = impl_->prepare(host, suites); !ready) co_return std::move(ready).error();
    auto connected = co_await impl_->connect(host, port);
    if (!connected) co_return std::move(connected).error();
    auto [ec] = co_await impl_->stream->async_handshake(asio::ssl::stream_base::client, as_result);
    if (ec) co_return Error(Errc::unsupported, ec.message());
    co_return facts_of(impl_->stream->native_handle(), host);
}

asio::awaitable<Result<void>> DeviceLink::send(std::string bytes) {
    auto [ec, size] = co_await asio::async_write(*impl_->stream, asio::buffer(bytes), as_result);
    if (ec) co_return Error(Errc::closed, ec.message());
    co_return Result<void>();
}

asio::awaitable<Result<Packet>> DeviceLink::receive() {
    for (;;) {
        auto packet = take_packet(impl_->received);
        if (!packet) co_return std::move(packet).error();
        if (*packet) co_return std::move(**packet);
        std::array<char, read_step> bytes{};
        auto [ec, size] = co_await impl_->stream->async_read_some(asio::buffer(bytes), as_result);
        if (ec) co_return Error(Errc::closed, ec.message());
        impl_->received.append(bytes.data(), size);
    }
}

}  // namespace lanbridge::mqtt
