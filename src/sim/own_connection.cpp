#include <array>

#include "lanbridge/base/log.hpp"
#include "lanbridge/sim/mqtt_link.hpp"
#include "sim/outbox.hpp"
#include "sim/wakeups.hpp"

namespace lanbridge::sim {

namespace {

const log::Logger logger("sim");

std::string random_tail(Random& random) {
    constexpr std::string_view letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    std::array<std::uint8_t, 16> bytes{};
    random.fill(bytes);
    std::string tail;
    for (const auto byte : bytes) tail += letters[byte % letters.size()];
    return tail;
}

class OwnLink final : public MqttLink {
public:
    OwnLink(Context context, MerossDevice& device, OwnConnection how)
        : context_(context),
          device_(device),
          how_(how),
          wakeups_(context),
          session_(device, context.time, outlet(), how.habits) {
        reconnect();
    }
    ~OwnLink() override { disconnect(); }

    MqttSession& session() noexcept override { return session_; }
    void disconnect() override {
        session_.disconnected();
        connection_.reset();
    }
    void reconnect() override {
        disconnect();
        if (!device_.binding()) return;
        connection_ = std::make_shared<Connection>(context_, settings());
        const auto heard = listener<const mqtt::Message&>(
            [this](const mqtt::Message& message) { session_.received(message.payload); });
        if (auto done = connection_->client.subscribe(session_.topic(), 1, heard); !done)
            logger.error("simulated device hears nothing: {}", done.error().text());
        connection_->client.on_connected(
            listener<>([this] { session_.connected(device_.binding()->broker); }));
        connection_->client.on_disconnected(listener<const std::string&>([this](const std::string&) {
            connection_->outbox.clear();
            session_.disconnected();
        }));
        connection_->client.on_room(listener<>([this] { connection_->outbox.drain(); }));
        connection_->client.start();
    }
    void close() override {
        disconnect();
        wakeups_.close();
    }
    bool idle() const override { return wakeups_.idle(); }

private:
    struct Connection {
        Connection(Context context, mqtt::ClientSettings settings)
            : client(context, std::move(settings)), outbox(client) {}
        mqtt::Client client;
        Outbox outbox;
    };

    /// Calls from a connection that has been replaced go nowhere.
    template <class... Arguments, class Work>
    std::function<void(Arguments...)> listener(Work work) {
        return [weak = std::weak_ptr<Connection>(connection_), work](Arguments... arguments) {
            if (const auto alive = weak.lock()) work(arguments...);
        };
    }

    mqtt::ClientSettings settings() {
        const auto& binding = *device_.binding();
        auto credentials =
            meross::device_credentials(device_.identity().uuid, device_.mac(), device_.identity().key,
                                       device_.user_id(), random_tail(context_.random));
        mqtt::ClientSettings settings;
        const auto add = [&](bool tls) {
            mqtt::BrokerUrl url(binding.broker.host, static_cast<std::uint16_t>(binding.broker.port), tls);
            url.username = credentials.username;
            url.password = credentials.password;
            settings.brokers.push_back(std::move(url));
        };
        if (how_.transport != OwnConnection::Transport::plain) add(true);
        if (how_.transport != OwnConnection::Transport::tls) add(false);
        settings.tls.verify = false;
        settings.client_id = std::move(credentials.client_id);
        settings.protocol = mqtt::Protocol::v3_1_1;
        settings.keep_alive = std::chrono::seconds(120);
        return settings;
    }

    MqttSession::Outlet outlet() {
        MqttSession::Outlet out;
        out.send = [this](const std::string& topic, const std::string& payload) {
            if (connection_) connection_->outbox.send(topic, payload);
        };
        out.wake = [this](MqttSession::TimePoint when) { wakeups_.at(when, &session_); };
        return out;
    }

    Context context_;
    MerossDevice& device_;
    OwnConnection how_;
    Wakeups wakeups_;
    MqttSession session_;
    std::shared_ptr<Connection> connection_;
};

}  // namespace

std::unique_ptr<MqttLink> connect_alone(Context context, MerossDevice& device, OwnConnection how) {
    return std::make_unique<OwnLink>(context, device, how);
}

}  // namespace lanbridge::sim
