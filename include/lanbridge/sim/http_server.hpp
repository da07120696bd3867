#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/sim/device.hpp"

namespace lanbridge::sim {

/// The ways in which a device, or what stands at its address, can go wrong. May be changed at any time; every
/// request uses what is set when its headers have arrived.
struct Faults {
    enum class Length : std::uint8_t { right, larger, smaller, missing };
    enum class Encoding : std::uint8_t { utf8, invalid_utf8, latin1 };

    std::chrono::milliseconds delay{0};      ///< before the answer
    bool silent = false;                     ///< reads the request and says nothing
    bool half_open = false;                  ///< takes the connection and never reads it
    std::optional<std::size_t> cut_body;     ///< sends so many bytes of the body, then closes in order
    std::optional<std::size_t> reset_after;  ///< sends so many bytes of the answer, then resets
    Length content_length = Length::right;
    bool lf_only = false;                ///< header lines end with LF alone
    bool odd_headers = false;            ///< lines that are no headers
    int status = 200;                    ///< other than 200: with an HTML body
    std::optional<std::string> body;     ///< instead of what the device says
    std::size_t padding = 0;             ///< blanks after the body, to make it too large
    Encoding encoding = Encoding::utf8;  ///< spoils the body's first string
    std::optional<int> requests;         ///< for so many requests, then none of the above
};

/// A request as far as the simulation cares.
struct HttpRequest {
    HttpRequest() = default;
    bool complete = false;  ///< all of it has arrived
    bool proper = false;    ///< POST to a path that devices know
    std::string body;
};

struct HttpSettings {
    HttpSettings() = default;
    bool one_at_a_time = true;  ///< a second connection is reset while one is served, as real devices do
    std::chrono::milliseconds idle_limit{10'000};  ///< a connection without a whole request ends
    std::size_t max_request = 16 * 1024;           ///< far above anything a client has reason to send
    std::size_t remembered_requests = 0;           ///< bodies kept for tests
};

/// The web server of one simulated device: one request per connection on /config and /public.
class HttpServer {
public:
    struct Counters {
        std::uint64_t connections = 0;
        std::uint64_t refused_parallel = 0;  ///< connections reset because another one was being served
        std::uint64_t requests = 0;
        std::uint64_t sets = 0;  ///< of these, SET other than Multiple, and Multiple that carries one
        std::uint64_t bad_requests = 0;
    };

    /// `device` and what `context` refers to outlive the server.
    HttpServer(Context context, MerossDevice& device, HttpSettings settings = {});
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Port 0 takes a free one. Errors: `busy` when the address is taken, `io`.
    Result<void> listen(const asio::ip::tcp::endpoint& where);
    /// The end of everything: open connections are reset. Run the executor afterwards.
    void close();
    /// Power off: connections are reset and new ones refused; `listen_again` takes the same endpoint.
    void pause();
    Result<void> listen_again();
    /// Off for `down`, then back; what happened to the device meanwhile is told to the device.
    void reboot(std::chrono::milliseconds down);
    /// Up and down in turns until `stop_flapping`.
    void flap(std::chrono::milliseconds up, std::chrono::milliseconds down);
    void stop_flapping();
    /// Another address or port. Errors: as `listen`; the old endpoint is free then.
    Result<void> move_to(const asio::ip::tcp::endpoint& where);

    bool listening() const noexcept;
    /// True when nothing runs any more after `close`: the server may be destroyed.
    bool idle() const noexcept { return tasks_.idle(); }
    asio::ip::tcp::endpoint endpoint() const { return endpoint_; }
    const Counters& counters() const noexcept { return counters_; }
    /// The last request bodies as they came, newest last; see `HttpSettings::remembered_requests`.
    const std::deque<std::string>& requests() const noexcept { return requests_; }
    Faults& faults() noexcept { return faults_; }

private:
    struct Connection;

    asio::awaitable<void> accept_loop(std::shared_ptr<asio::ip::tcp::acceptor> acceptor);
    asio::awaitable<void> serve(std::shared_ptr<Connection> connection);
    asio::awaitable<Result<HttpRequest>> read_request(std::shared_ptr<Connection> connection);
    asio::awaitable<void> send(std::shared_ptr<Connection> connection, std::string text,
                               std::optional<std::size_t> reset_after);
    asio::awaitable<Result<bool>> until_gone(std::shared_ptr<Connection> connection);
    asio::awaitable<bool> gone_within(std::shared_ptr<Connection> connection,
                                      std::chrono::milliseconds limit);
    asio::awaitable<void> back_after(std::chrono::milliseconds down);
    asio::awaitable<void> flapping(std::chrono::milliseconds up, std::chrono::milliseconds down,
                                   std::uint64_t turn);
    Reply answer(const HttpRequest& request);
    void note(const HttpRequest& request);
    Faults take_faults();
    bool take_half_open();
    void drop_connections();

    Context context_;
    MerossDevice& device_;
    HttpSettings settings_;
    Faults faults_;
    Counters counters_;
    std::deque<std::string> requests_;
    asio::ip::tcp::endpoint endpoint_;
    std::shared_ptr<asio::ip::tcp::acceptor> acceptor_;
    std::vector<std::weak_ptr<Connection>> open_;
    std::uint64_t flap_turn_ = 0;
    Nursery tasks_;
};

}  // namespace lanbridge::sim
