#include "mqtt/tls_trouble.hpp"

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "lanbridge/base/async.hpp"
#include "mqtt/broker_probe.hpp"
#include "mqtt/device_link.hpp"

namespace lanbridge::mqtt {
namespace {

using asio::ip::tcp;

/// The port has just accepted a connection: what speaks there answers at once or not at all.
constexpr auto look_deadline = 2s;
constexpr std::size_t connack_size = 4;

asio::awaitable<Result<bool>> speaks_plain_mqtt(Context context, std::string host, std::uint16_t port) {
    tcp::resolver resolver(context.executor);
    auto [unknown, found] = co_await resolver.async_resolve(host, std::to_string(port), as_result);
    if (unknown || found.empty()) co_return false;
    tcp::socket socket(context.executor);
    const auto peer = found.begin()->endpoint();
    if (auto [ec] = co_await socket.async_connect(peer, as_result); ec) co_return false;
    ConnectRequest request;
    request.client_id = "lanbridge_probe_" + context.random.hex(4);
    const auto hello = connect_packet(request);
    co_await asio::async_write(socket, asio::buffer(hello), as_result);
    std::array<char, connack_size> bytes{};
    const auto [failed, size] = co_await asio::async_read(socket, asio::buffer(bytes), as_result);
    const auto answer = read_connack(std::string_view(bytes.data(), size));
    co_return answer.kind != ProbeAnswer::Kind::not_mqtt;
}

/// Whether TLS comes about once certificates of other kinds are allowed.
asio::awaitable<Result<bool>> other_certificate(Context context, std::string host, std::uint16_t port) {
    DeviceLink link(context);
    const auto facts = co_await link.open(host, port, Suites::all);
    co_return facts.has_value() && !facts->rsa;
}

asio::awaitable<bool> within(Context context, asio::awaitable<Result<bool>> look) {
    const auto answer = co_await with_timeout(context.time, std::move(look), look_deadline);
    co_return answer.has_value() && *answer;
}

}  // namespace

asio::awaitable<Error> explain_trouble(Context context, std::string host, std::uint16_t port, Error error) {
    if (error.is(Errc::unreachable))
        co_return Error(Errc::unreachable,
                        error.where +
                            ": is the broker's listener for devices open, and does this name "
                            "or address lead to it?");
    if (!error.is(Errc::unsupported) && !error.is(Errc::timeout)) co_return error;
    auto plain = speaks_plain_mqtt(context, host, port);
    const bool is_plain = co_await within(context, std::move(plain));
    if (is_plain)
        co_return Error(Errc::unsupported,
                        "plain MQTT is spoken there, and devices want TLS: name the broker's port with TLS, "
                        "usually 8883");
    if (error.is(Errc::timeout))
        co_return Error(Errc::timeout,
                        "no answer within 5 s: is this the broker's port with TLS, and does no firewall drop "
                        "connections to it?");
    auto other = other_certificate(context, host, port);
    const bool is_other = co_await within(context, std::move(other));
    if (is_other)
        co_return Error(Errc::unsupported,
                        "the broker has a certificate with an EC key only, and devices need RSA: give it one "
                        "with RSA and 2048 bits");
    co_return Error(Errc::unsupported,
                    "TLS 1.2 as devices speak it does not come about (" + error.where +
                        "): is this a port with TLS, and does the broker allow TLS 1.2 with "
                        "RSA and without a client's certificate?");
}

}  // namespace lanbridge::mqtt
