#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lanbridge/sim/http_server.hpp"
#include "lanbridge/sim/mqtt_link.hpp"

namespace lanbridge::sim {

/// How one simulated device lives on its sockets.
struct MemberSettings {
    MemberSettings() = default;
    HttpSettings http;
    OwnConnection own;  ///< once Config.Key has named a broker
    /// From the answer to Config.Key or Config.Wifi to the effect.
    std::chrono::milliseconds settling{200};
    std::chrono::milliseconds restart{500};  ///< off the air, between access point and network
};

/// One simulated device on its sockets: web server, and broker where it has one.
class Member {
public:
    Member(Context context, SharedBlueprint blueprint, Identity identity, MemberSettings settings);
    ~Member();

    MerossDevice device;
    HttpServer server;

    std::string address() const;  ///< "127.0.0.1:40001"

    /// On a connection that it shares with others; as soon as Config.Key names a broker, it leaves for that.
    void join(SharedBroker& broker, MqttHabits habits = MqttHabits());
    /// To the broker of its binding, with credentials of its own.
    void connect();
    /// nullptr while it has never been on a broker.
    MqttLink* link() noexcept { return link_.get(); }
    MqttSession* session() noexcept { return link_ ? &link_->session() : nullptr; }

    /// Factory-new: an access point where it listens now, which sees `around`. Joined, it listens at `lan`.
    void enter_ap_mode(std::vector<WifiNetwork> around, asio::ip::tcp::endpoint lan);

    /// It has left AP mode and listens on the LAN.
    void on_joined(std::function<void()> handler) { joined_ = std::move(handler); }

    void close();
    bool idle() const;

private:
    asio::awaitable<void> bound_anew();
    asio::awaitable<void> restart();
    void replace_link(std::unique_ptr<MqttLink> link);

    Context context_;
    MemberSettings settings_;
    asio::ip::tcp::endpoint lan_;
    std::function<void()> joined_;
    std::unique_ptr<MqttLink> link_;
    std::vector<std::unique_ptr<MqttLink>> former_;  ///< closed, perhaps not idle yet
    Nursery tasks_;
};

}  // namespace lanbridge::sim
