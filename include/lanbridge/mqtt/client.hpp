#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/context.hpp"
#include "lanbridge/base/error.hpp"
#include "lanbridge/base/secret.hpp"
#include "lanbridge/mqtt/broker_url.hpp"

namespace lanbridge::mqtt {

enum class Protocol { v3_1 = 3, v3_1_1 = 4, v5 = 5 };  ///< the numbers of the wire
std::string_view protocol_name(Protocol protocol) noexcept;

/// File names in PEM; "" where not used.
struct TlsSettings {
    std::string ca;  ///< "" means the system's certificate authorities
    std::string certificate;
    std::string private_key;
    bool verify = true;  ///< chain and host name
    friend bool operator==(const TlsSettings&, const TlsSettings&) = default;
};

/// What the broker publishes (QoS 1, retained) when we vanish without a farewell.
struct Will {
    std::string topic;  ///< "" means no will
    std::string payload;
};

struct ClientSettings {
    std::vector<BrokerUrl> brokers;  ///< tried in order; at least one
    std::string username;            ///< for brokers whose URL names no user
    Secret password;
    TlsSettings tls;
    std::string client_id;
    Protocol protocol = Protocol::v5;     ///< v5 falls back to v3_1_1 where the broker refuses it
    std::chrono::seconds keep_alive{30};  ///< up to 65535
    /// False: the broker keeps subscriptions and what they missed while we are away. With MQTT 3.1 and 3.1.1
    /// only; MQTT 5 begins afresh each time.
    bool clean_session = true;
    /// Between attempts, with jitter: doubles from the first to the longest.
    std::chrono::milliseconds first_wait{500};
    std::chrono::milliseconds longest_wait{30'000};
    Will will;
};

/// A message that has come. The views are valid during the handler's call only.
struct Message {
    Message(std::string_view t, std::string_view p, int q, bool r, bool d)
        : topic(t), payload(p), qos(q), retained(r), duplicate(d) {}
    std::string_view topic;
    std::string_view payload;
    int qos;
    bool retained;   ///< replayed by the broker, not just published
    bool duplicate;  ///< delivered again (DUP): may have been handled already
};
using MessageHandler = std::function<void(const Message&)>;

/// Whether the broker replays retained messages at subscription. MQTT 3.1.1 always does: look at
/// `Message::retained`. `flagged` replays and also keeps the flag on messages that are published with it
/// while we listen, which MQTT 3.1.1 cannot do.
enum class RetainedReplay { send, none, flagged };

using SubscriptionId = std::uint64_t;

struct ClientStatistics {
    bool connected = false;
    std::string broker;  ///< the present or last broker, without user and password
    Protocol protocol = Protocol::v5;
    std::uint64_t published = 0;    ///< accepted by `publish`
    std::uint64_t refused = 0;      ///< `publish` calls refused for lack of room or link
    std::uint64_t undelivered = 0;  ///< accepted, then lost with the connection
    std::uint64_t received = 0;
    std::uint64_t received_dropped = 0;  ///< the queue of incoming messages was full
    std::uint64_t connects = 0;          ///< successful ones, the first included
    std::size_t queued = 0;              ///< published, not yet written or acknowledged
    std::size_t receiving = 0;           ///< received, not yet handled
};

/// The process's one connection to a broker; the only user of Paho. Reconnects for ever by itself, keeps
/// subscriptions, bounds both directions. All functions, handlers and listeners run on the context's loop.
class Client {
public:
    Client(Context context, ClientSettings settings);
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    /// Without `stop()` before, the link is dropped at once.
    ~Client();

    void start();
    /// Waits until what was published is delivered, disconnects (the broker then drops the will: publish
    /// `offline` before), all within `limit`.
    asio::awaitable<void> stop(TimeSource::Clock::duration limit = std::chrono::milliseconds(1500));

    bool connected() const noexcept;

    /// Never blocks. Errors: `link_down`, `overflow` (nothing is kept: wait for `on_room`), `invalid_value`
    /// (topic).
    Result<void> publish(std::string_view topic, std::string_view payload, int qos, bool retain);
    /// How many more messages `publish` takes now; 0 while the link is down.
    std::size_t room() const noexcept;

    /// Remembered, and renewed at every connect. Filters that overlap make brokers deliver a message several
    /// times; the same filter may be subscribed again: one subscription on the wire, every handler called.
    /// Errors: `invalid_value` for a bad filter. May be called from a handler.
    Result<SubscriptionId> subscribe(std::string filter, int qos, MessageHandler handler,
                                     RetainedReplay replay = RetainedReplay::send);
    void unsubscribe(SubscriptionId id);

    /// Listeners, any number of each, called in the order they were added.
    /// Connected: the subscriptions have been sent already.
    void on_connected(std::function<void()> listener);
    void on_disconnected(std::function<void(const std::string& reason)> listener);
    /// Every broker has been tried in vain, and will be again. The error says what to do: `wrong_key` where
    /// one of them refuses the login, else `unreachable`.
    void on_unreached(std::function<void(const Error& why)> listener);
    /// After a refused `publish` or an exhausted `room()`: there is room again.
    void on_room(std::function<void()> listener);

    ClientStatistics statistics() const;

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace lanbridge::mqtt
