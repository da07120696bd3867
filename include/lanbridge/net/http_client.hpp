#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/base/error.hpp"

namespace lanbridge::net {

/// Where a web server listens. Simulated devices share an address, so the port belongs to the identity.
struct HttpEndpoint {
    HttpEndpoint() = default;
    explicit HttpEndpoint(std::string h, std::uint16_t p = 80) : host(std::move(h)), port(p) {}
    std::string host;  ///< address or name
    std::uint16_t port = 80;
    /// "host", or "host:port" when the port is not 80.
    std::string text() const;
    friend auto operator<=>(const HttpEndpoint&, const HttpEndpoint&) = default;
};
/// "host[:port]", "[v6]:port". Errors: `invalid_value`.
Result<HttpEndpoint> parse_endpoint(std::string_view text);

struct HttpResponse {
    int status = 0;
    std::string body;
    bool complete = false;  ///< false: the peer ended before the length it had announced
};

/// Patience for one exchange.
struct HttpPatience {
    TimeSource::Clock::duration connect = 1s;  ///< first attempt; doubled after each connect time-out …
    TimeSource::Clock::duration connect_last = 5s;  ///< … while the last one was shorter than this
    TimeSource::Clock::duration total = 10s;        ///< from the connection to the end of the answer
};

/// One POST and its answer; tests put a device in place of the network.
class HttpPoster {
public:
    virtual ~HttpPoster() = default;
    /// Errors: `unreachable` (no connection; nothing was sent), `closed` (the peer hung up without an
    /// answer), `timeout`, `too_large`, `malformed` (no HTTP), `device_error` (a status other than 2xx),
    /// `cancelled`.
    virtual asio::awaitable<Result<HttpResponse>> post(HttpEndpoint endpoint, std::string path,
                                                       std::string content_type, std::string body,
                                                       HttpPatience patience) = 0;
};

/// One-shot HTTP client for the web servers of small devices: one connection per request, one request at a
/// time per endpoint (parallel ones make devices reset or hang), a bounded number in all, and no more trust
/// in the answer's form than needed: bare LF line ends, unparsable header lines and wrong or missing
/// Content-Length pass.
class HttpClient final : public HttpPoster {
public:
    /// Enough to start 500 devices in seconds; a home network's router copes with it.
    static constexpr std::size_t max_connections = 50;
    /// Beyond any answer a device was seen to give (30 kB).
    static constexpr std::size_t max_body = 256 * 1024;

    explicit HttpClient(Context context)
        : context_(std::move(context)), gate_(context_.executor, max_connections) {}

    asio::awaitable<Result<HttpResponse>> post(HttpEndpoint endpoint, std::string path,
                                               std::string content_type, std::string body,
                                               HttpPatience patience) override;
    std::size_t waiting() const noexcept { return gate_.waiting(); }

private:
    using Turns = std::map<HttpEndpoint, std::shared_ptr<Gate>>;
    asio::awaitable<Result<HttpResponse>> exchange(const HttpEndpoint& endpoint, const std::string& request,
                                                   HttpPatience patience);
    std::shared_ptr<Gate> turn_of(const HttpEndpoint& endpoint);

    Context context_;
    Gate gate_;
    Turns turns_;
};

/// The start of an HTTP answer, as far as it can be understood.
struct HttpHead {
    int status = 0;
    std::optional<std::size_t> content_length;
    std::size_t bytes = 0;  ///< up to where the body begins
};
/// Nothing yet: the head is not complete. Errors: `malformed`, `too_large`.
Result<std::optional<HttpHead>> parse_http_head(std::string_view received);

}  // namespace lanbridge::net
