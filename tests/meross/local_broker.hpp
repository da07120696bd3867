#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lanbridge/meross/integration.hpp"
#include "lanbridge/sim/mqtt_session.hpp"

namespace lanbridge::test {

/// A broker without sockets: simulated devices on one side, the integration on the other. Messages are
/// delivered on the loop, in order, as a real one does.
class LocalBroker final : public meross::BrokerLink {
public:
    LocalBroker(asio::any_io_executor executor, TimeSource& time)
        : executor_(std::move(executor)), time_(time) {}

    Result<void> publish(const std::string& topic, const std::string& payload) override {
        if (!up_ || !client_up_) return Error(Errc::link_down, "local broker");
        published.emplace_back(topic, payload);
        deliver(topic, payload);
        return {};
    }
    bool connected() const override { return up_ && client_up_; }

    /// The device has a session from now on, and whenever the broker is up.
    sim::MqttSession& join(sim::MerossDevice& device, sim::MqttHabits habits = sim::MqttHabits()) {
        sim::MqttSession::Outlet outlet;
        outlet.send = [this](const std::string& topic, const std::string& payload) {
            deliver(topic, payload);
        };
        sessions_.push_back(std::make_unique<sim::MqttSession>(device, time_, std::move(outlet), habits));
        auto& session = *sessions_.back();
        if (up_) session.connected(address());
        return session;
    }
    void attach(meross::Integration& integration) { integration_ = &integration; }
    void detach() { integration_ = nullptr; }
    static meross::BrokerAddress address() {
        meross::BrokerAddress address;
        address.host = "broker.lan";
        address.port = 8883;
        return address;
    }

    /// The broker dies: everybody loses it, and what is under way is lost.
    void kill() {
        up_ = false;
        ++life_;
        for (auto& session : sessions_) session->disconnected();
        if (integration_) integration_->broker_lost();
    }
    void revive() {
        up_ = true;
        for (auto& session : sessions_) session->connected(address());
        if (integration_) integration_->broker_connected();
    }
    /// The integration alone loses it, and finds it again.
    void cut_off() {
        client_up_ = false;
        if (integration_) integration_->broker_lost();
    }
    void let_in() {
        client_up_ = true;
        if (integration_) integration_->broker_connected();
    }
    /// Lets the devices do what is due.
    void tick() {
        for (auto& session : sessions_)
            if (session->online()) session->tick();
    }
    /// Anybody's message.
    void inject(std::string topic, std::string payload, bool retained = false) {
        if (integration_) integration_->on_message(topic, payload, retained);
    }

    std::size_t count(std::string_view text) const {
        std::size_t found = 0;
        for (const auto& [topic, payload] : published) found += payload.find(text) != std::string::npos;
        return found;
    }

    std::vector<std::pair<std::string, std::string>> published;  ///< by the integration

private:
    void deliver(std::string topic, std::string payload) {
        asio::post(executor_, [this, life = life_, topic = std::move(topic), payload = std::move(payload)] {
            if (!up_ || life != life_) return;
            for (auto& session : sessions_)
                if (session->online() && session->topic() == topic) return session->received(payload);
            if (integration_ && client_up_) integration_->on_message(topic, payload, false);
        });
    }

    asio::any_io_executor executor_;
    TimeSource& time_;
    bool up_ = true;
    bool client_up_ = true;
    int life_ = 0;
    std::vector<std::unique_ptr<sim::MqttSession>> sessions_;
    meross::Integration* integration_ = nullptr;
};

}  // namespace lanbridge::test
