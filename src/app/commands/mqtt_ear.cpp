#include "app/commands/mqtt_ear.hpp"

namespace lanbridge::app {

MqttEar::MqttEar(Context context, const Config& config, OnMessage on_message)
    : link_(std::move(context), config, "discover"),
      on_message_(std::move(on_message)),
      why_deaf_("no answer from " + link_.where()) {}

asio::awaitable<void> MqttEar::listen() {
    const auto to_us = [this](const mqtt::Message& message) { heard(message); };
    auto subscribed = link_.client().subscribe("/appliance/+/publish", 0, to_us);
    if (!subscribed) {
        why_deaf_ = subscribed.error().text();
        co_return;
    }
    auto connected = co_await link_.connect();
    why_deaf_ = connected ? std::string() : connected.error().text();
}

void MqttEar::heard(const mqtt::Message& message) const {
    const auto parsed = meross::parse_message(message.payload);
    if (!parsed) return;
    // Whoever may publish here can name anybody: only what topic and message say alike counts as a hint.
    const auto sender = meross::sender_of(parsed->header);
    if (sender && meross::publish_topic(*sender) == message.topic) on_message_(*sender, parsed->header);
}

}  // namespace lanbridge::app
