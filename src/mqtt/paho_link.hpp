#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "lanbridge/mqtt/client.hpp"
#include "mqtt/flight.hpp"
#include "mqtt/inbox.hpp"
#include "mqtt/link_machine.hpp"
#include "mqtt/subscriptions.hpp"

namespace lanbridge::mqtt {

/// Where and how to connect.
struct LinkTarget {
    BrokerUrl url;  ///< with the user and password to use
    Protocol protocol = Protocol::v5;
};

/// One connection at a time by way of Paho, and all that is known of Paho: its C++ library in the daemon, its
/// C library, without TLS and MQTT 5, in the small build. Everything but Paho's callbacks runs on the loop;
/// those copy, post and return.
class PahoLink : public std::enable_shared_from_this<PahoLink> {
public:
    /// Called on the loop, never from within a call of ours.
    struct Events {
        std::function<void()> connected;
        std::function<void(ConnectFailure, const std::string& why)> failed;
        std::function<void(const std::string& why)> lost;
        std::function<void()> closed;    ///< after `disconnect`
        std::function<void()> readable;  ///< `inbox()` is not empty any more
        std::function<void()> drained;   ///< there is room again, or nothing under way
        std::function<void(const std::string& filter)> refused_subscription;
    };

    PahoLink(asio::any_io_executor executor, const ClientSettings& settings, Events events);
    PahoLink(const PahoLink&) = delete;
    PahoLink& operator=(const PahoLink&) = delete;
    ~PahoLink();

    void connect(const LinkTarget& target);
    /// Politely, within `limit`.
    void disconnect(std::chrono::milliseconds limit);
    /// At once; no event of the past reaches the loop after.
    void abort();

    Result<void> publish(std::string_view topic, std::string_view payload, int qos, bool retain);
    /// `wires` is not empty. With MQTT 3.1 and 3.1.1 one packet for all of them; with MQTT 5, where each may
    /// have options of its own, one each.
    void subscribe(const std::vector<WireSubscription>& wires);
    void unsubscribe(const std::string& filter);

    Inbox& inbox() noexcept { return *inbox_; }
    Flight& flight() noexcept { return *flight_; }
    /// The link is gone, and what was under way with it. Returns how much that was.
    std::size_t forget();

private:
    struct Session;  // one of paho_cpp_session.cpp and paho_c_session.cpp is linked
    /// Accepted, and waiting until the broker has acknowledged others. Paho would keep it too, but looks at
    /// its own queue only once a second after its window was full: 20 messages a second with mosquitto's
    /// defaults.
    struct Outgoing {
        std::string topic;
        std::string payload;
        int qos;
        bool retain;
    };
    void open_session(const LinkTarget& target);
    void retire_session();
    void on_retired();
    static std::shared_ptr<Inbox> make_inbox();
    static std::shared_ptr<Flight> make_flight();
    Result<void> hand_over(const Outgoing& message);
    void send_waiting();
    void on_connected(std::size_t window);
    /// Safe on every thread: the weak pointer is locked on the loop only, or the last owner could die on
    /// Paho's thread.
    template <class Call>
    static void post(const asio::any_io_executor& executor, std::weak_ptr<PahoLink> link, Call call) {
        asio::post(executor, [link = std::move(link), call = std::move(call)] {
            if (auto self = link.lock()) call(*self);
        });
    }

    asio::any_io_executor executor_;
    ClientSettings settings_;
    Events events_;
    std::shared_ptr<Inbox> inbox_ = make_inbox();
    std::shared_ptr<Flight> flight_ = make_flight();
    std::deque<Outgoing> waiting_;
    std::uintptr_t attempt_ = 0;  ///< of the present connection or try; what comes from older ones is ignored
    std::shared_ptr<Session> session_;  ///< nobody else holds it; shared for what it is need not be known
    std::thread reaper_;                ///< destroys the session before
    std::optional<LinkTarget> next_;    ///< to connect to when that is done
};

}  // namespace lanbridge::mqtt
