#pragma once

#include <functional>
#include <string>

#include "app/cli/daemon_link.hpp"
#include "lanbridge/meross/protocol/message.hpp"

namespace lanbridge::app {

/// Hears Meross devices that are bound to our broker.
class MqttEar {
public:
    /// Every message that a device has published under its own name.
    using OnMessage = std::function<void(const meross::Uuid&, const meross::Header&)>;

    MqttEar(Context context, const Config& config, OnMessage on_message);

    /// Listens until it is cancelled, or has failed.
    asio::awaitable<void> listen();
    asio::awaitable<void> close() { return link_.close(); }
    /// "" while it hears; else why not.
    const std::string& why_deaf() const noexcept { return why_deaf_; }

private:
    void heard(const mqtt::Message& message) const;

    DaemonLink link_;
    OnMessage on_message_;
    std::string why_deaf_;
};

}  // namespace lanbridge::app
